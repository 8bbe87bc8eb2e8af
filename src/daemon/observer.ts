import type { EngineInfo } from '../engines/engine.ts';
import type { CounterPoint, HistoryEvent } from '../history/history.ts';
import type { LoadSource, LoadTick, SqlDigest } from '../load/model.ts';

/** Watches one database: connects, ticks, reconnects. What it learns goes to its listeners; it keeps no history. */
export interface Observer {
  /** Short stable name of the target, unique in this process: `[a-z0-9-]+`. */
  readonly target: string;
  start(): void;
  stop(): Promise<void>;
  /**
   * The database is about to be frozen: resolves when nothing is being asked of it and nothing will be, with the
   * connection left open. Until `resume` the time is told as paused: a tick of its own when it begins, then what has
   * passed once a minute, in ticks of the usual interval. Nothing is read of the kernel either.
   */
  suspend(): Promise<void>;
  /** It runs again: the rest of the pause is told, and ticks go on at once. No error where it was not suspended. */
  resume(): void;
  status(): TargetStatus;
  /** The sessions as the last tick saw them. */
  sessions(): readonly SessionNow[];
  /** Returns how to unsubscribe. Listeners must not throw. */
  subscribe(listener: (message: ObserverMessage) => void): () => void;
}

export type ObserverMessage =
  /** The tick just taken; its CPU part may still be corrected. For live views and for scaling. */
  | { readonly kind: 'live'; readonly tick: LoadTick }
  /** The same tick a few seconds later, final. For history and for totals. */
  | { readonly kind: 'settled'; readonly tick: LoadTick }
  | { readonly kind: 'digests'; readonly digests: readonly SqlDigest[] }
  | { readonly kind: 'counters'; readonly points: readonly CounterPoint[] }
  | { readonly kind: 'event'; readonly event: HistoryEvent };

export type ConnectionState = 'connecting' | 'connected' | 'paused' | 'waiting to reconnect' | 'stopped';

export interface TargetStatus {
  readonly target: string;
  /** The URL without password and parameters. */
  readonly address: string;
  readonly connection: ConnectionState;
  /** The error of the last attempt, and when the next one is due; null while connected. */
  readonly lastError: { readonly code: string; readonly message: string; readonly atMs: number } | null;
  readonly nextAttemptAtMs: number | null;
  readonly engine: EngineInfo | null;
  readonly source: LoadSource | null;
  /** Why the kernel view is not used; null where it is. */
  readonly sourceReason: string | null;
  readonly intervalMs: number;
  readonly thinning: number;
  /** Processors that the database can run on; null where unknown (remote). */
  readonly vcpus: number | null;
  readonly warnings: readonly string[];
  readonly lastTickAtMs: number | null;
  /** Median and 99th percentile of the last ticks' duration, and CPU per tick. */
  readonly cost: {
    readonly tickMsP50: number;
    readonly tickMsP99: number;
    readonly agentCpuMsPerTick: number;
    readonly backendCpuMsPerTick: number | null;
  } | null;
}

/** A session as live views show it. */
export interface SessionNow {
  readonly pid: number;
  readonly type: string;
  readonly state: string;
  /** As in `db.wait_event`. */
  readonly waitEvent: string;
  readonly sqlId: string;
  readonly user: string;
  readonly host: string;
  readonly database: string;
  readonly application: string;
  readonly leaderPid: number | null;
  readonly blockedByPid: number | null;
  /** What it waits for, as in `row of public.orders`; null where it waits for no lock or it is not known. */
  readonly lock: string | null;
  /** How long it has waited for the lock; null as above, and where the server does not tell. */
  readonly waitMs: number | null;
  readonly queryMs: number | null;
  readonly transactionMs: number | null;
  /** Share of the last tick (0 to 1) spent in the way the session was active. */
  readonly load: number;
}
