import { formatMoment } from '../../format/times.ts';

export interface DayGroup<Item> {
  /** As in `2026-11-22`, in the zone of whoever looks. */
  readonly day: string;
  readonly items: readonly Item[];
}

/** Neighbours of the same day, in the order in which they come; `zone` is for tests. */
export function groupByDay<Item extends { readonly atMs: number }>(
  items: readonly Item[],
  zone?: string,
): readonly DayGroup<Item>[] {
  const groups: { day: string; items: Item[] }[] = [];
  for (const item of items) {
    const day = dayOf(item.atMs, zone);
    const last = groups.at(-1);
    if (last?.day === day) last.items.push(item);
    else groups.push({ day, items: [item] });
  }
  return groups;
}

/** As in `Today, 2026-11-22`. */
export function dayName(day: string, nowMs: number, zone?: string): string {
  if (day === dayOf(nowMs, zone)) return `Today, ${day}`;
  return day === dayOf(nowMs - DAY_MS, zone) ? `Yesterday, ${day}` : day;
}

const DAY_MS = 86_400_000;

function dayOf(atMs: number, zone?: string): string {
  return formatMoment(atMs, zone).slice(0, 10);
}
