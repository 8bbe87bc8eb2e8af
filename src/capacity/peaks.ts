import type { Peak } from './model.ts';

/** What was used within this time is held ready. */
export const HOLD_MS = 15_000;

/**
 * Keeps the highest of the last {@link HOLD_MS}: falling values with rising times, so a new one makes all older ones
 * that are not higher superfluous.
 */
export function addPeak(peaks: readonly Peak[], peak: Peak): readonly Peak[] {
  const first = firstLive(peaks, peak.atMs);
  let end = peaks.length;
  while (end > first && (peaks[end - 1]?.acu ?? 0) <= peak.acu) end--;
  const kept = peaks.slice(first, end);
  kept.push(peak);
  return kept;
}

export function highestPeak(peaks: readonly Peak[], now: number): Peak | null {
  return peaks[firstLive(peaks, now)] ?? null;
}

/** Where those begin that still count; the oldest come first. */
function firstLive(peaks: readonly Peak[], now: number): number {
  let first = 0;
  while (first < peaks.length && now - (peaks[first]?.atMs ?? now) >= HOLD_MS) first++;
  return first;
}
