import type { AcuShape } from '../../capacity/acu.ts';
import type { CpuAccount, MemoryAccount } from '../../kernel/limits/resource-group.ts';
import type { ClientSession, ClusterActivity } from './activity.ts';
import type { TitledClient } from './newcomers.ts';
import type { GuardEvent, MemoryGuard } from './memory-guard.ts';
import type { TempObjects } from './temp-space/model.ts';

/** What is kept of a database between runs of the daemon; `cluster.json` in its folder. No secret in it. */
export interface ClusterSpec {
  readonly name: string;
  /** Never changes and never comes again; names the groups and system users of the database. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly engine: ClusterEngine;
  readonly port: number;
  readonly network: ClusterNetwork;
  /** 0 where it may be paused. */
  readonly minAcu: number;
  readonly maxAcu: number;
  /** 1 to 86400. */
  readonly secondsUntilAutoPause: number;
  readonly ignoreActivity: readonly IgnoreRule[];
  /** Settings chosen by the user, as in postgresql.conf. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly optimizedReads: OptimizedReads;
  /** The system user that it runs as, and whether it is this database's alone. */
  readonly osUser: { readonly name: string; readonly isOwn: boolean };
  /** What the user wants it to be; the daemon brings it there after a start. */
  readonly wanted: 'running' | 'stopped';
  /** The postmaster as last started, to find it again; null when it was stopped in good order. */
  readonly postmaster: PostmasterMark | null;
}

/** What local storage takes over, as the user wants it. */
export interface OptimizedReads {
  /** Folder on local storage that temporary objects go to; null where there is none. */
  readonly localStorage: string | null;
  /** The most that temporary objects may take there; null for the default, see `temp-space/`. */
  readonly tempSpaceBytes: number | null;
  /** Size of shared memory with a second tier below it, and of that tier; 0 where there is none. */
  readonly tieredCacheBytes: number;
  /** The tier that the server was last started with; what is wanted otherwise waits for a restart. */
  readonly startedTierBytes: number;
}

export const NO_OPTIMIZED_READS: OptimizedReads = {
  localStorage: null,
  tempSpaceBytes: null,
  tieredCacheBytes: 0,
  startedTierBytes: 0,
};

/** Sessions with this value hold no database awake. */
export interface IgnoreRule {
  readonly field: 'user' | 'application' | 'database' | 'host';
  readonly value: string;
}

export interface ClusterEngine {
  readonly major: number;
  /** The npm-packaged one bundles an old OpenSSL, so it listens on loopback only. */
  readonly source: 'installed' | 'bundled';
  /** Holds bin/, lib/ and share/. */
  readonly installDir: string;
}

export interface ClusterNetwork {
  /** Address to listen on; `127.0.0.1` unless told otherwise. */
  readonly listen: string;
  /** Who may connect from elsewhere, as in `10.0.0.0/8`. */
  readonly allow: readonly string[];
  readonly tls: boolean;
}

/** A process, so that it cannot be confused with another of the same number. */
export interface PostmasterMark {
  readonly pid: number;
  /** As `processIdentity` tells. */
  readonly identity: string;
}

/** What follows from a capacity by reload; see `capacity-settings.ts`. */
export interface AppliedCapacity {
  readonly acu: number;
  /** What the kernel has in force; null where nothing is limited. */
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
  /** The capacity that PostgreSQL's settings are made for: they follow in coarser steps. */
  readonly settingsAcu: number;
}

/** What a running database shows to the loops. Every member is synchronous and cheap. */
export interface ClusterAccounts {
  cpu(): CpuAccount | null;
  memory(): MemoryAccount | null;
  /** Processes that are on a processor or wait for one, those on the exempt side not counted. */
  runnable(): number;
  /** Its processes, those on the exempt side not among them. */
  pids(): readonly number[];
}

/** A database of ours, in whatever state. Everything that changes something is done one after the other. */
export interface ManagedCluster {
  readonly spec: ClusterSpec;
  readonly shape: AcuShape;
  readonly isRunning: boolean;
  /** `15.18`; null while it is not running. */
  readonly runningVersion: string | null;
  /** The installed version, where a restart would bring another one; else null. */
  readonly pendingVersion: string | null;
  /** Raises POSTGRES_FAILED with the end of the log, PORT_IN_USE. */
  start(acu: number): Promise<void>;
  /**
   * Finds its postmaster still running after a restart of the daemon; false where it is not. One that is frozen is thawed,
   * unless a sentinel watches its sleep: then it is as after `hush`.
   */
  adopt(isAsleep?: boolean): Promise<boolean>;
  /** What is to be known and done when it is paused. */
  readonly rest: ClusterRest;
  stop(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
  /**
   * Limits, then settings on the way up; settings, then limits on the way down; read back, and undone as a whole where
   * a part fails. Raises LIMIT_REFUSED, MEMORY_IN_USE, GROUP_GONE, SETTING_REFUSED.
   */
  apply(acu: number): Promise<AppliedCapacity>;
  readonly applied: AppliedCapacity | null;
  /** Whether the kernel still has in force what was applied last; synchronous. True where nothing is limited. */
  isInForce(): boolean;
  readonly accounts: ClusterAccounts;
  /** Whether capacity is enforced by the kernel; else why not and the way out. */
  readonly enforcement: Enforcement;
  /** Resolves when the postmaster of this start is gone, whoever ended it; at once while it is stopped. */
  exited(): Promise<void>;
  /**
   * What keeps sessions below the memory limit where raising it comes too late; null where memory is not limited. To be
   * closed by the caller.
   */
  guardMemory(maxAcu: number, onEvent: (event: GuardEvent) => void): MemoryGuard | null;
  /** Temporary objects on local storage. */
  readonly tempSpace: TempObjects;
  /** Moves the backend of a monitoring session out of the limits it reports on. */
  exempt(backendPid: number): Promise<void>;
  /** Changes what can be changed; what needs a restart is listed in `pendingRestart`. */
  modify(change: ClusterChange): Promise<void>;
  readonly pendingRestart: readonly string[];
  /** Of the superuser. Holds the password: for its owner's eyes only. */
  url(database?: string): string;
  /** The same over the Unix socket, for the daemon itself. */
  socketUrl(): string;
  /** The last lines of the server's log. */
  logLines(count: number): Promise<readonly string[]>;
  /** Lets go of it without stopping it: it runs on, and nothing here watches it any more. */
  release(): Promise<void>;
  /** Stops it and removes all of it: data, groups, its system user. */
  delete(): Promise<void>;
}

/** A database as whoever pauses it sees it. All of it raises WRONG_STATUS where it is not running. */
export interface ClusterRest {
  /** What is frozen when it is paused; null while it is not running. */
  readonly processes: ClusterProcesses | null;
  /** What its sessions do and what holds it awake. Raises POSTGRES_FAILED where there is no answer. */
  activity(): Promise<ClusterActivity>;
  /** Who is connected. Raises POSTGRES_FAILED. */
  sessions(): Promise<readonly ClientSession[]>;
  /** Who has come beside the known backends, as far as process titles tell. Synchronous, and asks nobody. */
  newcomers(known: ReadonlySet<number>): readonly TitledClient[];
  /**
   * Before it is frozen: resolves when nothing is being asked of the server, and nothing will be until `unhush`. Limits can
   * be changed meanwhile; settings follow after it.
   */
  hush(): Promise<void>;
  /** It runs again. No error where it was not hushed. */
  unhush(): void;
  /** For whoever finds it frozen and nobody watching. No error where it is not. */
  unfreeze(): Promise<void>;
  /**
   * While it is asleep: gives back page cache; or all that swap takes, too. As far as it goes: never fails, and stops when
   * the limits are set anew.
   */
  giveBackMemory(what: 'cache' | 'all'): Promise<void>;
}

export interface ClusterProcesses {
  readonly postmaster: PostmasterMark;
  /** System user that they run as. */
  readonly uid: number;
}

export type Enforcement =
  | { readonly enforced: true; readonly version: 1 | 2 }
  | { readonly enforced: false; readonly reason: string; readonly remedy: string };

export interface ClusterChange {
  readonly minAcu?: number;
  readonly maxAcu?: number;
  readonly secondsUntilAutoPause?: number;
  readonly ignoreActivity?: readonly IgnoreRule[];
  readonly parameters?: Readonly<Record<string, string | null>>;
  /** Null takes temporary objects back to where the data is. */
  readonly localStorage?: string | null;
  /** Null for the default. */
  readonly tempSpaceBytes?: number | null;
  /** 0 switches the tier off. Both take effect with the next start. */
  readonly tieredCacheBytes?: number;
  readonly network?: Partial<ClusterNetwork> & {
    readonly tlsCertFile?: string;
    readonly tlsKeyFile?: string;
  };
}
