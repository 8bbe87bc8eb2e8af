import type { LoadTick } from '../../load/model.ts';
import { summarise } from '../../load/summary.ts';
import type { ClusterDescription } from '../fleet.ts';

const WINDOW_MS = 60_000;

/** Load of the last minute, for descriptions. */
export class LoadWindow {
  #ticks: LoadTick[] = [];

  add(tick: LoadTick): void {
    this.#ticks.push(tick);
    const oldestMs = tick.atMs - WINDOW_MS;
    while ((this.#ticks[0]?.atMs ?? oldestMs) < oldestMs) this.#ticks.shift();
  }

  clear(): void {
    this.#ticks = [];
  }

  /** Null while nothing was observed lately. */
  mean(nowMs: number): ClusterDescription['load'] {
    const recent = this.#ticks.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
    if (recent.length === 0) return null;
    const { aas, cpuRunning, cpuWaiting, nonCpu } = summarise(recent);
    return { aas, cpuRunning, cpuWaiting, nonCpu };
  }
}
