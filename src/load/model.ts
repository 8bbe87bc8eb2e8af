/**
 * The words of load.
 *
 * active session   a session that has submitted work and waits for the response
 * AAS              average active sessions: active time divided by covered time
 * tick             one observation, covering the interval that ends at `atMs`
 * weight           how many milliseconds of that interval a session was active in one way
 * tuple            one value for each dimension; the unit that samples, rollups and history keep
 * covered time     time that was observed or known to be paused; what is not covered is a gap, never zero
 */

/** As the Performance Insights API calls them; the last two are ours. */
export const DIMENSIONS = [
  'db.wait_event',
  'db.sql_tokenized',
  'db.user',
  'db.host',
  'db.name',
  'db.application',
  'db.session_type',
  'db.blocking_session',
  'db.blocking_sql',
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/**
 * A value for every dimension; an empty string where there is none. `db.wait_event` is `Type:Event` as PostgreSQL
 * names them (`IO:DataFileRead`), or one of {@link CPU_RUNNING}, {@link CPU_WAITING}, {@link CPU}, {@link PAGE_FAULT},
 * {@link TIER_READ}.
 * `db.sql_tokenized` and `db.blocking_sql` are digest ids. `db.session_type` is PostgreSQL's backend type, or
 * {@link SHORT_LIVED}.
 */
export type Tuple = Readonly<Record<Dimension, string>>;

/** On a processor, and runnable but waiting for one. Only the kernel view can tell them apart. */
export const CPU_RUNNING = 'CPU:Running';
export const CPU_WAITING = 'CPU:Waiting';
/** On CPU or waiting for it: the session view cannot tell. */
export const CPU = 'CPU';
/** Uninterruptible sleep of an active session without a wait event: a page of a file or program that has to be read. */
export const PAGE_FAULT = 'IO:PageFault';
/** A page that comes back from the second cache tier (Optimized Reads), whatever the server believes to wait for. */
export const TIER_READ = 'IO:TieredCacheRead';
/** The statement slept, but its wait was over before the database could tell what it was for. */
export const UNSEEN_WAIT = 'Other:Unseen';
/** Sessions that came and went between two ticks. */
export const SHORT_LIVED = 'short-lived';

/**
 * What a sample counts as. Only `active` is on the AAS line; `idle in transaction` and `background` (autovacuum,
 * walsender, checkpointer...) are recorded beside it.
 */
export const ACTIVITIES = ['active', 'idle in transaction', 'background'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** `weightMs` is a whole number of milliseconds, at least 1. */
export interface WeightedSample {
  readonly activity: Activity;
  readonly tuple: Tuple;
  readonly weightMs: number;
}

/** Where the figures come from: CPU measured by the kernel, or every session sampled. */
export type LoadSource = 'kernel' | 'session';

/** What one tick cost. `backendCpuMs` is null where the sampler's backend runs on another host. */
export interface TickCost {
  readonly agentCpuMs: number;
  readonly backendCpuMs: number | null;
  /** From the start of the tick until its result was there. */
  readonly tickMs: number;
  /** How late the tick started. */
  readonly lagMs: number;
}

/** One tick: a heartbeat (it is recorded also when nothing was active) and its samples. */
export interface LoadTick {
  /** End of the interval that this tick covers, wall clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly source: LoadSource;
  /** A paused database is covered time with load 0. */
  readonly state: 'observed' | 'paused';
  readonly samples: readonly WeightedSample[];
  /** Advance of `pg_stat_database.active_time` in this tick (PostgreSQL 14 and newer), the cross-check. */
  readonly activeTimeMs: number | null;
  /** One in `thinning` sessions was looked at, each with that weight; 1 looks at all. */
  readonly thinning: number;
  /** Share (0 to 1) of client sessions whose state this role is not allowed to see. */
  readonly hiddenShare: number;
  readonly cost: TickCost;
}

/** Normalised text of a statement; it never holds a literal. */
export interface SqlDigest {
  /** 16 hex digits, stable across servers, restarts and PostgreSQL versions. */
  readonly id: string;
  readonly text: string;
  /** The server cut the text (`track_activity_query_size`), so the id may be of its beginning only. */
  readonly truncated: boolean;
}
