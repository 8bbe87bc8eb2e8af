import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS, HOURS_PER_DAY } from './day.ts';

/**
 * What a part of the window is read from. Hours and days keep whole tuples and answer every question; five minutes keep
 * the sums of each dimension by itself, which are few, and answer what is about one dimension or none.
 */
export type Level = 'raw' | 'five' | 'hour' | 'day';

/** What is there of one day. */
export interface DayContents {
  readonly dayMs: number;
  /** Hours of the day (0 to 23) that are rolled up. */
  readonly rolledHours: ReadonlySet<number>;
  /** Those of them whose five minutes are rolled up, too; files of earlier versions have none. */
  readonly rolledFives: ReadonlySet<number>;
  readonly isDayRolled: boolean;
}

/** What decides how coarse the figures may be. */
export interface Grain {
  /** No figure may span more than this; Infinity for one figure over all. */
  readonly periodMs: number;
  /** How many dimensions the question groups, partitions and filters by. */
  readonly dimensionCount: number;
}

/** One stretch of one day's file, in milliseconds from the start of the day; the end is exclusive. */
export interface Segment {
  readonly dayMs: number;
  readonly level: Level;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Covers the window with the figures that are fewest: a rollup only where all of it lies inside the window and it is no
 * longer than the period asked for. Raw samples at the edges.
 */
export function planSegments(
  window: { readonly fromMs: number; readonly toMs: number },
  grain: Grain,
  days: readonly DayContents[],
): Segment[] {
  return days
    .filter(({ dayMs }) => dayMs + DAY_MS > window.fromMs && dayMs < window.toMs)
    .toSorted((a, b) => a.dayMs - b.dayMs)
    .flatMap((day) => planDay(day, window, grain));
}

function planDay(
  day: DayContents,
  window: { readonly fromMs: number; readonly toMs: number },
  grain: Grain,
): Segment[] {
  const { dayMs } = day;
  const fromMs = Math.max(0, Math.ceil(window.fromMs - dayMs));
  const toMs = Math.min(DAY_MS, Math.ceil(window.toMs - dayMs));
  if (fromMs >= toMs) return [];
  if (day.isDayRolled && grain.periodMs >= DAY_MS && fromMs === 0 && toMs === DAY_MS)
    return [{ dayMs, level: 'day', fromMs, toMs }];
  const segments: Segment[] = [];
  for (let hour = Math.floor(fromMs / HOUR_MS); hour < HOURS_PER_DAY && hour * HOUR_MS < toMs; hour++) {
    const start = Math.max(fromMs, hour * HOUR_MS);
    const end = Math.min(toMs, (hour + 1) * HOUR_MS);
    for (const segment of planHour(day, hour, { fromMs: start, toMs: end }, grain)) extend(segments, segment);
  }
  return segments;
}

/** Five minutes come before hours: a dimension by itself has far fewer sums in them than an hour has tuples. */
function planHour(
  { dayMs, rolledHours, rolledFives }: DayContents,
  hour: number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { periodMs, dimensionCount }: Grain,
): Segment[] {
  const fiveFromMs = Math.ceil(fromMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const fiveToMs = Math.floor(toMs / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
  const hasFives = dimensionCount <= 1 && periodMs >= FIVE_MINUTES_MS && rolledFives.has(hour);
  if (hasFives && fiveFromMs < fiveToMs)
    return [
      { dayMs, level: 'raw' as const, fromMs, toMs: fiveFromMs },
      { dayMs, level: 'five' as const, fromMs: fiveFromMs, toMs: fiveToMs },
      { dayMs, level: 'raw' as const, fromMs: fiveToMs, toMs },
    ].filter((segment) => segment.fromMs < segment.toMs);
  const isRollup = periodMs >= HOUR_MS && toMs - fromMs === HOUR_MS && rolledHours.has(hour);
  return [{ dayMs, level: isRollup ? 'hour' : 'raw', fromMs, toMs }];
}

/** Adds the stretch, to the last one where they belong together. */
function extend(segments: Segment[], next: Segment): void {
  const last = segments.at(-1);
  if (last?.level === next.level) segments[segments.length - 1] = { ...last, toMs: next.toMs };
  else segments.push(next);
}

/** Hours of a day, by what has to be rolled up of them. */
export interface RollupPlan {
  readonly hours: readonly number[];
  readonly fives: readonly number[];
}

/**
 * Hours that are over and not rolled up yet. What is over is rolled up at both levels at once; of hours that an earlier
 * version rolled up, the five minutes are made up for, the latest `mostBelated` hours first.
 */
export function planRollups(day: DayContents, nowMs: number, mostBelated: number): RollupPlan {
  const overCount = Math.max(0, Math.min(HOURS_PER_DAY, Math.floor((nowMs - day.dayMs) / HOUR_MS)));
  const over = Array.from({ length: overCount }, (_, hour) => hour);
  const hours = over.filter((hour) => !day.rolledHours.has(hour));
  const withoutFives = over.filter((hour) => !day.rolledFives.has(hour));
  const belated = withoutFives.filter((hour) => day.rolledHours.has(hour)).toReversed();
  const tooMuch = new Set(belated.slice(mostBelated));
  return { hours, fives: withoutFives.filter((hour) => !tooMuch.has(hour)) };
}

/** Neighbouring hours as one; `toHour` is exclusive. */
export function stretchesOf(hours: readonly number[]): { fromHour: number; toHour: number }[] {
  const stretches: { fromHour: number; toHour: number }[] = [];
  for (const hour of hours) {
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
