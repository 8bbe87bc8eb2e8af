import type { Peak } from './model.ts';

/** What was used within this time is held ready. */
export const HOLD_MS = 15_000;

/**
 * Keeps the highest of the last {@link HOLD_MS}: falling values with rising times, so a new one makes all older ones
 * that are not higher superfluous.
 */
export function addPeak(peaks: readonly Peak[], peak: Peak): readonly Peak[] {
  return [...livePeaks(peaks, peak.atMs).filter(({ acu }) => acu > peak.acu), peak];
}

export function livePeaks(peaks: readonly Peak[], now: number): readonly Peak[] {
  return peaks.filter(({ atMs }) => now - atMs < HOLD_MS);
}

export function highestPeak(peaks: readonly Peak[], now: number): Peak | null {
  return livePeaks(peaks, now)[0] ?? null;
}
