import { clamp, roundUpToGrid } from '../../src/capacity/acu.ts';

export interface Bounds {
  readonly minAcu: number;
  readonly maxAcu: number;
  readonly cpusPerAcu: number;
}

/**
 * The cheapest path for somebody who knows the day in advance: every second the least capacity on the grid whose CPU,
 * used up entirely, does the work that comes in that second. What exceeds the maximum is carried into the next seconds.
 *
 *     capacity(s) = clamp(ceil to 0.5 of (work(s) + left over) / (1 s x CPUs per ACU), minimum, maximum)
 *
 * `workMs`: processor time that is asked for in each second, in ms. It keeps no room for requests that come together, so
 * nobody can get this cheap without making them wait for up to a second; it is a bound, not a goal.
 */
export function clairvoyantPath(workMs: readonly number[], { minAcu, maxAcu, cpusPerAcu }: Bounds): number[] {
  let leftMs = 0;
  return workMs.map((comingMs) => {
    const wantedMs = comingMs + leftMs;
    const acu = clamp(roundUpToGrid(wantedMs / 1000 / cpusPerAcu), minAcu, maxAcu);
    leftMs = Math.max(0, wantedMs - acu * cpusPerAcu * 1000);
    return acu;
  });
}

/** Of a path with one value a second. */
export function acuHours(path: readonly number[]): number {
  return path.reduce((sum, acu) => sum + acu, 0) / 3600;
}

/** Processor time asked for in each second of the day, from the schedule and what each request costs. */
export function workPerSecond(
  dueMs: ArrayLike<number>,
  costMs: (index: number) => number,
  seconds: number,
): number[] {
  const work = Array.from({ length: seconds }, () => 0);
  for (let index = 0; index < dueMs.length; index++) {
    const second = Math.floor((dueMs[index] ?? 0) / 1000);
    if (second < seconds) work[second] = (work[second] ?? 0) + costMs(index);
  }
  return work;
}
