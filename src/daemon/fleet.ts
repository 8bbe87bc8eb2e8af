import type { AcuShape } from '../capacity/acu.ts';
import type { CapacityPolicy, Decision } from '../capacity/model.ts';
import type { TierStatus as HostTierStatus } from '../cluster/host-tier/model.ts';
import type { IgnoreRule } from '../cluster/managed/model.ts';
import type { CounterPoint, HistoryEvent } from '../history/history.ts';
import type { Observer } from './observer.ts';

export type { IgnoreRule } from '../cluster/managed/model.ts';
export type { TierStatus as HostTierStatus } from '../cluster/host-tier/model.ts';

/**
 * The port of the databases that a daemon runs: what the API, the CLI and the demo see of them. Every promise
 * resolves when the work is done, not when it is begun. Raises CLUSTER_NOT_FOUND for a name that is not known.
 */
export interface Fleet {
  list(): readonly ClusterDescription[];
  describe(name: string): ClusterDescription;
  /** Raises INVALID_ARGUMENT, CLUSTER_EXISTS, PORT_IN_USE, POSTGRES_NOT_FOUND, POSTGRES_FAILED. */
  create(request: CreateRequest): Promise<ClusterDescription>;
  /** Raises INVALID_ARGUMENT, SETTING_REFUSED, WRONG_STATUS. */
  modify(name: string, request: ModifyRequest): Promise<ClusterDescription>;
  /** Resumes a paused one. Raises WRONG_STATUS, POSTGRES_FAILED. A running one is no error. */
  start(name: string): Promise<ClusterDescription>;
  stop(name: string): Promise<ClusterDescription>;
  delete(name: string): Promise<void>;
  /** Holds the password. */
  url(name: string, database?: string): string;
  logs(name: string, lines: number): Promise<readonly string[]>;
  explain(name: string): Explanation;
  /** Null while the database is stopped. */
  observer(name: string): Observer | null;
  /** Returns how to unsubscribe. Listeners must not throw. */
  subscribe(listener: (message: FleetMessage) => void): () => void;
  readonly host: HostCapacity;
  readonly tier: HostTier;
}

/** As in RDS. */
export const CLUSTER_STATUSES = [
  'creating',
  'available',
  /** Asleep: nothing of it runs, and the next byte of a client wakes it. */
  'paused',
  'resuming',
  'modifying',
  'stopping',
  'stopped',
  'starting',
  'deleting',
  /** It should run and cannot; `statusReason` says why. It is tried again. */
  'failed',
] as const;
export type ClusterStatus = (typeof CLUSTER_STATUSES)[number];

export interface ClusterDescription {
  readonly name: string;
  readonly status: ClusterStatus;
  readonly statusReason: string | null;
  readonly endpoint: { readonly host: string; readonly port: number };
  readonly engine: {
    readonly version: string | null;
    readonly major: number;
    readonly source: 'installed' | 'bundled';
    /** The version that a restart would bring, where it is another one. */
    readonly pendingVersion: string | null;
  };
  readonly createdAtMs: number;
  readonly capacity: {
    /** 0 while it does not run or is paused. */
    readonly current: number;
    /** 0 where it may be paused. */
    readonly min: number;
    /** As granted: never above the host. */
    readonly max: number;
    readonly requestedMax: number;
  };
  readonly pause: PauseDescription;
  readonly optimizedReads: OptimizedReadsDescription;
  readonly shape: AcuShape;
  readonly enforced: boolean;
  /** Why it is not enforced and how it could be, one line; null where it is. */
  readonly enforcementNote: string | null;
  /** Notes for people: a clamped maximum, weaker isolation, a bundled engine. */
  readonly notes: readonly string[];
  /** Mean of the last minute, in average active sessions; null while nothing is observed. */
  readonly load: {
    readonly aas: number;
    readonly cpuRunning: number | null;
    readonly cpuWaiting: number | null;
    readonly nonCpu: number;
  } | null;
  readonly acuHours: number;
  readonly cost: CostSoFar;
  readonly lastDecision: TimedDecision | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pendingRestart: readonly string[];
  readonly network: { readonly listen: string; readonly allow: readonly string[]; readonly tls: boolean };
  readonly osUser: string;
}

/** What local storage takes over; each part null where it was not asked for. */
export interface OptimizedReadsDescription {
  readonly tempObjects: TempObjectsDescription | null;
  readonly tieredCache: TieredCacheDescription | null;
  /** What is below them; null where there is neither, and while nothing was observed. */
  readonly localStorage: LocalStorageActivity | null;
}

export interface LocalStorageActivity {
  /** Of the file system; null while it cannot be read. FreeEphemeralStorage. */
  readonly freeBytes: number | null;
  /** Files of sorts and hashes where the data is, since they fell back or were there before; null where not known. */
  readonly tempDataBytes: number | null;
  /** Of the whole device, whoever uses it; null where the kernel tells nothing of it. */
  readonly device: DeviceActivity | null;
}

/** Means over a minute. */
export interface DeviceActivity {
  readonly readIops: number;
  readonly writeIops: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
  /** What one of them took in the device and its queue, milliseconds; null where there was none. */
  readonly readMs: number | null;
  readonly writeMs: number | null;
}

export interface TempObjectsDescription {
  /** The folder on local storage. */
  readonly path: string;
  /** Where new temporary objects go now: to local storage, or to where the data is. */
  readonly place: 'local' | 'data';
  /** Why not to local storage, and the way out, one line; null where they do. */
  readonly reason: string | null;
  readonly limitBytes: number;
  /** Null while it cannot be read. */
  readonly usedBytes: number | null;
  /** Of the file system; null while it cannot be read. FreeEphemeralStorage. */
  readonly freeBytes: number | null;
}

export interface TieredCacheDescription {
  /** As asked for; 0 where it was switched off and a restart is still to come. */
  readonly sizeBytes: number;
  /** What the server runs with; 0 where it is not in force. */
  readonly inForceBytes: number;
  /** Why that is not what was asked for, and the way out, one line; null where it is. */
  readonly reason: string | null;
  /** In the tier now; null while that is not known. */
  readonly usedBytes: number | null;
  /** Figures of the last minute; null while nothing was observed. */
  readonly activity: TierActivity | null;
}

/** Means over a minute. */
export interface TierActivity {
  /** Pages that came back from the tier. */
  readonly hitsPerSecond: number;
  /** Pages that had to be read from where the data is. */
  readonly storageReadsPerSecond: number;
  /** AuroraOptimizedReadsCacheHitRatio: hits / (hits + storage reads), 0 to 1; null where there were none. */
  readonly hitRatio: number | null;
  /**
   * What a page from the tier made a session wait for, no less than what its device took, and one from storage, milliseconds;
   * null where there was none or it is not known.
   */
  readonly tierReadMs: number | null;
  readonly storageReadMs: number | null;
}

export interface EnableTierRequest {
  /** An existing folder on local storage. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Only says whether it could be had: refused as it would be, and nothing is changed. */
  readonly dryRun?: boolean;
}

/** Of the host of a daemon. */
export interface HostTier {
  status(): Promise<HostTierStatus>;
  /** Raises TIER_UNAVAILABLE, INVALID_ARGUMENT. One that is on with the same path and size is no error. */
  enable(request: EnableTierRequest): Promise<HostTierStatus>;
  /** Gives everything back. Raises TIER_IN_USE while a database runs with it. One that is off is no error. */
  disable(): Promise<HostTierStatus>;
}

export interface PauseDescription {
  /** Null where it is never paused, since its minimum is above 0. */
  readonly secondsUntilAutoPause: number | null;
  /** Why it cannot be paused although its minimum is 0, and the way out, one line; null where it can. */
  readonly unavailable: string | null;
  /** Sessions that any of these fit hold nothing awake. */
  readonly ignoreActivity: readonly IgnoreRule[];
  /** Null while it is not paused. */
  readonly pausedAtMs: number | null;
  /** Of all pauses so far since the daemon started, the present one included. */
  readonly pausedSeconds: number;
  readonly wakes: number;
  /** The last one; null before there was one. */
  readonly lastWake: WakeReport | null;
}

export interface WakeReport {
  /** When what woke it arrived. */
  readonly atMs: number;
  /** From then until everything ran again. */
  readonly tookMs: number;
  readonly pausedMs: number;
  /** What woke it, as in `a new connection from 10.0.0.7 (user app, database shop, application psql)`. */
  readonly cause: string;
}

export interface CostSoFar {
  readonly currency: string;
  readonly pricePerAcuHour: number;
  readonly amount: number;
  /** What an instance of the maximum's size would have cost over the same running time. */
  readonly fixedMaximumAmount: number;
  readonly fixedMaximumAcuHours: number;
  readonly runningSeconds: number;
}

export interface HostCapacity {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** What all databases together may use, in ACU. */
  readonly budgetAcu: number;
  /** Why nothing is enforced on this host and how it could be, one line; null where capacity is enforced. */
  readonly enforcementNote: string | null;
}

/** A decision with its one-sentence reason; all its times, the end of a hold too, are of the wall clock. */
export interface TimedDecision {
  readonly atMs: number;
  readonly decision: Decision;
  readonly reason: string;
}

export interface Explanation {
  readonly name: string;
  readonly atMs: number;
  readonly capacityAcu: number;
  /** Sentences: why this capacity, what each resource asks for, why not lower and until when. */
  readonly sentences: readonly string[];
  readonly latest: TimedDecision | null;
  /** Changes of capacity, newest first. */
  readonly changes: readonly TimedDecision[];
}

export interface CreateRequest {
  readonly name: string;
  /** 0 lets it pause. */
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  /** 1 to 86400; 300 unless told otherwise. Matters with a minimum of 0. */
  readonly secondsUntilAutoPause?: number;
  /** Takes the place of what was there. */
  readonly ignoreActivity?: readonly IgnoreRule[];
  /** A free one unless told otherwise. */
  readonly port?: number;
  readonly engineVersion?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  /** A folder on the daemon's host, on local storage: temporary objects go there. */
  readonly localStorage?: string;
  /** The most that they may take there, bytes. */
  readonly tempSpaceBytes?: number;
  /** Shared memory with a second tier of this size below it, bytes; needs the host's tier. */
  readonly tieredCacheBytes?: number;
  readonly listen?: string;
  readonly allow?: readonly string[];
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
}

export interface ModifyRequest {
  /** 0 lets it pause. */
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  /** 1 to 86400; 300 unless told otherwise. Matters with a minimum of 0. */
  readonly secondsUntilAutoPause?: number;
  /** Takes the place of what was there. */
  readonly ignoreActivity?: readonly IgnoreRule[];
  /** Null takes a parameter back to its default. */
  readonly parameters?: Readonly<Record<string, string | null>>;
  /** Null takes temporary objects back to where the data is. */
  readonly localStorage?: string | null;
  /** Null takes it back to its default. */
  readonly tempSpaceBytes?: number | null;
  /** 0 switches it off. Takes effect with the next start. */
  readonly tieredCacheBytes?: number;
  readonly listen?: string;
  readonly allow?: readonly string[];
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
}

export type FleetMessage =
  /** Of every full decision, and of those of the fast loop that change something. */
  | { readonly kind: 'decision'; readonly name: string; readonly decision: TimedDecision }
  | { readonly kind: 'status'; readonly name: string; readonly status: ClusterStatus }
  /** Of the database, and those of its observer. */
  | { readonly kind: 'event'; readonly name: string; readonly event: HistoryEvent }
  /** Gauges of capacity, memory and network, for the history. */
  | { readonly kind: 'counters'; readonly name: string; readonly points: readonly CounterPoint[] };

/** How a fleet is opened: `openFleet` in `serverless/open-fleet.ts`. */
export interface FleetOptions {
  /** Made where it is missing. Holds a folder for each database, and the lock: raises STATE_LOCKED, STATE_CORRUPT. */
  readonly stateDir: string;
  /** Databases end with this process, even by kill -9, and leave nothing behind: for demonstrations, tests, benches. */
  readonly temporary?: boolean;
  /** Makes a system user for each database where we are root and can; else they share one. `shared` where temporary. */
  readonly osUsers?: 'own' | 'shared';
  readonly shape?: AcuShape;
  /** Airglow's own unless told otherwise. */
  readonly policy?: CapacityPolicy;
  /** 1000 unless told otherwise: the full loop, which samples sessions. */
  readonly intervalMs?: number;
  /** 50 unless told otherwise: the fast loop, which looks at the kernel only. */
  readonly fastIntervalMs?: number;
  /** `none` leaves the kernel's limits alone, as where they cannot be had. */
  readonly limits?: 'auto' | 'none';
  readonly price?: { readonly currency: string; readonly perAcuHour: number };
  /** Lines for people; without secrets. */
  readonly log: (line: string) => void;
}

export interface OpenFleet extends Fleet {
  /** Ends the loops. Databases run on, but for temporary ones. */
  close(): Promise<void>;
}
