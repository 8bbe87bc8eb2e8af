import { AirglowError } from '../errors.ts';
import { PERIODS_SECONDS } from '../history/history.ts';
import type { PeriodSeconds } from '../history/history.ts';

/** Seven days of five minutes. More say nothing more on a screen and cost the store and the reader. */
export const MAX_POINTS = 2016;

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of a window that nothing was recorded for. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Raises INVALID_QUERY when the window is empty or runs backwards. */
export function requireOrder(window: Window): Window {
  if (window.fromMs < window.toMs) return window;
  throw new AirglowError(
    'INVALID_QUERY',
    `from (${isoTime(window.fromMs)}) must be before to (${isoTime(window.toMs)})`,
  );
}

/**
 * The period asked for, else the finest one that gives at most {@link MAX_POINTS} points.
 * Raises INVALID_QUERY when the window has more points than that, and says what would fit.
 */
export function choosePeriod(window: Window, asked: PeriodSeconds | undefined): PeriodSeconds {
  const finest = PERIODS_SECONDS.find((period) => pointCount(window, period) <= MAX_POINTS);
  if (asked === undefined && finest !== undefined) return finest;
  if (asked !== undefined && pointCount(window, asked) <= MAX_POINTS) return asked;
  const wayOut =
    finest === undefined ? 'ask for a shorter window' : `use period=${finest} or a shorter window`;
  const points = asked === undefined ? '' : `period=${asked} gives ${pointCount(window, asked)} points, and `;
  throw new AirglowError(
    'INVALID_QUERY',
    `${points}${MAX_POINTS} points are the most of one answer: ${wayOut}`,
  );
}

/** Periods that the window touches; they are aligned to UTC. */
export function pointCount(window: Window, periodSeconds: PeriodSeconds): number {
  const periodMs = periodSeconds * 1000;
  return Math.ceil(window.toMs / periodMs) - Math.floor(window.fromMs / periodMs);
}

/** Starts of the periods that the window touches. */
export function periodStarts(window: Window, periodSeconds: PeriodSeconds): number[] {
  const periodMs = periodSeconds * 1000;
  const firstMs = Math.floor(window.fromMs / periodMs) * periodMs;
  return Array.from({ length: pointCount(window, periodSeconds) }, (_, index) => firstMs + index * periodMs);
}

/**
 * Periods without covered time, neighbours joined and clipped to the window. What is as new as `settledBeforeMs` may
 * still be under way to the store and is not called a gap.
 */
export function findGaps(
  periods: { readonly atMs: readonly number[]; readonly coveredMs: readonly number[] },
  periodSeconds: PeriodSeconds,
  window: Window,
  settledBeforeMs: number,
): Gap[] {
  const gaps: { fromMs: number; toMs: number }[] = [];
  for (const [index, startMs] of periods.atMs.entries()) {
    if ((periods.coveredMs[index] ?? 0) > 0 || startMs >= settledBeforeMs) continue;
    const fromMs = Math.max(startMs, window.fromMs);
    const toMs = Math.min(startMs + periodSeconds * 1000, window.toMs);
    const last = gaps.at(-1);
    if (last && last.toMs === fromMs) last.toMs = toMs;
    else if (fromMs < toMs) gaps.push({ fromMs, toMs });
  }
  return gaps;
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
