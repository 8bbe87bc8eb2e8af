import type { SqlDigest } from '../load/model.ts';

/**
 * The port of a database engine: what a database tells about its sessions. One implementation per engine; all pass
 * `engine.conformance.ts`. Nothing here knows the kernel.
 */
export interface Engine {
  readonly name: string;
  /** URL schemes that this engine answers to, without the colon. */
  readonly schemes: readonly string[];
  /**
   * Opens the one dedicated connection that a target is sampled on.
   * Raises AirglowError: DATABASE_UNREACHABLE, DATABASE_REFUSED, AUTHENTICATION_FAILED, TOO_MANY_CONNECTIONS,
   * UNSUPPORTED_VERSION, INVALID_URL.
   */
  connect(url: string, options: ConnectOptions): Promise<EngineSession>;
}

export interface ConnectOptions {
  readonly connectTimeoutMs: number;
  /** A tick that is not answered within this time is cancelled by the server, or the connection is given up. */
  readonly sampleTimeoutMs: number;
}

/** What the engine can tell here, probed once after connecting. */
export interface EngineCapabilities {
  readonly queryIds: boolean;
  readonly activeTime: boolean;
  readonly statementStatistics: boolean;
  readonly ioStatistics: boolean;
}

export interface EngineInfo {
  /** `18.4` */
  readonly version: string;
  readonly versionNumber: number;
  readonly startedAtMs: number;
  readonly backendPid: number;
  readonly backendStartedAtMs: number;
  /** This connection's own port on our side, or null for a Unix socket: proves whose process a pid is. */
  readonly clientPort: number | null;
  /** The server's own `port` setting, which also names its Unix socket; null where it may not be read. */
  readonly serverPort: number | null;
  readonly user: string;
  readonly database: string;
  readonly trackActivityQuerySize: number;
  readonly maxConnections: number;
  readonly isStandby: boolean;
  readonly capabilities: EngineCapabilities;
  /** Things the user should know and can mend, each one sentence with the remedy. */
  readonly warnings: readonly string[];
}

export interface EngineSession {
  readonly info: EngineInfo;
  /** One observation of all sessions. Raises CONNECTION_LOST, STATEMENT_TIMEOUT, NO_ANSWER. */
  sample(request: SampleRequest): Promise<EngineSample>;
  /** Who blocks whom, and what is waited for, for a few waiting pids. Dear on busy lock tables, so callers ask seldom. */
  blockers(waitingPids: readonly number[]): Promise<readonly Blocking[]>;
  /** Cumulative counters; the caller takes differences. */
  counters(): Promise<readonly Counter[]>;
  /** Resolves when the connection is gone for whatever reason. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface SampleRequest {
  /** Sessions to be told about whatever their state, since the kernel saw them work or does not know them yet. */
  readonly alsoPids: readonly number[];
  /** Look at one session in this many (1: all); which ones changes from tick to tick. */
  readonly thinning: number;
}

export interface EngineSample {
  readonly sessions: readonly ObservedSession[];
  /** Client sessions of all states. */
  readonly totalSessions: number;
  /** Of these, the ones whose state this role is not allowed to see. */
  readonly hiddenSessions: number;
  /** Cumulative milliseconds that sessions were active, all databases (PostgreSQL 14 and newer). */
  readonly activeTimeMs: number | null;
  /** Digests not reported before on this connection; sessions refer to them by id. */
  readonly newDigests: readonly SqlDigest[];
}

export type SessionState =
  | 'active'
  | 'idle'
  | 'idle in transaction'
  | 'starting'
  /** `track_activities` is off, or this role may not see it. */
  | 'unknown';

export interface ObservedSession {
  readonly pid: number;
  readonly startedAtMs: number;
  /** The parallel worker's leader, else null. */
  readonly leaderPid: number | null;
  /** PostgreSQL's backend_type: `client backend`, `parallel worker`, `autovacuum worker`, `walsender`... */
  readonly type: string;
  readonly state: SessionState;
  /** `Lock`, `IO`, ..., or null when the session waits for nothing the server knows of. */
  readonly waitEventType: string | null;
  readonly waitEvent: string | null;
  /** Digest of the statement that runs, or ran last; empty where unknown. A parallel worker has its leader's. */
  readonly sqlId: string;
  readonly queryStartedAtMs: number | null;
  readonly transactionStartedAtMs: number | null;
  readonly stateChangedAtMs: number | null;
  readonly user: string;
  /** Client address; `[local]` for a Unix socket; empty for server processes. */
  readonly host: string;
  readonly database: string;
  readonly application: string;
}

export interface Blocking {
  readonly waitingPid: number;
  /** 0 is a prepared transaction without a session. */
  readonly blockingPid: number;
  /** The session at the head of the queue that blockingPid waits in, or blockingPid itself. */
  readonly rootPid: number;
  /** `pid` and start time of the root, as `pid@epochSeconds`; stable while the session lives. */
  readonly rootSession: string;
  readonly rootSqlId: string;
  /** What is waited for, for people, as in `row of public.orders`; null where it was not found. */
  readonly lock: string | null;
  /** Since when; null where the server does not tell (before PostgreSQL 14). */
  readonly waitStartedAtMs: number | null;
}

/** One cumulative figure. `key` is empty, or names what the figure is of (a digest id, a database). */
export interface Counter {
  readonly metric: string;
  readonly key: string;
  readonly value: number;
  /** Counters grow and are stored as differences; gauges are stored as they are. */
  readonly kind: 'counter' | 'gauge';
}
