import { DAY_MS, HOUR_MS, HOURS_PER_DAY } from './day.ts';

/** What a part of the window is read from. Rollups keep whole tuples, so every level answers every question. */
export type Level = 'raw' | 'hour' | 'day';

/** What is there of one day. */
export interface DayContents {
  readonly dayMs: number;
  /** Hours of the day (0 to 23) that are rolled up. */
  readonly rolledHours: ReadonlySet<number>;
  readonly isDayRolled: boolean;
}

/** One stretch of one day's file, in milliseconds from the start of the day; the end is exclusive. */
export interface Segment {
  readonly dayMs: number;
  readonly level: Level;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Covers the window with the coarsest figures that fit: a rollup only where all of it lies inside the window and it is
 * no longer than the period asked for (`periodMs`, Infinity for one figure over all). Raw samples at the edges.
 */
export function planSegments(
  window: { readonly fromMs: number; readonly toMs: number },
  periodMs: number,
  days: readonly DayContents[],
): Segment[] {
  return days
    .filter(({ dayMs }) => dayMs + DAY_MS > window.fromMs && dayMs < window.toMs)
    .toSorted((a, b) => a.dayMs - b.dayMs)
    .flatMap((day) => planDay(day, window, periodMs));
}

function planDay(
  { dayMs, rolledHours, isDayRolled }: DayContents,
  window: { readonly fromMs: number; readonly toMs: number },
  periodMs: number,
): Segment[] {
  const fromMs = Math.max(0, Math.ceil(window.fromMs - dayMs));
  const toMs = Math.min(DAY_MS, Math.ceil(window.toMs - dayMs));
  if (fromMs >= toMs) return [];
  if (isDayRolled && periodMs >= DAY_MS && fromMs === 0 && toMs === DAY_MS)
    return [{ dayMs, level: 'day', fromMs, toMs }];
  const segments: Segment[] = [];
  for (let hour = Math.floor(fromMs / HOUR_MS); hour < HOURS_PER_DAY && hour * HOUR_MS < toMs; hour++) {
    const start = Math.max(fromMs, hour * HOUR_MS);
    const end = Math.min(toMs, (hour + 1) * HOUR_MS);
    const isRollup = periodMs >= HOUR_MS && end - start === HOUR_MS && rolledHours.has(hour);
    extend(segments, { dayMs, level: isRollup ? 'hour' : 'raw', fromMs: start, toMs: end });
  }
  return segments;
}

/** Adds the stretch, to the last one where they belong together. */
function extend(segments: Segment[], next: Segment): void {
  const last = segments.at(-1);
  if (last?.level === next.level) segments[segments.length - 1] = { ...last, toMs: next.toMs };
  else segments.push(next);
}

/** Hours of a day that are over and not rolled up yet, as stretches of neighbours. */
export function hoursToRollUp(day: DayContents, nowMs: number): { fromHour: number; toHour: number }[] {
  const over = Math.min(HOURS_PER_DAY, Math.floor((nowMs - day.dayMs) / HOUR_MS));
  const stretches: { fromHour: number; toHour: number }[] = [];
  for (let hour = 0; hour < over; hour++) {
    if (day.rolledHours.has(hour)) continue;
    const last = stretches.at(-1);
    if (last?.toHour === hour) last.toHour = hour + 1;
    else stretches.push({ fromHour: hour, toHour: hour + 1 });
  }
  return stretches;
}

/** Days that ended before the retention began. */
export function expiredDays(dayStartsMs: readonly number[], nowMs: number, retentionDays: number): number[] {
  return dayStartsMs.filter((dayMs) => dayMs + DAY_MS <= nowMs - retentionDays * DAY_MS);
}
