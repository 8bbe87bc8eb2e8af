import type { Counters, PerPeriod, RecordedDecision } from '../../../analysis/input.ts';
import type { CounterSeries, DecisionRecord, PeriodSeconds } from '../../../history/history.ts';
import { timedDecision } from '../../contracts.ts';
import { ONE_PERIOD } from './analysis-load.ts';
import type { Question } from './analysis-load.ts';

/** Names of the figures, as engine and fleet record them; all without a key. */
const GROWTH = {
  blksRead: 'pg_stat_database.blks_read',
  blksHit: 'pg_stat_database.blks_hit',
  blkReadTime: 'pg_stat_database.blk_read_time',
  tempBytes: 'pg_stat_database.temp_bytes',
  tempFiles: 'pg_stat_database.temp_files',
  sessions: 'pg_stat_database.sessions',
} as const;
const GAUGES = {
  connections: 'pg_stat_activity.connections',
  refaultBytesPerSecond: 'memory.refault_bytes_per_second',
  unevictableBytes: 'memory.unevictable_bytes',
  cacheBytes: 'memory.cache_bytes',
  storagePagesPerSecond: 'tier.storage_reads_per_second',
  tierSizeBytes: 'tier.size_bytes',
  localReadMs: 'local.read_ms',
  tempLocalBytes: 'temp.local_bytes',
} as const;
const CAPACITY = 'capacity.acu';

/** Counters and gauges come every ten seconds; after so long without one nothing is known. */
const COUNTER_HOLDS_MS = 30_000;
/** A decision every ten seconds and one for each change: half a day at least. */
const MOST_DECISIONS = 5000;

/** Counters and capacity, one value for each period. */
export async function countersOverTime(
  { history, gate, target, window }: Question,
  periodSeconds: PeriodSeconds,
  atMs: readonly number[],
): Promise<{ readonly counters: Counters; readonly acu: PerPeriod }> {
  const metrics = [...Object.values(GROWTH), ...Object.values(GAUGES), CAPACITY];
  const found = await gate.run(() =>
    history.counterSeries({ target, ...window, periodSeconds, metrics, keys: [''] }),
  );
  const perPeriod = (metric: string): PerPeriod => {
    const points = found.find((series) => series.metric === metric)?.points ?? [];
    const values = new Map(points.map((point) => [point.atMs, point.value]));
    return atMs.map((startMs) => values.get(startMs) ?? null);
  };
  const holds = Math.floor(COUNTER_HOLDS_MS / (periodSeconds * 1000));
  const spread = (metric: string): PerPeriod => spreadOver(perPeriod(metric), holds);
  const held = (metric: string): PerPeriod => heldFor(perPeriod(metric), holds);
  const counters: Counters = { ...mapValues(GROWTH, spread), ...mapValues(GAUGES, held) };
  return { counters, acu: held(CAPACITY) };
}

function mapValues<Key extends string>(
  metrics: Readonly<Record<Key, string>>,
  valuesOf: (metric: string) => PerPeriod,
): Readonly<Record<Key, PerPeriod>> {
  const entries = Object.entries<string>(metrics).map(([name, metric]) => [name, valuesOf(metric)]);
  return Object.fromEntries(entries) as Record<Key, PerPeriod>;
}

/** What was counted at the end of some periods has grown in all of them. */
export function spreadOver(values: PerPeriod, mostPeriods: number): PerPeriod {
  const spread: (number | null)[] = values.map(() => null);
  let last = -1;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const first = Math.max(last + 1, index - mostPeriods);
    spread.fill(value / (index - first + 1), first, index + 1);
    last = index;
  }
  return spread;
}

/** A gauge stays as it is until it is told anew. */
export function heldFor(values: PerPeriod, mostPeriods: number): PerPeriod {
  let [last, age] = [null as number | null, 0];
  return values.map((value) => {
    [last, age] = value === null ? [last, age + 1] : [value, 0];
    return age <= mostPeriods ? last : null;
  });
}

/** Blocks read and found over the whole window; null where they are not known. */
export async function blocksOf({ history, gate, target, window }: Question) {
  const metrics = [GROWTH.blksRead, GROWTH.blksHit];
  const found = await gate.run(() =>
    history.counterSeries({ target, ...window, periodSeconds: ONE_PERIOD, metrics, keys: [''] }),
  );
  return { blksRead: totalOf(found, GROWTH.blksRead), blksHit: totalOf(found, GROWTH.blksHit) };
}

function totalOf(found: readonly CounterSeries[], metric: string): number | null {
  const series = found.find((one) => one.metric === metric);
  return series === undefined ? null : series.points.reduce((sum, { value }) => sum + (value ?? 0), 0);
}

/** Oldest first; those that an older version wrote in another shape are left out. */
export async function recordedDecisions({ history, gate, target, window }: Question) {
  const found = await gate.run(() => history.decisions({ target, ...window, limit: MOST_DECISIONS }));
  return { decisions: found.toReversed().flatMap(parse), isCutOff: found.length >= MOST_DECISIONS };
}

function parse({ atMs, decision: { reason, ...decision } }: DecisionRecord): RecordedDecision[] {
  const read = timedDecision.safeParse({ atMs, decision, reason: typeof reason === 'string' ? reason : '' });
  return read.success ? [{ ...read.data.decision, atMs }] : [];
}
