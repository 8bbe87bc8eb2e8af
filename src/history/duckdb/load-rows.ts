import type { Dimension } from '../../load/model.ts';
import { rank, type Ranked } from '../arithmetic.ts';
import type { LoadQuery, TopQuery } from '../history.ts';
import { DEFAULT_LIMIT } from '../window.ts';
import type { Session } from './database.ts';
import type { DayFile } from './day-file.ts';
import {
  type Breakdown,
  breakdownStatement,
  coverStatement,
  type DaySource,
  type Periods,
  totalsStatement,
} from './load-sql.ts';
import { planSegments } from './plan.ts';

export type Days = readonly DayFile[];

/** Every dimension adds up to the whole load; this one has the fewest rows. */
const FEWEST_VALUES: Dimension = 'db.session_type';

/** Keys with their load over the window, and the numbers that each day's file has for them. */
export interface Totals {
  readonly ranked: readonly Ranked[];
  readonly idsByDay: ReadonlyMap<number, readonly { readonly id: number; readonly key: string }[]>;
}

/** Read from the coarsest figures. */
export async function readTotals(
  session: Session,
  days: Days,
  query: LoadQuery,
  groupBy: TopQuery['groupBy'],
): Promise<Totals> {
  const activeMsByKey = new Map<string, number>();
  const idsByDay = new Map<number, { id: number; key: string }[]>();
  for (const source of sourcesOf(days, query, Number.POSITIVE_INFINITY, [groupBy])) {
    const { sql, parameters } = totalsStatement(source, query, groupBy);
    const [activeMs, keys, ids] = (await session.columns(sql, parameters)) as [number[], string[], number[]];
    activeMs.forEach((ms, row) => add(activeMsByKey, keys[row]!, ms));
    idsByDay.set(
      source.dayMs,
      ids.map((id, row) => ({ id, key: keys[row]! })),
    );
  }
  return { ranked: rank(activeMsByKey), idsByDay };
}

export function keysOf({ ranked }: Totals, limit = DEFAULT_LIMIT): string[] {
  return ranked.slice(0, limit).map(([key]) => key);
}

export function placesIn(
  { dayMs }: DaySource,
  totals: Totals | null,
  keys: readonly string[],
): Map<number, number> {
  const placeOf = new Map(keys.map((key, place) => [key, place]));
  const ids = totals?.idsByDay.get(dayMs) ?? [];
  return new Map(ids.flatMap(({ id, key }) => (placeOf.has(key) ? [[id, placeOf.get(key)!] as const] : [])));
}

/** What to read for a question that groups by these dimensions, without the days that do not know the target. */
export function sourcesOf(
  days: Days,
  query: LoadQuery,
  periodMs: number,
  grouped: readonly (Dimension | undefined)[],
): DaySource[] {
  const filtered = Object.keys(query.filter ?? {}) as Dimension[];
  const dimensions = new Set([...grouped, ...filtered].filter((name) => name !== undefined));
  return planSources(days, query, periodMs, dimensions);
}

/** The same for covered time, which no dimension divides. */
export function coverSourcesOf(days: Days, query: LoadQuery, periodMs: number): DaySource[] {
  return planSources(days, query, periodMs, new Set());
}

function planSources(
  days: Days,
  query: LoadQuery,
  periodMs: number,
  dimensions: ReadonlySet<Dimension>,
): DaySource[] {
  const [dimension = FEWEST_VALUES] = dimensions;
  return days.flatMap((day) => {
    const targetId = day.targetIds.get(query.target);
    if (targetId === undefined) return [];
    const segments = planSegments(query, { periodMs, dimensionCount: dimensions.size }, [day]);
    if (segments.length === 0) return [];
    const { dayMs, catalog, valueCount } = day;
    return { dayMs, catalog, targetId, segments, dimension, valueCount };
  });
}

export async function readCover(
  session: Session,
  sources: readonly DaySource[],
  periods: Periods,
): Promise<Map<number, number>> {
  const coveredUs = new Map<number, number>();
  for (const source of sources) {
    const { sql, parameters } = coverStatement(source, periods);
    const [figures, places] = (await session.columns(sql, parameters)) as [number[], number[]];
    figures.forEach((us, row) => add(coveredUs, places[row]!, us));
  }
  return coveredUs;
}

export async function eachRow(
  session: Session,
  source: DaySource,
  query: LoadQuery,
  breakdown: Breakdown,
  visit: (activeMs: number, period: number, place: number, part: string) => void,
): Promise<void> {
  const { sql, parameters } = breakdownStatement(source, query, breakdown);
  const [activeMs, periods, places, parts] = (await session.columns(sql, parameters)) as [
    number[],
    number[],
    number[],
    string[]?,
  ];
  activeMs.forEach((ms, row) => visit(ms, periods[row]!, places[row]!, parts?.[row] ?? ''));
}

export function add<K>(sums: Map<K, number>, key: K, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
