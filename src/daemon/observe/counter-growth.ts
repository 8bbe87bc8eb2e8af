import type { Counter } from '../../engines/engine.ts';
import type { CounterPoint } from '../../history/history.ts';

/** Turns cumulative counters into their growth from reading to reading; gauges pass as they are. */
export class CounterGrowth {
  #last = new Map<string, number>();
  #lastMs: number | null = null;

  /** What has not run has not counted: the next growth is that since `nowMs`. */
  skipTo(nowMs: number): void {
    if (this.#lastMs !== null) this.#lastMs = nowMs;
  }

  /**
   * Empty growth at the first reading. A counter that fell was reset: it has grown by what it shows now. `atMs` is of
   * the wall clock, `nowMs` of the monotonic one.
   */
  take(counters: readonly Counter[], atMs: number, nowMs: number): CounterPoint[] {
    const durationMs = this.#lastMs === null ? 0 : nowMs - this.#lastMs;
    const values = new Map<string, number>();
    const points: CounterPoint[] = [];
    for (const { metric, key, value, kind } of counters) {
      if (kind === 'gauge') {
        points.push({ atMs, durationMs: 0, metric, key, value });
        continue;
      }
      const name = `${metric}\0${key}`;
      values.set(name, value);
      const last = this.#last.get(name);
      if (last === undefined || value === last) continue;
      points.push({ atMs, durationMs, metric, key, value: value < last ? value : value - last });
    }
    this.#last = values;
    this.#lastMs = nowMs;
    return points;
  }
}
