import type { Span } from '../../view/time-window.ts';
import type { CompareOffset } from '../../view/view-state.ts';

const HOUR_MS = 3_600_000;

const OFFSETS_MS: Readonly<Record<Exclude<CompareOffset, 'before'>, number>> = {
  '1h': HOUR_MS,
  '1d': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
};

/** As they are offered. */
export const OFFSET_NAMES: Readonly<Record<CompareOffset, string>> = {
  before: 'the time just before',
  '1h': '1 hour earlier',
  '1d': '1 day earlier',
  '7d': '7 days earlier',
};

/** The window to compare with, of the same length. */
export function earlierSpan(span: Span, offset: CompareOffset): Span {
  const byMs = offset === 'before' ? span.toMs - span.fromMs : OFFSETS_MS[offset];
  return { fromMs: span.fromMs - byMs, toMs: span.toMs - byMs };
}

/** Whether a part of the time belongs to both. */
export function overlaps(earlier: Span, later: Span): boolean {
  return earlier.toMs > later.fromMs;
}
