import type { Observer } from '../../daemon/observer.ts';
import { CPU, CPU_RUNNING, CPU_WAITING } from '../../load/model.ts';
import type { LoadTick } from '../../load/model.ts';
import type { LoadNow } from '../contracts.ts';
import { waitTypeOf } from './tick-load.ts';

/** Active milliseconds of one tick, by type of wait; small enough to keep a window of them. */
interface MeteredTick {
  readonly atMs: number;
  readonly durationMs: number;
  readonly activeMs: ReadonlyMap<string, number>;
  readonly runningMs: number;
  readonly waitingMs: number;
  readonly idleInTransactionMs: number;
}

/** Sums since the start; they only grow. */
export interface LoadTotals {
  readonly activeSecondsByWaitType: ReadonlyMap<string, number>;
  readonly coveredSeconds: number;
  readonly ticks: number;
  readonly gaps: number;
  readonly gapSeconds: number;
  readonly agentCpuSeconds: number;
  /** Null where the backend's cost is not known. */
  readonly backendCpuSeconds: number | null;
}

export const METER_WINDOW_MS = 60_000;
const MOST_TICKS = 2 * (METER_WINDOW_MS / 100);

/** Running figures of one target from its settled ticks: the load of the last minute, and totals since the start. */
export class LoadMeter {
  readonly close: () => void;
  readonly #observer: Observer;
  #ticks: MeteredTick[] = [];
  readonly #activeMs = new Map<string, number>();
  #coveredMs = 0;
  #tickCount = 0;
  #gaps = 0;
  #gapMs = 0;
  #agentCpuMs = 0;
  #backendCpuMs: number | null = null;
  #last: LoadTick | null = null;

  constructor(observer: Observer) {
    this.#observer = observer;
    this.close = observer.subscribe((message) => {
      if (message.kind === 'settled') this.#add(message.tick);
    });
  }

  /** Share of sessions hidden from the role in the last tick; null before it. */
  get hiddenShare(): number | null {
    return this.#last?.hiddenShare ?? null;
  }

  /** Null when no tick of the last minute has settled: a gap is not a load of zero. */
  loadAt(nowMs: number): LoadNow | null {
    const recent = this.#recent(nowMs);
    const coveredMs = this.#coveredMsOf(recent, nowMs);
    if (coveredMs === 0) return null;
    const average = (value: (tick: MeteredTick) => number): number => sum(recent, value) / coveredMs;
    const aas = average((tick) => sum([...tick.activeMs.values()], (activeMs) => activeMs));
    const cpu = average((tick) => tick.activeMs.get(CPU) ?? 0);
    // The session view cannot tell running from waiting.
    const split = this.#last?.source === 'kernel';
    const { vcpus } = this.#observer.status();
    return {
      windowSeconds: METER_WINDOW_MS / 1000,
      coveredSeconds: coveredMs / 1000,
      aas,
      cpu,
      cpuRunning: split ? average((tick) => tick.runningMs) : null,
      cpuWaiting: split ? average((tick) => tick.waitingMs) : null,
      nonCpu: aas - cpu,
      relativeToVcpus: vcpus ? aas / vcpus : null,
      idleInTransaction: average((tick) => tick.idleInTransactionMs),
    };
  }

  /** Load of the last minute by type of wait; empty in a gap. */
  byWaitTypeAt(nowMs: number): ReadonlyMap<string, number> {
    const recent = this.#recent(nowMs);
    const coveredMs = this.#coveredMsOf(recent, nowMs);
    const sumsMs = new Map<string, number>();
    for (const tick of recent) {
      for (const [type, activeMs] of tick.activeMs) sumsMs.set(type, (sumsMs.get(type) ?? 0) + activeMs);
    }
    return new Map([...sumsMs].map(([type, activeMs]) => [type, activeMs / coveredMs]));
  }

  totals(): LoadTotals {
    return {
      activeSecondsByWaitType: new Map(
        [...this.#activeMs].map(([type, activeMs]) => [type, activeMs / 1000]),
      ),
      coveredSeconds: this.#coveredMs / 1000,
      ticks: this.#tickCount,
      gaps: this.#gaps,
      gapSeconds: this.#gapMs / 1000,
      agentCpuSeconds: this.#agentCpuMs / 1000,
      backendCpuSeconds: this.#backendCpuMs === null ? null : this.#backendCpuMs / 1000,
    };
  }

  /** Ticks of the last minute; one far ahead of the clock is from before the clock was set back. */
  #recent(nowMs: number): MeteredTick[] {
    return this.#ticks.filter(({ atMs }) => Math.abs(nowMs - atMs) < METER_WINDOW_MS);
  }

  /** Ticks of a pause come once a minute; what has passed of it since then is known all the same: no load. */
  #coveredMsOf(recent: readonly MeteredTick[], nowMs: number): number {
    const tickedMs = sum(recent, ({ durationMs }) => durationMs);
    if (this.#last === null || this.#observer.status().connection !== 'paused') return tickedMs;
    const sinceMs = Math.min(Math.max(0, nowMs - this.#last.atMs), METER_WINDOW_MS);
    return tickedMs + sinceMs;
  }

  #add(tick: LoadTick): void {
    const metered = meterTick(tick);
    for (const [type, activeMs] of metered.activeMs)
      this.#activeMs.set(type, (this.#activeMs.get(type) ?? 0) + activeMs);
    this.#countGap(tick);
    this.#coveredMs += tick.durationMs;
    this.#tickCount += 1;
    this.#agentCpuMs += tick.cost.agentCpuMs;
    if (tick.cost.backendCpuMs !== null)
      this.#backendCpuMs = (this.#backendCpuMs ?? 0) + tick.cost.backendCpuMs;
    this.#last = tick;
    const oldestMs = tick.atMs - METER_WINDOW_MS;
    this.#ticks = [...this.#ticks.filter(({ atMs }) => atMs > oldestMs), metered].slice(-MOST_TICKS);
  }

  #countGap(tick: LoadTick): void {
    if (!this.#last) return;
    const gapMs = tick.atMs - tick.durationMs - this.#last.atMs;
    if (gapMs <= tick.durationMs / 2) return;
    this.#gaps += 1;
    this.#gapMs += gapMs;
  }
}

function meterTick(tick: LoadTick): MeteredTick {
  const activeMs = new Map<string, number>();
  let [runningMs, waitingMs, idleInTransactionMs] = [0, 0, 0];
  for (const { activity, tuple, weightMs } of tick.samples) {
    if (activity === 'idle in transaction') idleInTransactionMs += weightMs;
    if (activity !== 'active') continue;
    const waitEvent = tuple['db.wait_event'];
    const type = waitTypeOf(waitEvent);
    activeMs.set(type, (activeMs.get(type) ?? 0) + weightMs);
    if (waitEvent === CPU_RUNNING) runningMs += weightMs;
    if (waitEvent === CPU_WAITING) waitingMs += weightMs;
  }
  return {
    atMs: tick.atMs,
    durationMs: tick.durationMs,
    activeMs,
    runningMs,
    waitingMs,
    idleInTransactionMs,
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
