import type { Peak } from './model.ts';

/**
 * Keeps the highest of the last while: falling values with rising times, so a new one makes all older ones
 * that are not higher superfluous.
 */
export function addPeak(peaks: readonly Peak[], peak: Peak, holdMs: number): readonly Peak[] {
  const first = firstLive(peaks, peak.atMs, holdMs);
  let end = peaks.length;
  while (end > first && (peaks[end - 1]?.acu ?? 0) <= peak.acu) end--;
  // A loop: this is done for every look, and slices and spreads of so little take longer than all the rest.
  const kept: Peak[] = [];
  for (let index = first; index < end; index++) kept.push(peaks[index] as Peak);
  kept.push(peak);
  return kept;
}

export function highestPeak(peaks: readonly Peak[], now: number, holdMs: number): Peak | null {
  return peaks[firstLive(peaks, now, holdMs)] ?? null;
}

/** Where those begin that still count; the oldest come first. */
function firstLive(peaks: readonly Peak[], now: number, holdMs: number): number {
  let first = 0;
  while (first < peaks.length && now - (peaks[first]?.atMs ?? now) >= holdMs) first++;
  return first;
}
