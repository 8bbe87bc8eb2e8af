import type { AcuShape } from './acu.ts';

/** What is fixed for a database until somebody changes it. */
export interface CapacityConfig {
  /** 0 lets it pause; while awake it has one step at least, see `awakeMinimum`. */
  readonly minAcu: number;
  readonly maxAcu: number;
  /** How long nothing may have happened before it is paused; null where it is never paused. Matters with a minimum of 0. */
  readonly autoPauseMs: number | null;
  readonly shape: AcuShape;
  /** Processors of the host: more than these nobody can use. */
  readonly hostCpus: number;
}

/** What the host lets a database have at this moment. */
export interface Grant {
  /** Its share of the host by weighted max-min fairness; at least its minimum. */
  readonly shareAcu: number;
  /** The databases of this host want more than it has. */
  readonly contended: boolean;
}

/** CPU of all processes of the database over the interval; every figure in processors (CPU-seconds a second). */
export interface CpuObservation {
  readonly used: number;
  /** Time that processor queues of the database stood still for its own limit; null where there is no limit. */
  readonly throttled: number | null;
  /** Processes that could run and did not, for whatever reason: mean number over the interval. */
  readonly waiting: number;
}

export interface MemoryObservation {
  /** What cannot be given back: private memory, the kernel's, shared memory that no second tier takes. */
  readonly unevictableBytes: number;
  /** Page cache of the database's files, and shared memory that the second tier has room for. */
  readonly cacheBytes: number;
  /** The limit that is in force; null where none is. */
  readonly limitBytes: number | null;
  /** Evicted pages that had to be read again from where the data is, in bytes a second. */
  readonly refaultBytesPerSecond: number;
  /** Pages that came back from the second tier, in bytes a second; 0 where there is none. */
  readonly tierReadBytesPerSecond: number;
}

/** Load by what sessions wait for, in average active sessions. Only these waits are ever looked at. */
export interface WaitObservation {
  readonly io: number;
  /** Pages from the second tier. */
  readonly tier: number;
  /** Locks, clients, time-outs, idle server processes: shown, and never a reason to raise. */
  readonly other: number;
}

/** Whether anybody uses the database. Sessions whose activity is to be ignored do not count. */
export interface ActivityObservation {
  /** A session was active, or something has happened in one, or a new one has stayed, since the last look. */
  readonly isActive: boolean;
  /** One of those who use it, for people; null where it is not known. */
  readonly by: string | null;
  /** What keeps it from being paused although nobody uses it; empty where nothing does. */
  readonly blockers: readonly PauseBlocker[];
}

export type PauseBlockerKind =
  | 'replication'
  | 'backup'
  | 'autovacuum'
  | 'archiving'
  /** A session whose activity is ignored is in the middle of something. */
  | 'ignored-session'
  /** This host cannot pause: no freezer, or sockets may not be duplicated. */
  | 'unavailable';

export interface PauseBlocker {
  readonly kind: PauseBlockerKind;
  /** For people, as in `a standby is connected (walreceiver)`; without a full stop. */
  readonly detail: string;
}

/**
 * What one look found. Null is not known: it may not lower anything. The fast loop knows CPU and memory only, the
 * full one everything.
 */
export interface Observation {
  readonly kind: 'fast' | 'full';
  /** The time that the figures are averages over. */
  readonly durationMs: number;
  readonly cpu: CpuObservation | null;
  readonly memory: MemoryObservation | null;
  readonly waits: WaitObservation | null;
  /** Bytes a second over the network, both directions. */
  readonly networkBytesPerSecond: number | null;
  readonly connections: number | null;
  /** Null where it is not known, as in every fast look: then it is not paused. */
  readonly activity: ActivityObservation | null;
  readonly grant: Grant;
}

export type Resource = 'cpu' | 'memory' | 'network' | 'connections';

/** What each resource asks for, in ACU, before rounding; null where it is not known. */
export type DemandParts = Readonly<Record<Resource, number | null>>;

/** Why capacity is not lower. */
export type HoldKind =
  /** The database uses it. */
  | 'demand'
  /** It was needed within the last while; until when. */
  | 'recent-demand'
  /** It could be lower, by so little that it is not worth a change. */
  | 'small-saving'
  /** Memory is given back in small steps; until the next one. */
  | 'memory-step'
  /** Memory was given back, and pages had to be read again. */
  | 'cache-needed'
  /** Something that is needed to lower it could not be observed. */
  | 'missing-observation'
  /** It was resumed a moment ago, and gets what is likely to be asked for; until when. */
  | 'resume-boost'
  | 'minimum';

export interface Hold {
  readonly kind: HoldKind;
  readonly resource: Resource | null;
  /** Monotonic time of `decide`'s `now`; null where no time ends it. */
  readonly untilMs: number | null;
}

/** Why capacity is not higher although demand is. */
export type CapKind = 'maximum' | 'host-share' | 'token-bucket';

/** A decision with everything that explains it. */
export interface Decision {
  readonly kind: Observation['kind'];
  readonly fromAcu: number;
  /** 0 where it asks for a pause. */
  readonly toAcu: number;
  readonly parts: DemandParts;
  /** The resource that asks for most; null where nothing is known. */
  readonly binding: Resource | null;
  /** The highest demand, not rounded and not bounded. */
  readonly demandAcu: number | null;
  /** What keeps it from being lower. */
  readonly hold: Hold;
  /** What keeps it from being as high as demand. */
  readonly cap: CapKind | null;
  /** Processes wait for a processor, and our own limit is not why: the host is busy, so nothing is asked for. */
  readonly hostSaturated: boolean;
  readonly cpu: CpuExplanation | null;
  /** How it stands with pausing; null in fast looks and where it is never paused. */
  readonly pause: PauseOutlook | null;
}

/** Whether it will be paused, and when. */
export type PauseOutlook =
  /** Somebody uses it; who, as far as it is known, as in `app@shop (10.0.0.7, psql)`. */
  | { readonly kind: 'active'; readonly by: string | null }
  /** Nobody does; unless somebody will, it is paused then. Monotonic time of `decide`'s `now`. */
  | { readonly kind: 'waiting'; readonly untilMs: number }
  /** Nobody does, and something holds it awake. */
  | { readonly kind: 'blocked'; readonly blockers: readonly PauseBlocker[] }
  | { readonly kind: 'unknown' }
  /** This very decision asks for the pause. */
  | { readonly kind: 'due' };

/** In processors. */
export interface CpuExplanation {
  readonly used: number;
  readonly waitingForLimit: number;
  readonly waitingForHost: number;
}

/** The one thing that a decision may ask to be done. */
export type CapacityAction = SetCapacity | Pause;

export interface SetCapacity {
  readonly kind: 'set-capacity';
  readonly acu: number;
}

/** May turn out to be impossible at that moment; then `pauseCancelled` says so to the state. */
export interface Pause {
  readonly kind: 'pause';
}

/** What woke a paused database, as far as what follows depends on it. */
export type WakeKind =
  /** A new connection, or bytes on one that was open. */
  | 'client'
  /** A client went away: there is nothing to serve. */
  | 'disconnect'
  /** An operator, or Airglow itself: a changed parameter, a stop, a sentinel that died. */
  | 'request';

export interface Outcome {
  readonly state: CapacityState;
  /** One at most. */
  readonly actions: readonly CapacityAction[];
  readonly decision: Decision;
}

/** Plain data: it can be stored, and the same state and observation decide the same. */
export interface CapacityState {
  readonly config: CapacityConfig;
  readonly capacityAcu: number;
  readonly memory: MemoryMemory;
  readonly cpu: CpuMemory;
  readonly bucket: { readonly tokensAcu: number; readonly atMs: number };
  readonly pause: PauseMemory;
}

/** What is remembered for pausing and waking. */
export interface PauseMemory {
  /** Since when nothing that counts has happened. */
  readonly quietSinceMs: number;
  /** Not before then, however quiet it is: after a wake that came to nothing, and after a pause that was cancelled. */
  readonly notBeforeMs: number;
  /** What it has at least until then, for what is likely to come after a wake; null when that time is over. */
  readonly boost: { readonly acu: number; readonly untilMs: number } | null;
  /** How many wakes in a row came to nothing: nobody whose activity counts did anything before the next pause. */
  readonly idleWakes: number;
  /** The highest demand in the first seconds after recent wakes, memory aside, in ACU; null before there was one. */
  readonly wakeDemandAcu: number | null;
  /** Until then demand counts as that of the wake. */
  readonly learnUntilMs: number;
  /** Capacity that holds what could not be evicted when it was last looked at: no wake gives less. */
  readonly floorAcu: number;
}

/** What is remembered of CPU. */
export interface CpuMemory {
  /** What was used of CPU and network in the last while, in ACU: falling, each with the time it was seen last. */
  readonly peaks: readonly Peak[];
  /** Looks of the fast loop that its demand is a mean of. */
  readonly looks: readonly Look[];
  /** Nothing is lowered until then: what a raise brings has to be seen first. */
  readonly settleUntilMs: number;
}

export interface Peak {
  readonly acu: number;
  readonly atMs: number;
  readonly resource: Resource;
}

export interface Look {
  readonly atMs: number;
  readonly durationMs: number;
  readonly cpus: number;
}

/** As it was before memory was added. */
export interface MemoryTrial {
  readonly atMs: number;
  readonly cacheBytes: number;
  readonly readAgain: ReadAgain;
}

/** Bytes read again, smoothed over the last looks. */
export interface ReadAgain {
  readonly perSecond: number;
  /** What was done meanwhile; the unit is that of `memory-demand.ts`. */
  readonly work: number;
}

/** What is remembered of memory. */
export interface MemoryMemory {
  /** The page cache that is held to be worth its memory; null before anything was seen. */
  readonly keptCacheBytes: number | null;
  readonly nextStepAtMs: number;
  /** Until then no cache is given back: the last steps had to be taken back. */
  readonly backOffUntilMs: number;
  readonly backOffMs: number;
  /** Null before the first look. */
  readonly readAgain: ReadAgain | null;
  /** Memory was added for pages that are read again and again: whether that helped is still to be seen. */
  readonly trial: MemoryTrial | null;
  /** Until then pages that are read again are no reason to grow: it did not help. */
  readonly ignoreRefaultsUntilMs: number;
  /** What had been tried then: while pages are read again as before, no more is given back than was added; null for none. */
  readonly inVain: MemoryTrial | null;
}

/** How capacity is decided: Airglow's own function, or another one to compare it with. */
export interface CapacityPolicy {
  readonly name: string;
  start(config: CapacityConfig, capacityAcu: number, now: number): CapacityState;
  decide(state: CapacityState, observation: Observation, now: number): Outcome;
}
