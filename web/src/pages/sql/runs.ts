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
  const stepMs = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 60_000;
  const callsPerSecond: number[] = [];
  const meanMs: (number | null)[] = [];
  for (const { atMs, value } of known) {
    callsPerSecond.push((value * 1000) / stepMs);
    const time = timeAt.get(atMs) ?? null;
    meanMs.push(value > 0 && time !== null ? time / value : null);
  }
  return {
    // A growth is of the time before it was read.
    atMs: known.map(({ atMs }) => atMs - stepMs),
    stepMs,
    callsPerSecond,
    meanMs,
    mostCallsPerSecond: Math.max(0, ...callsPerSecond),
    mostMeanMs: Math.max(0, ...meanMs.map((ms) => ms ?? 0)),
  };
}
