/**
 * The words of the planner.
 *
 * trace      what a database was asked for, on a regular grid of time; see {@link Trace}
 * demand     what a second of a trace needs, in ACU, whatever any policy gives; see `score/demand.ts`
 * policy     who decides capacity from what has been seen so far; see {@link PlannedPolicy}
 * run        a policy on a trace in virtual time; see `simulate.ts`
 * shortfall  demand above capacity, in ACU-seconds
 */
import type { AcuShape } from '../capacity/acu.ts';

/**
 * A load over time, each step piecewise constant. Columns have `length` values; one that is not known is null, which counts as
 * zero, or as what {@link DatabaseModel} assumes. A year at one second is 31,536,000 values a column, so they are plain
 * arrays of numbers.
 */
export interface Trace {
  /** As shown: the file's name without its ending, the pattern's name, or the target's. */
  readonly name: string;
  /** Wall clock of the first step, milliseconds since 1970; null for a series without times. */
  readonly startMs: number | null;
  readonly stepSeconds: number;
  readonly length: number;
  /** Work that comes in, in CPUs (CPU-seconds a second), whether or not there was capacity for it. */
  readonly cpuCores: Float32Array;
  /** Sessions that wait for storage, whatever the capacity. */
  readonly ioSessions: Float32Array | null;
  /** Sessions that wait for locks: no capacity helps them. */
  readonly lockSessions: Float32Array | null;
  /** Memory that is worth having: what cannot be evicted and the working set. */
  readonly memoryBytes: Float32Array | null;
  readonly networkBytesPerSecond: Float32Array | null;
  /** What was assumed, filled or left out on the way here, in words for the reader; whole sentences. */
  readonly notes: readonly string[];
}

/** Those that look many times a second look so often. */
export const FAST_LOOK_SECONDS = 0.05;

/** Between which a policy may choose. */
export interface Bounds {
  /** 0 lets it pause. */
  readonly minAcu: number;
  readonly maxAcu: number;
  /** How long nothing may have happened before it is paused; null where it is never paused. */
  readonly autoPauseMs: number | null;
}

/** What the database and its host are like, apart from the load. */
export interface DatabaseModel {
  readonly shape: AcuShape;
  /** More than these nobody can use. */
  readonly hostCpus: number;
  /** CPU time of a request, mean, seconds. With it work becomes a number of sessions. */
  readonly requestCpuSeconds: number;
  /** Standard deviation of that over its mean: 0 where all requests are alike, 1 for an exponential distribution. */
  readonly requestVariation: number;
  /** What a request takes beside CPU (network, storage that answers), seconds. */
  readonly requestOtherSeconds: number;
  /** Connections that are open; no more sessions than these are active at once. */
  readonly connections: number;
  /** What cannot be evicted, whatever the load. */
  readonly baseMemoryBytes: number;
  /** The share of `memoryBytes` of a trace, beyond the base, that is page cache and not private memory. */
  readonly cacheShare: number;
  /** How long storage takes for a page that is not in memory, seconds. */
  readonly missSeconds: number;
  /** Pages that a CPU-second of work touches. */
  readonly pagesPerCpuSecond: number;
  /** A second cache tier on local storage; null where there is none. */
  readonly tier: TierModel | null;
  /** Below so many CPUs, and with nobody waiting, a second counts as idle: nobody uses the database. */
  readonly idleBelowCpus: number;
}

export interface TierModel {
  /** The whole cache, what of it is in memory included. */
  readonly bytes: number;
  /** How long it takes for a page that is not in memory, seconds. */
  readonly missSeconds: number;
}

/** What can be switched on to make the virtual world as rough as the real one. */
export interface Imperfections {
  /** Requests come one by one, at random, instead of as a steady flow within each second. */
  readonly arrivalNoise: boolean;
  /** Sessions are counted by one sample a second instead of exactly. */
  readonly samplingNoise: boolean;
  /** From a decision until its capacity is in force, beside what a policy takes by its own rules. */
  readonly controlDelayMs: number;
}

/**
 * What a policy sees of the time since its last look: means over it. One object is used again and again, so nobody may
 * keep it.
 */
export interface Seen {
  readonly durationMs: number;
  /** In force at the end of it; 0 while paused. */
  readonly capacityAcu: number;
  /** CPU used, in CPUs. */
  readonly cpuUsed: number;
  /** Processes that waited for a processor, mean number: by our own limit. */
  readonly cpuWaiting: number;
  /** Time that processor queues stood still for the limit, CPU-seconds a second. */
  readonly throttled: number;
  readonly ioSessions: number;
  /** Those that wait for the second tier; they are not among the others. */
  readonly tierSessions: number;
  readonly lockSessions: number;
  /** Running, waiting for CPU, I/O and locks: average active sessions, as sampled where sampling noise is on. */
  readonly activeSessions: number;
  readonly connections: number;
  /** Private and shared memory, and the kernel's. */
  readonly unevictableBytes: number;
  /** Page cache that is filled. */
  readonly cacheBytes: number;
  /** Memory that would be worth having: what estimates of the working set find. */
  readonly wantedMemoryBytes: number;
  readonly refaultBytesPerSecond: number;
  /** Pages that came back from the second tier. */
  readonly tierReadBytesPerSecond: number;
  readonly networkBytesPerSecond: number;
  /** Somebody used the database. */
  readonly isActive: boolean;
}

/** What a policy is given before it begins. */
export interface PolicyContext {
  readonly bounds: Bounds;
  readonly database: DatabaseModel;
  /** The whole demand, one value a second, in ACU on no grid: for those who know it in advance; others do not look. */
  readonly demandAcu: Float32Array;
}

/**
 * How capacity is chosen: one of those that are compared, by its published rules and constants. Names are kebab-case, as
 * typed after `--policy`.
 */
export interface PlannedPolicy {
  readonly name: string;
  /** For people, as in `Aurora Serverless v2 (modelled)`. */
  readonly title: string;
  /** What it does, in a sentence or two, and where its rules are published. */
  readonly rules: string;
  readonly source: string;
  /** `static` ones keep what they began with; `clairvoyant` ones know the future. */
  readonly kind: 'causal' | 'static' | 'clairvoyant';
  start(context: PolicyContext): PolicyRun;
}

/** A policy at work on one trace. */
export interface PolicyRun {
  readonly startAcu: number;
  /** Whether it may be paused: then its answer may be 0. */
  readonly canPause: boolean;
  /**
   * Once a second: the capacity that it wants from now on, in ACU; 0 asks for a pause. `nowMs` is virtual, at the end of
   * what was seen, and grows.
   */
  decide(seen: Seen, nowMs: number): number;
  /**
   * For those that look many times a second: called every 50 ms while the limit holds work back and there is capacity
   * above; may only raise.
   */
  decideFast?(seen: Seen, nowMs: number): number;
  /** From its answer until that is in force, milliseconds; 0 unless told otherwise. */
  readonly actuationMs?: number;
  /** How long it takes to wake after it was paused for so long, milliseconds. Needed where it can pause. */
  wakeMs?(pausedMs: number): number;
  /** It is awake again, with this capacity wanted from now on. Needed where it can pause. */
  wake?(nowMs: number): number;
}

/** One second of a run, as it is told to whoever keeps the score. One object is used again and again. */
export interface RunSecond {
  readonly index: number;
  /** Of the trace; no policy changes it. In ACU, not on the grid. */
  readonly demandAcu: number;
  /** Mean over the second; 0 while paused. */
  readonly capacityAcu: number;
  /** In force at its end. */
  readonly endCapacityAcu: number;
  /** Demand above capacity over this second, ACU-seconds: exact, where capacity changed within it. */
  readonly shortfallAcuSeconds: number;
  readonly cpuUsed: number;
  /** Average active sessions: running, waiting for CPU, I/O, locks. */
  readonly running: number;
  readonly waiting: number;
  /** For storage. */
  readonly ioSessions: number;
  /** For the second tier. */
  readonly tierSessions: number;
  readonly lockSessions: number;
  /** Work that is left over at the end, CPU-seconds. */
  readonly backlogCpuSeconds: number;
  readonly isPaused: boolean;
  /** Of this second, how long somebody waited for a wake, seconds. */
  readonly coldStartSeconds: number;
}

export interface RunSink {
  second(second: RunSecond): void;
  /** A change of capacity that came in force; pauses and wakes too, from and to 0. */
  change(fromAcu: number, toAcu: number, atMs: number): void;
  /** So many requests took so long, from when they came to when they were answered. */
  latency(requests: number, seconds: number): void;
}
