import type { Decision } from '../capacity/model.ts';

/**
 * What an analysis is made from: a window of load by all that may explain it, and what was usual before. Times are wall
 * clock, loads in average active sessions. Every list of values has one entry for each period; null is not known.
 */
export interface AnalysisInput {
  /** As commands are to name it. */
  readonly target: string;
  readonly window: Stretch;
  readonly periodMs: number;
  /** Starts of the periods, ascending. */
  readonly atMs: readonly number[];
  /** What was observed of each period; 0 is a gap. */
  readonly coveredMs: readonly number[];
  readonly waits: readonly KeyedSeries[];
  readonly sessionTypes: readonly KeyedSeries[];
  readonly sql: readonly KeyedSeries[];
  /** By the last statement of the session. */
  readonly idleInTransaction: readonly KeyedSeries[];
  /** Processors that the database could use. */
  readonly vcpus: PerPeriod;
  /** Most loaded first. */
  readonly topSql: readonly SqlLoad[];
  /** Whoever was idle in transaction, by the last statement; most loaded first. */
  readonly idleOwners: readonly SqlOwners[];
  /** The same of those that were active, for the statements of blockers. */
  readonly activeOwners: readonly SqlOwners[];
  /** Whoever held locks that others waited for; most waited for first. */
  readonly blockers: readonly Blocker[];
  /** Of this moment; null where the window does not reach it, or nobody observes. */
  readonly sessionsNow: readonly SessionAtWork[] | null;
  /** Null where too little is known of the time before. */
  readonly baseline: Baseline | null;
  readonly counters: Counters;
  /** Null for a database that Airglow does not run. */
  readonly capacity: CapacityRecord | null;
  /** Stretches without an observation; those before the first record are not among them. */
  readonly gaps: readonly Stretch[];
  /** When the record of this database begins; null where there is none. */
  readonly recordedSinceMs: number | null;
  /** Warnings and errors, oldest first. */
  readonly events: readonly { readonly atMs: number; readonly kind: string; readonly message: string }[];
  /** Normalised texts by digest; none for who may not read them. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export type PerPeriod = readonly (number | null)[];

export interface KeyedSeries {
  readonly key: string;
  readonly aas: PerPeriod;
}

export interface KeyedLoad {
  readonly key: string;
  readonly aas: number;
}

export interface SqlLoad {
  readonly id: string;
  readonly aas: number;
  readonly waits: readonly KeyedLoad[];
  /** Growth of pg_stat_statements over the window; null where it is not there. */
  readonly statistics: SqlStatistics | null;
  /** Of the baseline. */
  readonly before: { readonly aas: number; readonly statistics: SqlStatistics | null } | null;
}

export interface SqlStatistics {
  readonly callsPerSecond: number;
  readonly meanMs: number | null;
  readonly tempBytes: number;
}

/** Whose sessions ran a statement. */
export interface SqlOwners {
  readonly sqlId: string;
  /** Most loaded first. */
  readonly users: readonly KeyedLoad[];
  readonly applications: readonly KeyedLoad[];
}

export interface Blocker {
  /** `pid@epochSeconds`; pid 0 is a prepared transaction. */
  readonly session: string;
  /** Sessions that waited for it. */
  readonly waiting: PerPeriod;
  /** Most of them at any time; known better than by period. */
  readonly mostWaiting: number;
  /** From when until when any did; known better than by period. */
  readonly blocked: Stretch;
  /** What it ran, or ran last; empty where unknown. */
  readonly sqlId: string;
  /** What they waited for. */
  readonly waits: readonly KeyedLoad[];
  /** What they wanted to do. */
  readonly waitingSql: readonly KeyedLoad[];
}

/** A session as it is now. */
export interface SessionAtWork {
  readonly pid: number;
  readonly state: string;
  readonly user: string;
  readonly application: string;
  readonly sqlId: string;
  readonly transactionMs: number | null;
}

export interface Baseline extends Stretch {
  readonly coveredSeconds: number;
  readonly aas: number;
  readonly waits: readonly KeyedLoad[];
  readonly blksRead: number | null;
  readonly blksHit: number | null;
}

/** Growth in each period, or the mean of a gauge. */
export interface Counters {
  readonly blksRead: PerPeriod;
  readonly blksHit: PerPeriod;
  /** Milliseconds; all zero unless track_io_timing is on. */
  readonly blkReadTime: PerPeriod;
  readonly tempBytes: PerPeriod;
  readonly tempFiles: PerPeriod;
  /** New sessions. */
  readonly sessions: PerPeriod;
  readonly connections: PerPeriod;
  readonly refaultBytesPerSecond: PerPeriod;
  readonly unevictableBytes: PerPeriod;
  readonly cacheBytes: PerPeriod;
  /** Pages of 4 KiB. */
  readonly storagePagesPerSecond: PerPeriod;
  /** Of the second cache tier; null where there is none. */
  readonly tierSizeBytes: PerPeriod;
  /** A read of local storage, and temporary objects there; null where there is none. */
  readonly localReadMs: PerPeriod;
  readonly tempLocalBytes: PerPeriod;
}

export interface CapacityRecord {
  /** In force now; null where the daemon is not there to tell. */
  readonly minAcu: number | null;
  readonly maxAcu: number | null;
  /** The most that its host can give; null where that is not known. */
  readonly hostAcu: number | null;
  readonly acu: PerPeriod;
  /** Oldest first; what did not change is repeated every ten seconds. */
  readonly decisions: readonly RecordedDecision[];
  /** Older ones of the window were left out, as there are too many. */
  readonly isCutOff: boolean;
}

/** Of older versions some parts may be missing. */
export type RecordedDecision = Pick<
  Decision,
  'toAcu' | 'demandAcu' | 'binding' | 'cap' | 'hostSaturated' | 'hold' | 'pause' | 'cpu'
> & { readonly atMs: number };
