import { highestOf } from '../../charts/stack.ts';

interface Point {
  readonly atMs: number;
  readonly value: number | null;
}

export interface Runs {
  readonly atMs: readonly number[];
  /** Between two readings of the statistics. */
  readonly stepMs: number;
  readonly callsPerSecond: readonly (number | null)[];
  readonly meanMs: readonly (number | null)[];
  readonly mostCallsPerSecond: number;
  readonly mostMeanMs: number;
}

/**
 * Rates out of growths. Statistics are read every so many seconds, so most short periods have none: each growth is spread
 * over the time since the one before. Without a call there is no mean time.
 */
export function runsOf(calls: readonly Point[], executionMs: readonly Point[]): Runs {
  const known = calls.filter((point): point is Point & { value: number } => point.value !== null);
  const timeAt = new Map(executionMs.map(({ atMs, value }) => [atMs, value]));
  const steps = known.slice(1).map(({ atMs }, index) => atMs - (known[index]?.atMs ?? atMs));
  const stepMs = steps.toSorted((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 60_000;
  const atMs: number[] = [];
  const callsPerSecond: (number | null)[] = [];
  const meanMs: (number | null)[] = [];
  for (const point of known) {
    const time = timeAt.get(point.atMs) ?? null;
    // A growth is of the time before it was read.
    const fromMs = point.atMs - stepMs;
    const before = atMs.at(-1);
    if (before !== undefined && fromMs - before > 1.9 * stepMs) {
      atMs.push(before + stepMs);
      callsPerSecond.push(null);
      meanMs.push(null);
    }
    atMs.push(fromMs);
    callsPerSecond.push((point.value * 1000) / stepMs);
    meanMs.push(point.value > 0 && time !== null ? time / point.value : null);
  }
  return {
    atMs,
    stepMs,
    callsPerSecond,
    meanMs,
    mostCallsPerSecond: highestOf(callsPerSecond),
    mostMeanMs: highestOf(meanMs),
  };
}
