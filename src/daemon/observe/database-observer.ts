import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engines/engine.ts';
import { AirglowError } from '../../errors.ts';
import type { HistoryEvent } from '../../history/history.ts';
import { isFrozen } from '../../kernel/frozen.ts';
import type { LoadSource } from '../../load/model.ts';
import type { Observer, ObserverMessage, SessionNow, TargetStatus } from '../observer.ts';
import { addressOf } from './address.ts';
import { backOffMs } from './back-off.ts';
import { openConnection } from './connection.ts';
import type { Connection, ObserverView } from './connection.ts';
import { PauseGate } from './pause-gate.ts';
import { PausedTime } from './paused-time.ts';
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
  /** Whether a second cache tier, which is swap, is in force for it. */
  readonly hasTier: () => boolean;
}

/** Connects, ticks until the connection is lost, and connects again; what is missing meanwhile is a gap. */
export class DatabaseObserver implements Observer {
  readonly target: string;
  readonly #options: DatabaseObserverOptions;
  readonly #listeners = new Set<(message: ObserverMessage) => void>();
  readonly #stopping = new AbortController();
  readonly #board: StatusBoard;
  readonly #loop: TickLoop;
  readonly #gate = new PauseGate();
  readonly #pausedTime: PausedTime;
  #running: Promise<void> | null = null;
  #failures = 0;

  constructor(options: DatabaseObserverOptions) {
    this.target = options.target;
    this.#options = options;
    this.#board = new StatusBoard(options.target, addressOf(options.url), options.intervalMs);
    const { intervalMs } = options;
    const emit = (message: ObserverMessage): void => this.#emit(message);
    this.#loop = new TickLoop({ intervalMs, board: this.#board, emit });
    this.#pausedTime = new PausedTime({ intervalMs, emit });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#board.stopped();
  }

  /** One that has not been started yet will stand still once it is; one that was stopped does already. */
  async suspend(): Promise<void> {
    const isQuiet = this.#gate.close();
    this.#board.isPaused = true;
    if (this.#running !== null) await Promise.race([isQuiet, this.#running]);
  }

  resume(): void {
    this.#pausedTime.end();
    this.#board.isPaused = false;
    this.#gate.open();
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
      await this.#standStill(performance.now(), 'kernel');
      const lost = await this.#observeOnce();
      if (lost !== null) await this.#waitToReconnect(lost);
    }
  }

  /** One connection from opening to losing it; null when we ended it: to stop, or to stand still before it was open. */
  async #observeOnce(): Promise<AirglowError | null> {
    let connection: Connection | null = null;
    const halt = this.#halt();
    try {
      this.#board.connecting();
      connection = await openConnection({
        ...this.#options,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        sampleTimeoutMs: SAMPLE_TIMEOUT_MS,
        onGone: (pid) => this.#loop.forget(pid),
        signal: halt,
      });
      this.#connected(connection);
      await this.#observe(connection);
      return null;
    } catch (error) {
      const isOurs = connection === null ? halt.aborted : this.#stopping.signal.aborted;
      return isOurs ? null : asAirglowError(error);
    } finally {
      this.#loop.end();
      connection?.kernel?.close();
      await connection?.session.close();
    }
  }

  /** Until we stop, through any number of pauses; raises what ended the connection. */
  async #observe(connection: Connection): Promise<void> {
    const source = connection.kernel === null ? 'session' : 'kernel';
    this.#loop.begin(connection);
    for (;;) {
      await this.#loop.run(connection, this.#halt());
      if (this.#stopping.signal.aborted) return;
      // The pause may be over before it has begun.
      if (!this.#gate.isClosed) continue;
      const sinceMs = await this.#loop.suspend(connection);
      this.#loop.resume(connection, await this.#standStill(sinceMs, source));
    }
  }

  /** While the database sleeps, from `sinceMs` on, until when it was observed. Returns when that was over. */
  async #standStill(sinceMs: number, source: LoadSource): Promise<number> {
    if (!this.#gate.isClosed) return sinceMs;
    this.#pausedTime.begin(sinceMs, source);
    await this.#gate.stand(this.#stopping.signal);
    this.#pausedTime.end();
    return performance.now();
  }

  /** Aborts when there is nothing to be observed any more, or for now. */
  #halt(): AbortSignal {
    return AbortSignal.any([this.#stopping.signal, this.#gate.closing]);
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
    const halt = this.#halt();
    const before = this.#board.status().lastError?.code;
    this.#failures++;
    // What was frozen before it could answer is not lost.
    if (await this.#sitOutPause(halt)) return;
    const delayMs = backOffMs(this.#failures, Math.random);
    this.#board.waiting(error, Date.now() + delayMs);
    // The same failure again is no news.
    if (before !== error.code) this.#event('connection-lost', 'error', error.message, { code: error.code });
    await sleep(delayMs, undefined, { signal: halt }).catch(() => {});
    await this.#sitOutPause(halt);
  }

  /** A frozen server answers nobody; that is a pause, not an outage. False where there was none. */
  async #sitOutPause(halt: AbortSignal): Promise<boolean> {
    const pid = this.#board.postmasterPid;
    let wasFrozen = false;
    while (pid !== null && !halt.aborted && isFrozen(pid)) {
      wasFrozen = true;
      this.#board.isPaused = true;
      this.#loop.pausedTick(Date.now(), performance.now());
      await sleep(this.#options.intervalMs, undefined, { signal: halt }).catch(() => {});
    }
    this.#board.isPaused = this.#gate.isClosed;
    if (halt.aborted) this.#loop.end();
    return wasFrozen;
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
