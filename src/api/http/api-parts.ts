import type { Hono } from 'hono';
import type { Observer } from '../../daemon/observer.ts';
import type { History } from '../../history/history.ts';
import type { LoadMeter } from './load-meter.ts';

/** A database that is being observed, and the running figures of its load. */
export interface WatchedTarget {
  readonly observer: Observer;
  readonly meter: LoadMeter;
}

export interface RecorderHealth {
  readonly status: 'recording' | 'retrying';
  readonly message: string;
  readonly queuedTicks: number;
  /** Ticks given up since the start, since the store did not take them. */
  readonly lostTicks: number;
}

/**
 * Who may ask. On loopback nobody needs a token, but the Host header must be a loopback name, so that a web page
 * cannot reach the API by pointing a name of its own at 127.0.0.1. Anywhere else every request needs the token.
 */
export type Access = { readonly kind: 'loopback' } | { readonly kind: 'token'; readonly token: string };

export interface ApiParts {
  readonly targets: readonly WatchedTarget[];
  readonly history: History;
  readonly recorder: { health(): RecorderHealth };
  readonly access: Access;
  readonly version: string;
  readonly startedAtMs: number;
  readonly now: () => number;
  /** Aborted at shutdown; ends the live streams. */
  readonly closing: AbortSignal;
  /** One line for the daemon's log, without secrets. */
  readonly log: (line: string) => void;
  readonly limits?: Partial<ApiLimits>;
}

export interface ApiLimits {
  readonly liveClients: number;
  /** Questions to the history that run at once, and that may wait for their turn. */
  readonly runningQueries: number;
  readonly waitingQueries: number;
  readonly queryTimeoutMs: number;
  readonly heartbeatMs: number;
  /** A live client that takes nothing for so long is disconnected. */
  readonly stallMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  liveClients: 32,
  runningQueries: 4,
  waitingQueries: 64,
  queryTimeoutMs: 30_000,
  heartbeatMs: 15_000,
  stallMs: 60_000,
};

/** The node response, where the request came over a socket; a request made in a test has none. */
export interface ApiEnv {
  Bindings: { outgoing?: { destroy(): void } };
}

export type Api = Hono<ApiEnv>;
