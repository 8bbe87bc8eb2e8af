import type { AskedWindow } from '../view/time-window.ts';

const MINUTE_MS = 60_000;

/** How often what a window shows is asked anew; false for one that is over. Short windows change faster. */
export function refreshMs(window: AskedWindow): number | false {
  if (window.kind === 'fixed') return false;
  const { durationMs } = window;
  if (durationMs <= 20 * MINUTE_MS) return 5000;
  if (durationMs <= 2 * 60 * MINUTE_MS) return 10_000;
  return durationMs <= 24 * 60 * MINUTE_MS ? 30_000 : MINUTE_MS;
}

/** Windows at one-second periods: here single ticks can be seen, so they are shown as they come. */
export function showsTicks(window: AskedWindow): window is AskedWindow & { readonly kind: 'live' } {
  return window.kind === 'live' && window.durationMs <= 20 * MINUTE_MS;
}

/** How often a live window moves on: by less than can be seen it need not. */
export function moveMs(window: AskedWindow): number {
  return window.kind === 'fixed' ? MINUTE_MS : Math.max(1000, window.durationMs / 600);
}
