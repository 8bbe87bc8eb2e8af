import { OUTCOMES } from './plan.ts';
import type { LoadResult } from './plan.ts';

/** Of the requests that were due in a window. */
export interface LatencySummary {
  readonly offered: number;
  readonly answered: number;
  readonly failed: number;
  /** Not answered when the load ended. They count in the percentiles with the time that they had waited by then. */
  readonly unfinished: number;
  /** Milliseconds from when they were due, over answered and unfinished ones; null where there are none. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The least value that at least this share of the values does not exceed. Sorted ascending; null of nothing. */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? null;
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export function summarizeLatency(
  result: LoadResult,
  fromMs = 0,
  toMs = Number.POSITIVE_INFINITY,
): LatencySummary {
  const latencies: number[] = [];
  const counts = { unfinished: 0, answered: 0, failed: 0 };
  for (const [index, dueMs] of result.dueMs.entries()) {
    if (dueMs < fromMs || dueMs >= toMs) continue;
    const outcome = OUTCOMES[result.outcomes[index] ?? 0] ?? 'unfinished';
    counts[outcome]++;
    if (outcome !== 'failed') latencies.push(result.latencyMs[index] ?? 0);
  }
  const sorted = Float64Array.from(latencies).sort();
  return {
    offered: counts.answered + counts.failed + counts.unfinished,
    ...counts,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? null,
  };
}

/** How many requests were due and not ended, at points of time `stepMs` apart, the first one at 0. */
export function outstanding(result: LoadResult, stepMs: number): Uint32Array {
  const ends = result.dueMs.map((dueMs, index) => {
    const isUnfinished = OUTCOMES[result.outcomes[index] ?? 0] === 'unfinished';
    return isUnfinished ? Number.POSITIVE_INFINITY : dueMs + (result.latencyMs[index] ?? 0);
  });
  ends.sort();
  const counts: number[] = [];
  let [due, ended] = [0, 0];
  for (let atMs = 0; atMs <= result.endAtMs - result.startAtMs; atMs += stepMs) {
    while ((result.dueMs[due] ?? Number.POSITIVE_INFINITY) <= atMs) due++;
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= atMs) ended++;
    counts.push(due - ended);
  }
  return Uint32Array.from(counts);
}

/**
 * From when on no more than `most` requests were outstanding for `calmMs`, in milliseconds after `fromMs`; null where
 * that never was.
 */
export function drainedAfterMs(
  counts: ArrayLike<number>,
  stepMs: number,
  { fromMs, most, calmMs }: { readonly fromMs: number; readonly most: number; readonly calmMs: number },
): number | null {
  const from = Math.ceil(fromMs / stepMs);
  let calmFrom = from;
  for (let index = from; index < counts.length; index++) {
    if ((counts[index] ?? 0) > most) calmFrom = index + 1;
    else if ((index - calmFrom) * stepMs >= calmMs) return (calmFrom - from) * stepMs;
  }
  return null;
}
