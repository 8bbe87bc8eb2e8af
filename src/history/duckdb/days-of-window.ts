import type { DayFile } from './day-file.ts';
import { DAY_MS } from './day.ts';

/** Days that know the target and touch the window, oldest first. */
export function daysOf(
  days: readonly DayFile[],
  query: { readonly target: string; readonly fromMs: number; readonly toMs: number },
): DayFile[] {
  return days
    .filter(
      ({ dayMs, targetIds }) =>
        targetIds.has(query.target) && dayMs + DAY_MS > query.fromMs && dayMs < query.toMs,
    )
    .toSorted((a, b) => a.dayMs - b.dayMs);
}

/** The window in milliseconds from the start of the day; the end is exclusive. */
export function boundsIn(
  dayMs: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): [number, number] {
  return [Math.max(0, Math.ceil(fromMs - dayMs)), Math.min(DAY_MS, Math.ceil(toMs - dayMs))];
}
