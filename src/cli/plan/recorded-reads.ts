import type { CounterSeries } from '../../history/history.ts';
import type { RecordedReads } from '../../planner/optimized-reads/model.ts';
import type { ReadHistory } from './recorded-history.ts';

const DAY_MS = 86_400_000;
/** More wait events than there are: none may be summed up with others. */
const ALL_EVENTS = 5000;
const METRICS = {
  missedBlocks: 'pg_stat_database.blks_read',
  rereads: 'memory.refault_bytes_per_second',
  unevictable: 'memory.unevictable_bytes',
  cache: 'memory.cache_bytes',
  storagePages: 'tier.storage_reads_per_second',
  tierMs: 'tier.read_ms',
  localMs: 'local.read_ms',
} as const;

/** What was recorded of a target's reads: means over all of its record. */
export async function recordedReads(
  history: Omit<ReadHistory, 'close'>,
  target: string,
): Promise<RecordedReads | null> {
  const span = (await history.targets()).find((one) => one.target === target);
  if (span === undefined) return null;
  const window = { target, fromMs: span.firstMs, toMs: span.lastMs + 1 };
  const load = await history.top({ ...window, groupBy: 'db.wait_event', limit: ALL_EVENTS });
  // Means over periods that are long, but not so long that a quiet day counts as much as a busy one.
  const counters = await history.counterSeries({
    ...window,
    periodSeconds: window.toMs - window.fromMs > DAY_MS ? 3600 : 60,
    metrics: Object.values(METRICS),
    keys: [''],
  });
  const valuesOf = (metric: string): number[] => known(counters, metric);
  const seconds = load.coveredMs / 1000;
  const blocks = valuesOf(METRICS.missedBlocks);
  const localMs = meanOf(valuesOf(METRICS.tierMs)) ?? meanOf(valuesOf(METRICS.localMs));
  return {
    waits: load.rows.map(({ key, aas }) => ({ key, aas })),
    rereadBytesPerSecond: meanOf(valuesOf(METRICS.rereads)),
    missedBlocksPerSecond: blocks.length === 0 || seconds === 0 ? null : sumOf(blocks) / seconds,
    unevictableBytes: meanOf(valuesOf(METRICS.unevictable)),
    cacheBytes: meanOf(valuesOf(METRICS.cache)),
    storagePagesPerSecond: meanOf(valuesOf(METRICS.storagePages)),
    // Reckoned from the load and the rate over all of it: a mean of means would count quiet times as much as busy ones.
    storageSeconds: null,
    localSeconds: localMs === null ? null : localMs / 1000,
  };
}

function known(counters: readonly CounterSeries[], metric: string): number[] {
  const points = counters.find((series) => series.metric === metric)?.points ?? [];
  return points.flatMap(({ value }) => value ?? []);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : sumOf(values) / values.length;
}
