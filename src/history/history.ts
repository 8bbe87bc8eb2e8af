import type { Activity, Dimension, LoadTick, SqlDigest } from '../load/model.ts';

/**
 * The port of the record. Two implementations, `memory/` and `duckdb/`; both pass `history.conformance.ts`.
 * Times are wall clock, milliseconds since 1970. A `target` is a short stable name of a monitored database.
 */
export interface History {
  /** Records settled ticks. Returns when they are accepted; they are durable at most `flushIntervalMs` later. */
  appendTicks(target: string, ticks: readonly LoadTick[]): Promise<void>;
  appendCounters(target: string, points: readonly CounterPoint[]): Promise<void>;
  appendEvents(target: string, events: readonly HistoryEvent[]): Promise<void>;
  appendDecisions(target: string, decisions: readonly DecisionRecord[]): Promise<void>;
  /** Digests are kept for ever; a known id is left as it is, unless the new text is whole and the old one was cut. */
  saveDigests(digests: readonly SqlDigest[]): Promise<void>;

  /** Targets that the record knows, with the time it covers. */
  targets(): Promise<readonly TargetSpan[]>;
  series(query: SeriesQuery): Promise<LoadSeries>;
  top(query: TopQuery): Promise<TopResult>;
  /** Stretches in which the database slept, oldest first, clipped to the window. */
  pauses(query: PauseQuery): Promise<readonly PausedStretch[]>;
  counterSeries(query: CounterQuery): Promise<readonly CounterSeries[]>;
  events(query: EventQuery): Promise<readonly HistoryEvent[]>;
  decisions(query: RecordQuery): Promise<readonly DecisionRecord[]>;
  digests(ids: readonly string[]): Promise<readonly SqlDigest[]>;

  /** Makes everything accepted so far durable. */
  flush(): Promise<void>;
  /** Rolls up what is complete and drops what is older than the retention. Called now and then, never concurrently. */
  maintain(nowMs: number): Promise<MaintenanceReport>;
  health(): HistoryHealth;
  close(): Promise<void>;
}

export interface CounterPoint {
  readonly atMs: number;
  /** The time that `value` is the growth over; 0 for a gauge. */
  readonly durationMs: number;
  readonly metric: string;
  readonly key: string;
  readonly value: number;
}

export const EVENT_SEVERITIES = ['info', 'warning', 'error'] as const;

export interface HistoryEvent {
  readonly atMs: number;
  /** kebab-case, e.g. `connection-lost`, `reconnected`, `thinning-started`, `clock-stepped`. */
  readonly kind: string;
  readonly severity: (typeof EVENT_SEVERITIES)[number];
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A capacity decision; the history does not look inside. */
export interface DecisionRecord {
  readonly atMs: number;
  readonly decision: Readonly<Record<string, unknown>>;
}

/** Seconds per point. */
export const PERIODS_SECONDS = [1, 60, 300, 3600, 86400] as const;
export type PeriodSeconds = (typeof PERIODS_SECONDS)[number];

/** Values that a dimension may have; several are OR-ed, several dimensions AND-ed. */
export type DimensionFilter = Readonly<Partial<Record<Dimension, readonly string[]>>>;

export interface LoadQuery {
  readonly target: string;
  /** Inclusive start and exclusive end; a tick belongs to the time it ends at. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `active` unless told otherwise. */
  readonly activity?: Activity;
  readonly filter?: DimensionFilter;
}

export interface SeriesQuery extends LoadQuery {
  readonly periodSeconds: PeriodSeconds;
  /** Without it one series, the total, with key ''. */
  readonly groupBy?: Dimension;
  /** The most loaded keys over the window; the rest is summed up under {@link OTHER}. 10 unless told otherwise. */
  readonly limit?: number;
}

/** Key of what a limit left out. */
export const OTHER = '(other)';

export interface LoadSeries {
  /** Starts of the periods, aligned to the period (UTC); every period of the window, covered or not. */
  readonly atMs: readonly number[];
  /** Covered time of each period; 0 is a gap. */
  readonly coveredMs: readonly number[];
  /** AAS per period: active time / covered time; null in a gap. Most loaded first, OTHER last. */
  readonly series: readonly { readonly key: string; readonly aas: readonly (number | null)[] }[];
}

export interface PauseQuery {
  readonly target: string;
  /** Inclusive start and exclusive end; a tick belongs to the time it ends at. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Paused ticks with no more than the length of one between them, which may be missing, belong together. */
export interface PausedStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TopQuery extends LoadQuery {
  readonly groupBy: Dimension;
  /** Splits every row by a second dimension (top SQL with their waits). */
  readonly partitionBy?: Dimension;
  /** 10 unless told otherwise. */
  readonly limit?: number;
}

export interface TopResult {
  readonly coveredMs: number;
  /** AAS of everything that passed the filter, the rows left out included. */
  readonly totalAas: number;
  /** Most loaded first. */
  readonly rows: readonly TopRow[];
}

export interface TopRow {
  readonly key: string;
  readonly aas: number;
  /** By the second dimension, most loaded first; empty without `partitionBy`. */
  readonly partitions: readonly { readonly key: string; readonly aas: number }[];
}

export interface CounterQuery {
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodSeconds: PeriodSeconds;
  readonly metrics: readonly string[];
  /** Only these keys; all unless told otherwise. */
  readonly keys?: readonly string[];
}

export interface CounterSeries {
  readonly metric: string;
  readonly key: string;
  /** Sum of the growth in each period (mean of a gauge); null where nothing was recorded. */
  readonly points: readonly { readonly atMs: number; readonly value: number | null }[];
}

export interface EventQuery extends RecordQuery {
  /** Only events of this severity. */
  readonly severity?: HistoryEvent['severity'];
  /** Part of the message or the kind, whatever its case; taken literally. An empty one finds all. */
  readonly search?: string;
}

export interface RecordQuery {
  readonly target: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Newest first; 1000 unless told otherwise. */
  readonly limit?: number;
}

export interface TargetSpan {
  readonly target: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface MaintenanceReport {
  readonly droppedDays: number;
  readonly rolledUpHours: number;
}

export interface HistoryHealth {
  /** `recording`, or why not. After `full` it resumes by itself once there is room. */
  readonly status: 'recording' | 'full' | 'failed';
  readonly message: string;
  readonly bytesOnDisk: number;
  /** Ticks that could not be kept since the start. */
  readonly lostTicks: number;
}
