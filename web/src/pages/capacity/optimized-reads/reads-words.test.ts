import { describe, expect, it } from 'vitest';
import { fastReads } from '../capacity-fixture.ts';
import { formatPageTime, formatRatio, readsStates } from './reads-words.ts';

const [fast, tier] = [fastReads(), fastReads().tieredCache!];

describe('the state', () => {
  it('says where temporary objects go, and where pages come from', () => {
    expect(readsStates(fast)).toEqual([
      {
        name: 'Temporary objects',
        text: 'on local storage, in /mnt/nvme/airglow: 1.5 GiB of 16 GiB used, 120 GiB free on its file system.',
        reason: null,
      },
      {
        name: 'Second cache tier',
        text: '32 GiB, 21 GiB of it used. In the last minute 99.2 % of the pages that were not in memory came from it: 8,420 pages/s in 118 µs each, and 63 pages/s in 4.42 ms each from storage.',
        reason: null,
      },
    ]);
  });

  it('is nothing of what nobody asked for', () => {
    expect(readsStates({ tempObjects: null, tieredCache: null, localStorage: null })).toEqual([]);
  });

  it('has the reason of what is not as it was asked for', () => {
    const lost = {
      ...fast.tempObjects!,
      place: 'data',
      reason: 'the folder is gone',
      usedBytes: null,
    } as const;
    const waiting = { ...tier, inForceBytes: 0, reason: 'needs a restart', activity: null };
    const states = readsStates({ ...fast, tempObjects: lost, tieredCache: waiting });
    expect(states.map(({ text }) => text)).toEqual([
      'go to where the data is.',
      'not in force; 32 GiB were asked for.',
    ]);
    expect(states.map(({ reason }) => reason)).toEqual(['the folder is gone', 'needs a restart']);
  });

  it('of a quiet minute is that no page was read', () => {
    const activity = { ...tier.activity!, hitsPerSecond: 0, storageReadsPerSecond: 0, hitRatio: null };
    const quiet = readsStates({ ...fast, tieredCache: { ...tier, activity } });
    expect(quiet[1]?.text).toBe('32 GiB, 21 GiB of it used. No page was read in the last minute.');
  });
});

it('figures have the digits that matter', () => {
  expect([0, 0.0042, 0.118, 4.42, 12.3, null].map(formatPageTime)).toEqual([
    '0 µs',
    '4 µs',
    '118 µs',
    '4.42 ms',
    '12 ms',
    '–',
  ]);
  expect([1, 0.99999, 0.5, 0, null].map(formatRatio)).toEqual(['100 %', '99.9 %', '50 %', '0 %', '–']);
});
