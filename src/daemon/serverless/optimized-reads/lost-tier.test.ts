import { beforeEach, expect, it } from 'vitest';
import type { ManagedCluster } from '../../../cluster/managed/model.ts';
import { LostTier } from './lost-tier.ts';

let state: { isRunning: boolean; startedTierBytes: number; tieredCacheBytes: number; oomKills: number };
let said: string[];
let lostTier: LostTier;

beforeEach(() => {
  state = { isRunning: true, startedTierBytes: 4096, tieredCacheBytes: 0, oomKills: 3 };
  said = [];
  const cluster = {
    get isRunning() {
      return state.isRunning;
    },
    get spec() {
      return {
        optimizedReads: {
          startedTierBytes: state.startedTierBytes,
          tieredCacheBytes: state.tieredCacheBytes,
        },
      };
    },
    accounts: { memory: () => ({ oomKills: state.oomKills }) },
  } as unknown as ManagedCluster;
  lostTier = new LostTier({
    cluster,
    event: (kind, _severity, message) => said.push(`${kind}: ${message}`),
    restart: () => said.push('restart'),
  });
});

function look(lost: string | null, change: Partial<typeof state> = {}): string[] {
  Object.assign(state, change);
  lostTier.look(lost);
  return said.splice(0).map((line) => line.split(':')[0] ?? '');
}

it('is told once, with the reason, and a kill for want of memory after it asks for a restart', () => {
  expect(look(null)).toEqual([]);
  // The kill came with the loss: the server has restarted by itself, and may fit now.
  Object.assign(state, { oomKills: 4 });
  lostTier.look('It was turned off.');
  expect(said.splice(0)).toEqual([expect.stringMatching(/^tiered-cache-lost: .*It was turned off\.$/)]);
  expect(look('lost')).toEqual([]);
  expect(look('lost', { oomKills: 6 })).toEqual(['tiered-cache-given-up', 'restart']);
  expect(look('lost')).toEqual([]);
});

it('is of no concern to whoever has none, and only told to whoever was started without it', () => {
  expect(look('lost', { startedTierBytes: 0 })).toEqual([]);
  expect(look('lost', { oomKills: 9 })).toEqual([]);
  expect(look('lost', { tieredCacheBytes: 4096 })).toEqual(['tiered-cache-lost']);
  expect(look('lost', { oomKills: 10 })).toEqual([]);
});

it('that came back can be lost again', () => {
  expect(look('lost')).toEqual(['tiered-cache-lost']);
  expect(look(null, { oomKills: 5 })).toEqual([]);
  expect(look('lost')).toEqual(['tiered-cache-lost']);
});
