import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineSample } from '../../engines/engine.ts';
import type { LoadTick } from '../../load/model.ts';
import { nextThinning } from '../../load/thinning.ts';
import { Weigher } from '../../load/weigher.ts';
import type { KernelTick, TickFrame } from '../../load/weigher.ts';
import type { ObserverMessage, SessionNow } from '../observer.ts';
import { AgentCpuMeter } from './agent-cpu.ts';
import { BlockingWatch } from './blocking-watch.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Connection } from './connection.ts';
import { CounterGrowth } from './counter-growth.ts';
import { sessionsNow } from './sessions-now.ts';
import type { StatusBoard } from './status-board.ts';

/** How long a tick may still be corrected by run-queue time that arrives late. */
const SETTLE_MS = 2_000;
const COUNTERS_INTERVAL_MS = 10_000;
/** What took longer than this was not observed: a gap. */
const LONGEST_TICK_MS = 6_000;
const LONGEST_TICK_INTERVALS = 3;
/** How often, on average, a tick looks for processes that do not live long enough to be sampled. */
const LOOK_INTERVAL_MS = 100;
/** The same while processes neither come nor go. */
const CALM_LOOK_INTERVAL_MS = 300;
/**
 * Ticks and looks are moved by up to so much at random. A CPU limit works in periods of this length, and moments that
 * keep step with it would always find the server running, or always throttled.
 */
const LIMIT_PERIOD_MS = 100;
/** After a pause the next tick is taken so soon; one that covers less says nothing. */
const FIRST_AFTER_PAUSE_MS = 50;

export interface TickLoopOptions {
  readonly intervalMs: number;
  readonly board: StatusBoard;
  readonly emit: (message: ObserverMessage) => void;
}

/** Observes a connected database at fixed moments; a tick covers the time since the one before it. */
export class TickLoop {
  readonly #options: TickLoopOptions;
  #weigher: Weigher;
  readonly #meter = new AgentCpuMeter();
  #growth = new CounterGrowth();
  #blocking = new BlockingWatch();
  #clock = new ClockWatch(Date.now(), performance.now());
  #lastAtMs: number | null = null;
  #countersDueMs = 0;
  #thinning = 1;
  #sessions: () => readonly SessionNow[] = NO_SESSIONS;
  #lastActiveTimeMs: number | null = null;
  #lost = new AbortController().signal;
  #firstInMs = 0;

  constructor(options: TickLoopOptions) {
    this.#options = options;
    this.#weigher = newWeigher(options.intervalMs);
  }

  get sessions(): readonly SessionNow[] {
    return this.#sessions();
  }

  forget(pid: number): void {
    this.#weigher.forget(pid);
  }

  /** Before the first tick of a connection. */
  begin(connection: Connection): void {
    const lost = new AbortController();
    void connection.session.closed.then(() => lost.abort());
    this.#lost = lost.signal;
    this.#meter.start();
    this.#growth = new CounterGrowth();
    this.#blocking = new BlockingWatch();
  }

  /** Ticks until it is told to halt, or raises what ended the connection. */
  async run(connection: Connection, halt: AbortSignal): Promise<void> {
    const { intervalMs } = this.#options;
    const stopLooking = this.#lookInBetween(connection);
    // A connection that breaks between two ticks wakes the loop, and the next sample raises the reason.
    const wake = AbortSignal.any([halt, this.#lost]);
    const sleepUntil = (dueMs: number): Promise<void> =>
      sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: wake }).catch(() => {});
    try {
      let slotMs = performance.now() + this.#firstInMs;
      let dueMs = slotMs;
      if (this.#firstInMs > 0) await sleepUntil(dueMs);
      while (!halt.aborted) {
        await this.#step(connection, performance.now() - dueMs);
        slotMs = nextSlot(slotMs, performance.now(), intervalMs);
        dueMs = slotMs + Math.random() * Math.min(LIMIT_PERIOD_MS, intervalMs / 2);
        await sleepUntil(dueMs);
      }
    } finally {
      stopLooking();
    }
  }

  /** After the connection: settles what was observed, since a gap follows. */
  end(): void {
    this.#meter.stop();
    this.#settled(this.#weigher.flush());
    // Sessions that end while nobody looks are never said to be gone.
    this.#weigher = newWeigher(this.#options.intervalMs);
    this.#lastAtMs = null;
    this.#firstInMs = 0;
    this.#sessions = NO_SESSIONS;
  }

  /** The database is about to sleep: a last tick, which settles all. Returns until when it was observed. */
  async suspend(connection: Connection): Promise<number> {
    this.#countersDueMs = 0;
    await this.#step(connection, 0);
    this.#settled(this.#weigher.flush());
    this.#meter.stop();
    this.#sessions = NO_SESSIONS;
    return this.#lastAtMs ?? performance.now();
  }

  /** It has been running again since `nowMs`. The time before is covered by the pause, and nothing was used in it. */
  resume(connection: Connection, nowMs: number): void {
    this.#meter.start();
    this.#lastAtMs = nowMs;
    // Statements that were frozen have gone on being active for the database.
    this.#lastActiveTimeMs = null;
    this.#growth.skipTo(nowMs);
    this.#countersDueMs = nowMs + COUNTERS_INTERVAL_MS;
    this.#firstInMs = Math.min(FIRST_AFTER_PAUSE_MS, this.#options.intervalMs);
    connection.kernel?.skipTo(nowMs);
  }

  /** Covers the time since the last tick as a pause. */
  pausedTick(wallMs: number, nowMs: number): void {
    const durationMs = this.#advance(nowMs);
    if (durationMs === null) return;
    const cost = { agentCpuMs: this.#meter.takeMs(), backendCpuMs: null, tickMs: 0, lagMs: 0 };
    const frame: TickFrame = {
      atMs: wallMs,
      durationMs,
      source: 'kernel',
      state: 'paused',
      activeTimeMs: null,
      thinning: 1,
      hiddenShare: 0,
      cost,
    };
    this.#sessions = NO_SESSIONS;
    this.#publish(this.#weigher.pause(frame));
  }

  async #step(connection: Connection, lagMs: number): Promise<void> {
    const startMs = performance.now();
    const wallMs = Date.now();
    this.#noticeClockStep(wallMs, startMs);
    if (connection.kernel?.isFrozen() === true) {
      this.pausedTick(wallMs, startMs);
      return;
    }
    const { session, kernel } = connection;
    const alsoPids = [...(kernel?.begin(startMs, wallMs) ?? []), ...this.#blocking.blockers];
    const durationMs = this.#advance(startMs);
    const sample = await session.sample({ alsoPids, thinning: this.#thinning });
    const kernelTick = kernel?.end(sample, performance.now()) ?? null;
    const blocking = await this.#blocking.update(session, sample, startMs);
    const tickMs = performance.now() - startMs;
    const cost = {
      agentCpuMs: this.#meter.takeMs(),
      backendCpuMs: kernel?.takeOwnCpuMs() ?? null,
      tickMs,
      lagMs,
    };
    if (sample.newDigests.length > 0) this.#options.emit({ kind: 'digests', digests: sample.newDigests });
    if (durationMs !== null) {
      const frame = this.#frame(sample, kernelTick, { atMs: wallMs, durationMs, cost });
      // Worked out when somebody looks.
      this.#sessions = () => sessionsNow(sample, kernelTick, blocking, durationMs, wallMs);
      this.#publish(this.#weigher.weigh({ frame, sample, kernel: kernelTick, blocking }));
    }
    this.#lastActiveTimeMs = sample.activeTimeMs;
    this.#thin(cost.backendCpuMs ?? tickMs);
    await this.#readCounters(connection, startMs, wallMs);
  }

  #frame(
    sample: EngineSample,
    kernelTick: KernelTick | null,
    known: Pick<TickFrame, 'atMs' | 'durationMs' | 'cost'>,
  ): TickFrame {
    const before = this.#lastActiveTimeMs;
    const hasActiveTime = sample.activeTimeMs !== null && before !== null && sample.activeTimeMs >= before;
    return {
      ...known,
      source: kernelTick === null ? 'session' : 'kernel',
      state: 'observed',
      activeTimeMs: hasActiveTime ? (sample.activeTimeMs ?? 0) - (before ?? 0) : null,
      thinning: this.#thinning,
      hiddenShare: sample.totalSessions === 0 ? 0 : sample.hiddenSessions / sample.totalSessions,
    };
  }

  /** Time since the last tick, or null where nothing was observed before, or for too long. */
  #advance(nowMs: number): number | null {
    const lastAtMs = this.#lastAtMs;
    this.#lastAtMs = nowMs;
    if (lastAtMs === null) return null;
    const durationMs = nowMs - lastAtMs;
    const longestMs = Math.max(LONGEST_TICK_MS, LONGEST_TICK_INTERVALS * this.#options.intervalMs);
    if (durationMs <= longestMs) return durationMs;
    this.#settled(this.#weigher.flush());
    this.#event('gap', 'warning', `Nothing was observed for ${(durationMs / 1000).toFixed(1)} s`, {
      durationMs,
    });
    return null;
  }

  #noticeClockStep(wallMs: number, nowMs: number): void {
    const stepMs = this.#clock.takeStepMs(wallMs, nowMs);
    if (stepMs === 0) return;
    this.#settled(this.#weigher.flush());
    const message = `The clock moved by ${(stepMs / 1000).toFixed(1)} s: it was set, or this host was suspended`;
    this.#event('clock-stepped', 'warning', message, { stepMs });
  }

  #thin(costMs: number): void {
    const thinning = nextThinning(this.#thinning, costMs, this.#options.intervalMs);
    if (thinning === this.#thinning) return;
    const before = this.#thinning;
    this.#thinning = thinning;
    this.#options.board.thinning = thinning;
    const tick = `a tick cost ${costMs.toFixed(0)} ms of ${this.#options.intervalMs}`;
    if (before === 1) {
      this.#event('thinning-started', 'warning', `Sampling one session in ${thinning}: ${tick}`, {
        thinning,
        costMs,
      });
    } else if (thinning === 1) this.#event('thinning-stopped', 'info', 'Sampling every session again', {});
  }

  async #readCounters({ session }: Connection, nowMs: number, wallMs: number): Promise<void> {
    if (nowMs < this.#countersDueMs) return;
    this.#countersDueMs = nowMs + COUNTERS_INTERVAL_MS;
    const points = this.#growth.take(await session.counters(), wallMs, nowMs);
    if (points.length > 0) this.#options.emit({ kind: 'counters', points });
  }

  /** Looks at the server's processes between ticks; returns how to stop. */
  #lookInBetween({ kernel }: Connection): () => void {
    if (kernel === null) return () => {};
    let timer: NodeJS.Timeout;
    const look = (): void => {
      const nowMs = performance.now();
      kernel.look(nowMs);
      const wantedMs = kernel.isChurning(nowMs) ? LOOK_INTERVAL_MS : CALM_LOOK_INTERVAL_MS;
      const meanMs = Math.min(wantedMs, this.#options.intervalMs / 2);
      timer = setTimeout(look, meanMs * (0.5 + Math.random()));
    };
    timer = setTimeout(look, LOOK_INTERVAL_MS);
    return () => clearTimeout(timer);
  }

  #publish({ live, settled }: { readonly live: LoadTick; readonly settled: readonly LoadTick[] }): void {
    this.#options.board.ticked(live);
    this.#options.emit({ kind: 'live', tick: live });
    this.#settled(settled);
  }

  #settled(ticks: readonly LoadTick[]): void {
    for (const tick of ticks) this.#options.emit({ kind: 'settled', tick });
  }

  #event(
    kind: string,
    severity: 'info' | 'warning',
    message: string,
    data: Readonly<Record<string, unknown>>,
  ): void {
    this.#options.emit({ kind: 'event', event: { atMs: Date.now(), kind, severity, message, data } });
  }
}

function newWeigher(intervalMs: number): Weigher {
  return new Weigher(Math.max(2, Math.ceil(SETTLE_MS / intervalMs)));
}

const NO_SESSIONS = (): readonly SessionNow[] => [];

/** The next slot of the grid that has not passed; slots that were missed are skipped. */
function nextSlot(slotMs: number, nowMs: number, intervalMs: number): number {
  const missed = Math.max(0, Math.floor((nowMs - slotMs) / intervalMs));
  return slotMs + (missed + 1) * intervalMs;
}
