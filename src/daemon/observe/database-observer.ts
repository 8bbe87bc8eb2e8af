import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engines/engine.ts';
import { AirglowError } from '../../errors.ts';
import type { HistoryEvent } from '../../history/history.ts';
import { isFrozen } from '../../kernel/frozen.ts';
import type { Observer, ObserverMessage, SessionNow, TargetStatus } from '../observer.ts';
import { addressOf } from './address.ts';
import { backOffMs } from './back-off.ts';
import { openConnection } from './connection.ts';
import type { Connection, ObserverView } from './connection.ts';
import { StatusBoard } from './status-board.ts';
import { TickLoop } from './tick-loop.ts';

/** Generous, since a starved server answers late and its starvation is what we are here to see. */
const CONNECT_TIMEOUT_MS = 15_000;
const SAMPLE_TIMEOUT_MS = 5_000;

export interface DatabaseObserverOptions {
  readonly engine: Engine;
  readonly url: string;
  readonly target: string;
  readonly intervalMs: number;
  readonly view: ObserverView;
}

/** Connects, ticks until the connection is lost, and connects again; what is missing meanwhile is a gap. */
export class DatabaseObserver implements Observer {
  readonly target: string;
  readonly #options: DatabaseObserverOptions;
  readonly #listeners = new Set<(message: ObserverMessage) => void>();
  readonly #stopping = new AbortController();
  readonly #board: StatusBoard;
  readonly #loop: TickLoop;
  #running: Promise<void> | null = null;
  #failures = 0;

  constructor(options: DatabaseObserverOptions) {
    this.target = options.target;
    this.#options = options;
    this.#board = new StatusBoard(options.target, addressOf(options.url), options.intervalMs);
    this.#loop = new TickLoop({
      intervalMs: options.intervalMs,
      board: this.#board,
      emit: (message) => this.#emit(message),
      signal: this.#stopping.signal,
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#board.stopped();
  }

  status(): TargetStatus {
    return this.#board.status();
  }

  sessions(): readonly SessionNow[] {
    return this.#loop.sessions;
  }

  subscribe(listener: (message: ObserverMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const lost = await this.#observeOnce();
      if (lost === null) break;
      await this.#waitToReconnect(lost);
    }
  }

  /** One connection from opening to losing it; null when it ended because we stop. */
  async #observeOnce(): Promise<AirglowError | null> {
    let connection: Connection | null = null;
    try {
      this.#board.connecting();
      connection = await openConnection({
        ...this.#options,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        sampleTimeoutMs: SAMPLE_TIMEOUT_MS,
        onGone: (pid) => this.#loop.forget(pid),
        signal: this.#stopping.signal,
      });
      this.#connected(connection);
      await this.#loop.run(connection);
      return null;
    } catch (error) {
      return this.#stopping.signal.aborted ? null : asAirglowError(error);
    } finally {
      this.#loop.end();
      connection?.kernel?.close();
      await connection?.session.close();
    }
  }

  #connected(connection: Connection): void {
    const { info } = connection.session;
    this.#board.connected(connection);
    const view = connection.kernel === null ? `session view: ${connection.sourceReason}` : 'kernel view';
    this.#event(
      this.#failures > 0 ? 'reconnected' : 'connected',
      'info',
      `PostgreSQL ${info.version}, ${view}`,
      {
        version: info.version,
        source: connection.kernel === null ? 'session' : 'kernel',
      },
    );
    for (const warning of info.warnings) this.#event('warning', 'warning', warning, {});
    this.#failures = 0;
  }

  async #waitToReconnect(error: AirglowError): Promise<void> {
    const before = this.#board.status().lastError?.code;
    this.#failures++;
    const delayMs = backOffMs(this.#failures, Math.random);
    this.#board.waiting(error, Date.now() + delayMs);
    // The same failure again is no news.
    if (before !== error.code) this.#event('connection-lost', 'error', error.message, { code: error.code });
    await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
    await this.#sitOutPause();
  }

  /** A frozen server answers nobody; that is a pause, not an outage. */
  async #sitOutPause(): Promise<void> {
    const pid = this.#board.postmasterPid;
    while (pid !== null && !this.#stopping.signal.aborted && isFrozen(pid)) {
      this.#loop.pausedTick(Date.now(), performance.now());
      await sleep(this.#options.intervalMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
    }
  }

  #event(
    kind: string,
    severity: HistoryEvent['severity'],
    message: string,
    data: HistoryEvent['data'],
  ): void {
    this.#emit({ kind: 'event', event: { atMs: Date.now(), kind, severity, message, data } });
  }

  #emit(message: ObserverMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}

function asAirglowError(error: unknown): AirglowError {
  if (error instanceof AirglowError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AirglowError('CONNECTION_LOST', `The connection was lost: ${message}`, { cause: error });
}
