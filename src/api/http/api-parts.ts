import type { Hono } from 'hono';
import type { Fleet } from '../../daemon/fleet.ts';
import type { Observer, ObserverMessage } from '../../daemon/observer.ts';
import type { History } from '../../history/history.ts';
import type { LoadMeter } from './load-meter.ts';
import type { WebAssets } from './web/web-assets.ts';

/** A database that is being observed, and the running figures of its load. */
export interface WatchedTarget {
  readonly observer: Observer;
  readonly meter: LoadMeter;
}

/** The databases being observed; they may come and go. */
export interface WatchedTargets {
  list(): readonly WatchedTarget[];
  /** Tells what the observers say, of those that come later too. Returns how to unsubscribe. */
  subscribe(listener: (target: string, message: ObserverMessage) => void): () => void;
}

export interface RecorderHealth {
  readonly status: 'recording' | 'retrying';
  readonly message: string;
  readonly queuedTicks: number;
  /** Ticks given up since the start, since the store did not take them. */
  readonly lostTicks: number;
}

/**
 * Who may ask over TCP. On loopback nobody needs a token to read figures, but the Host header must be a loopback name,
 * so that a web page cannot reach the API by pointing a name of its own at 127.0.0.1; where there is a token all the
 * same, whatever changes something or holds the text of SQL needs it. Anywhere else every request needs the token.
 * Browsers that have signed in with it send a cookie instead.
 */
export type Access =
  | { readonly kind: 'loopback'; readonly token?: string }
  | { readonly kind: 'token'; readonly token: string };

export interface ApiParts {
  readonly targets: WatchedTargets;
  /** The databases that this process runs; without it the API only reads. */
  readonly fleet?: Fleet;
  readonly history: History;
  readonly recorder: { health(): RecorderHealth };
  readonly access: Access;
  /** The dashboard; without it its addresses say that it was not built. */
  readonly web?: WebAssets;
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
  /** How long the answer to a wrong token is held back. */
  readonly signInDelayMs: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  liveClients: 32,
  runningQueries: 4,
  waitingQueries: 64,
  queryTimeoutMs: 30_000,
  heartbeatMs: 15_000,
  stallMs: 60_000,
  signInDelayMs: 500,
};

export interface ApiEnv {
  Bindings: {
    /** The node response, where the request came over a socket; a request made in a test has none. */
    outgoing?: { destroy(): void };
    /** The request came over the control socket, which only its owner can open. */
    isOwner?: boolean;
  };
  Variables: {
    /** May change things and read the text of SQL. Set by the guard. */
    isTrusted: boolean;
  };
}

export type Api = Hono<ApiEnv>;
