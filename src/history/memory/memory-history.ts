import type { LoadTick, SqlDigest, WeightedSample } from '../../load/model.ts';
import { rank, toSeries, toTop, wholeMicroseconds } from '../arithmetic.ts';
import type {
  CounterPoint,
  CounterQuery,
  CounterSeries,
  DecisionRecord,
  EventQuery,
  History,
  HistoryEvent,
  HistoryHealth,
  LoadQuery,
  LoadSeries,
  MaintenanceReport,
  PausedStretch,
  PauseQuery,
  RecordQuery,
  SeriesQuery,
  TargetSpan,
  TopQuery,
  TopResult,
} from '../history.ts';
import { joinPauses } from '../pauses.ts';
import {
  checkCounterQuery,
  checkPauseQuery,
  checkRecordQuery,
  checkSeriesQuery,
  checkTopQuery,
  DEFAULT_EVENT_LIMIT,
  DEFAULT_LIMIT,
  periodStart,
  periodStarts,
} from '../window.ts';
import { memoryCounterSeries } from './memory-counters.ts';
import { Timeline } from './timeline.ts';

export interface MemoryHistoryOptions {
  /** How far back from the newest tick of a target the record reaches. */
  readonly retentionMs: number;
}

/** Keeps the record in this process. Also the reference that other implementations are compared with. */
export function createMemoryHistory(options: MemoryHistoryOptions): History {
  return new MemoryHistory(options);
}

class MemoryHistory implements History {
  readonly #ticks: Timeline<LoadTick>;
  readonly #counters: Timeline<CounterPoint>;
  readonly #events: Timeline<HistoryEvent>;
  readonly #decisions: Timeline<DecisionRecord>;
  readonly #digests = new Map<string, SqlDigest>();

  constructor({ retentionMs }: MemoryHistoryOptions) {
    this.#ticks = new Timeline(retentionMs);
    this.#counters = new Timeline(retentionMs);
    this.#events = new Timeline(retentionMs);
    this.#decisions = new Timeline(retentionMs);
  }

  async appendTicks(target: string, ticks: readonly LoadTick[]): Promise<void> {
    this.#ticks.append(target, ticks);
  }

  async appendCounters(target: string, points: readonly CounterPoint[]): Promise<void> {
    this.#counters.append(target, points);
  }

  async appendEvents(target: string, events: readonly HistoryEvent[]): Promise<void> {
    this.#events.append(target, events);
  }

  async appendDecisions(target: string, decisions: readonly DecisionRecord[]): Promise<void> {
    this.#decisions.append(target, decisions);
  }

  async saveDigests(digests: readonly SqlDigest[]): Promise<void> {
    for (const digest of digests) {
      const known = this.#digests.get(digest.id);
      if (!known || (known.truncated && !digest.truncated)) this.#digests.set(digest.id, digest);
    }
  }

  async targets(): Promise<readonly TargetSpan[]> {
    return this.#ticks.spans();
  }

  async series(query: SeriesQuery): Promise<LoadSeries> {
    checkSeriesQuery(query);
    const startsMs = periodStarts(query, query.periodSeconds);
    const periodMs = query.periodSeconds * 1000;
    const indexOf = (atMs: number) => (periodStart(atMs, periodMs) - (startsMs[0] ?? 0)) / periodMs;
    const nothing = () => startsMs.map(() => 0);
    const coveredUs = nothing();
    const totals = new Map<string, number>();
    const byKey = new Map<string, number[]>();
    for (const tick of this.#ticks.between(query)) {
      const index = indexOf(tick.atMs);
      coveredUs[index]! += wholeMicroseconds(tick.durationMs);
      for (const sample of matching(tick, query)) {
        const key = query.groupBy === undefined ? '' : sample.tuple[query.groupBy];
        add(totals, key, sample.weightMs);
        if (!byKey.has(key)) byKey.set(key, nothing());
        byKey.get(key)![index]! += sample.weightMs;
      }
    }
    if (query.groupBy === undefined) {
      const kept = [{ key: '', activeMs: byKey.get('') ?? nothing() }];
      return toSeries({ startsMs, coveredUs, kept, otherActiveMs: null });
    }
    const ranked = rank(totals).map(([key]) => ({ key, activeMs: byKey.get(key)! }));
    const limit = query.limit ?? DEFAULT_LIMIT;
    const rest = ranked.slice(limit);
    const otherActiveMs = rest.length === 0 ? null : nothing();
    for (const { activeMs } of rest) activeMs.forEach((ms, index) => (otherActiveMs![index]! += ms));
    return toSeries({ startsMs, coveredUs, kept: ranked.slice(0, limit), otherActiveMs });
  }

  async top(query: TopQuery): Promise<TopResult> {
    checkTopQuery(query);
    let coveredUs = 0;
    let totalActiveMs = 0;
    const totals = new Map<string, number>();
    const partitions = new Map<string, Map<string, number>>();
    for (const tick of this.#ticks.between(query)) {
      coveredUs += wholeMicroseconds(tick.durationMs);
      for (const { tuple, weightMs } of matching(tick, query)) {
        const key = tuple[query.groupBy];
        totalActiveMs += weightMs;
        add(totals, key, weightMs);
        if (query.partitionBy === undefined) continue;
        if (!partitions.has(key)) partitions.set(key, new Map());
        add(partitions.get(key)!, tuple[query.partitionBy], weightMs);
      }
    }
    const kept = rank(totals).slice(0, query.limit ?? DEFAULT_LIMIT);
    return toTop({ coveredUs, totalActiveMs, kept, partitions });
  }

  async pauses(query: PauseQuery): Promise<readonly PausedStretch[]> {
    checkPauseQuery(query);
    const paused = this.#ticks.between(query).filter(({ state }) => state === 'paused');
    return joinPauses(
      query,
      paused.map(({ atMs, durationMs }) => ({ fromMs: atMs - durationMs, toMs: atMs, breakMs: durationMs })),
    );
  }

  async counterSeries(query: CounterQuery): Promise<readonly CounterSeries[]> {
    checkCounterQuery(query);
    return memoryCounterSeries(query, this.#counters.between(query));
  }

  async events(query: EventQuery): Promise<readonly HistoryEvent[]> {
    checkRecordQuery(query);
    const sought = query.search?.toLowerCase() ?? '';
    const found = this.#events
      .between(query)
      .filter(
        ({ severity, kind, message }) =>
          (query.severity === undefined || severity === query.severity) &&
          (kind.toLowerCase().includes(sought) || message.toLowerCase().includes(sought)),
      );
    return newestFirst(found, query);
  }

  async decisions(query: RecordQuery): Promise<readonly DecisionRecord[]> {
    checkRecordQuery(query);
    return newestFirst(this.#decisions.between(query), query);
  }

  async digests(ids: readonly string[]): Promise<readonly SqlDigest[]> {
    return [...new Set(ids)].flatMap((id) => this.#digests.get(id) ?? []);
  }

  async flush(): Promise<void> {}

  async maintain(nowMs: number): Promise<MaintenanceReport> {
    for (const timeline of [this.#ticks, this.#counters, this.#events, this.#decisions])
      timeline.prune(nowMs);
    return { droppedDays: 0, rolledUpHours: 0 };
  }

  health(): HistoryHealth {
    return { status: 'recording', message: 'recording in memory', bytesOnDisk: 0, lostTicks: 0 };
  }

  async close(): Promise<void> {}
}

function* matching(tick: LoadTick, query: LoadQuery): Iterable<WeightedSample> {
  const filters = Object.entries(query.filter ?? {}) as [keyof WeightedSample['tuple'], readonly string[]][];
  for (const sample of tick.samples)
    if (
      sample.activity === (query.activity ?? 'active') &&
      filters.every(([dimension, values]) => values.includes(sample.tuple[dimension]))
    )
      yield sample;
}

function newestFirst<T>(oldestFirst: readonly T[], { limit }: RecordQuery): T[] {
  return oldestFirst.toReversed().slice(0, limit ?? DEFAULT_EVENT_LIMIT);
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
