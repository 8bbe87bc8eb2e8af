import { expect, it } from 'vitest';
import type { History } from '../../history/history.ts';
import { createMemoryHistory } from '../../history/memory/memory-history.ts';
import { DIMENSIONS, type LoadTick, type Tuple } from '../../load/model.ts';
import { recordedReads } from './recorded-reads.ts';

const START = Date.UTC(2026, 2, 1);
const NO_TUPLE = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, ''])) as Tuple;

/** A minute in which two sessions read and a half computes. */
async function recorded(counters: Readonly<Record<string, number>>): Promise<History> {
  const history = createMemoryHistory({ retentionMs: 1e12 });
  const sample = (event: string, weightMs: number) =>
    ({ activity: 'active', tuple: { ...NO_TUPLE, 'db.wait_event': event }, weightMs }) as const;
  const ticks = Array.from({ length: 60 }, (_, second): LoadTick => ({
    atMs: START + (second + 1) * 1000,
    durationMs: 1000,
    source: 'kernel',
    state: 'observed',
    samples: [sample('IO:DataFileRead', 2000), sample('CPU:Running', 500)],
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 0, backendCpuMs: null, tickMs: 0, lagMs: 0 },
  }));
  await history.appendTicks('shop', ticks);
  const points = Object.entries(counters).flatMap(([metric, value]) =>
    [20, 40].map((second) => ({
      atMs: START + second * 1000,
      durationMs: metric.startsWith('pg_') ? 20_000 : 0,
      metric,
      key: '',
      value,
    })),
  );
  await history.appendCounters('shop', points);
  return history;
}

it('has the load by wait, and means of what was counted', async () => {
  const history = await recorded({
    'pg_stat_database.blks_read': 30_000,
    'memory.refault_bytes_per_second': 4_096_000,
    'memory.unevictable_bytes': 1e9,
    'memory.cache_bytes': 2e9,
    'tier.storage_reads_per_second': 1200,
    'local.read_ms': 0.2,
  });
  const found = await recordedReads(history, 'shop');
  expect(found).toEqual({
    waits: [
      { key: 'IO:DataFileRead', aas: expect.closeTo(2, 9) },
      { key: 'CPU:Running', aas: expect.closeTo(0.5, 9) },
    ],
    rereadBytesPerSecond: 4_096_000,
    missedBlocksPerSecond: expect.closeTo(1000, 6),
    storagePagesPerSecond: 1200,
    unevictableBytes: 1e9,
    cacheBytes: 2e9,
    storageSeconds: null,
    localSeconds: expect.closeTo(0.0002, 12),
  });
});

it('knows what was not counted, and takes a tier that was measured before the device', async () => {
  const bare = await recordedReads(await recorded({}), 'shop');
  expect(bare).toMatchObject({ rereadBytesPerSecond: null, missedBlocksPerSecond: null, localSeconds: null });
  const tiered = await recorded({ 'tier.read_ms': 0.1, 'local.read_ms': 0.2 });
  expect((await recordedReads(tiered, 'shop'))?.localSeconds).toBeCloseTo(0.0001, 12);
  expect(await recordedReads(tiered, 'other')).toBeNull();
});
