import { rank, type SeriesFigures, toSeries } from '../arithmetic.ts';
import type { LoadSeries, SeriesQuery } from '../history.ts';
import { DEFAULT_LIMIT, periodStarts } from '../window.ts';
import type { Session } from './database.ts';
import { DAY_MS } from './day.ts';
import {
  coverSourcesOf,
  type Days,
  eachRow,
  keysOf,
  placesIn,
  readCover,
  readTotals,
  sourcesOf,
} from './load-rows.ts';
import { type DaySource, textsStatement } from './load-sql.ts';

/** Rows that one day may give for all of its keys; beyond it, the most loaded keys are looked for first. */
const MOST_ROWS_PER_DAY = 50_000;

type Load = Pick<SeriesFigures, 'kept' | 'otherActiveMs'>;

interface Axis {
  readonly startsMs: readonly number[];
  readonly periods: { readonly firstMs: number; readonly periodMs: number };
}

export async function readSeries(session: Session, days: Days, query: SeriesQuery): Promise<LoadSeries> {
  const startsMs = periodStarts(query, query.periodSeconds);
  const periods = { firstMs: startsMs[0] ?? 0, periodMs: query.periodSeconds * 1000 };
  const axis = { startsMs, periods };
  const sources = sourcesOf(days, query, periods.periodMs, [query.groupBy]);
  const coverSources = coverSourcesOf(days, query, periods.periodMs);
  const coveredUs = nothing(axis);
  for (const [period, us] of await readCover(session, coverSources, periods)) coveredUs[period] = us;
  const rowsPerDay =
    Math.max(0, ...sources.map(({ valueCount }) => valueCount)) * (DAY_MS / periods.periodMs);
  const load =
    query.groupBy === undefined
      ? await readTotal(session, sources, query, axis)
      : rowsPerDay <= MOST_ROWS_PER_DAY
        ? await readAllKeys(session, sources, query, axis)
        : await readMostLoaded(session, days, sources, { ...query, groupBy: query.groupBy }, axis);
  return toSeries({ startsMs, coveredUs, ...load });
}

async function readTotal(
  session: Session,
  sources: readonly DaySource[],
  query: SeriesQuery,
  axis: Axis,
): Promise<Load> {
  const activeMs = nothing(axis);
  const breakdown = { periods: axis.periods, places: 'all', others: 'sum' } as const;
  for (const source of sources)
    await eachRow(session, source, query, breakdown, (ms, period) => (activeMs[period]! += ms));
  return { kept: [{ key: '', activeMs }], otherActiveMs: null };
}

/** Few rows: read once, and rank what came. */
async function readAllKeys(
  session: Session,
  sources: readonly DaySource[],
  query: SeriesQuery,
  axis: Axis,
): Promise<Load> {
  const totals = new Map<string, number>();
  const activeMsByKey = new Map<string, number[]>();
  const breakdown = { periods: axis.periods, groupBy: query.groupBy, places: 'all', others: 'sum' } as const;
  for (const source of sources) {
    const { sql } = textsStatement(source);
    const [ids, texts] = (await session.columns(sql)) as [number[], string[]];
    const textOf = new Map(ids.map((id, row) => [id, texts[row]!]));
    await eachRow(session, source, query, breakdown, (ms, period, id) => {
      const key = textOf.get(id)!;
      let activeMs = activeMsByKey.get(key);
      if (!activeMs) activeMsByKey.set(key, (activeMs = nothing(axis)));
      activeMs[period]! += ms;
      totals.set(key, (totals.get(key) ?? 0) + ms);
    });
  }
  const ranked = rank(totals).map(([key]) => ({ key, activeMs: activeMsByKey.get(key)! }));
  const limit = query.limit ?? DEFAULT_LIMIT;
  const rest = ranked.slice(limit);
  if (rest.length === 0) return { kept: ranked, otherActiveMs: null };
  const otherActiveMs = nothing(axis);
  for (const { activeMs } of rest) activeMs.forEach((ms, period) => (otherActiveMs[period]! += ms));
  return { kept: ranked.slice(0, limit), otherActiveMs };
}

/** Who is most loaded is read from the coarsest figures, so that the fine ones are read for those only. */
async function readMostLoaded(
  session: Session,
  days: Days,
  sources: readonly DaySource[],
  query: SeriesQuery & Required<Pick<SeriesQuery, 'groupBy'>>,
  axis: Axis,
): Promise<Load> {
  const { groupBy } = query;
  const totals = await readTotals(session, days, query, groupBy);
  const keys = keysOf(totals, query.limit);
  const kept = keys.map((key) => ({ key, activeMs: nothing(axis) }));
  const otherActiveMs = totals.ranked.length > keys.length ? nothing(axis) : null;
  for (const source of sources) {
    const places = placesIn(source, totals, keys);
    const breakdown = { periods: axis.periods, groupBy, places, others: 'sum' } as const;
    await eachRow(session, source, query, breakdown, (ms, period, place) => {
      const activeMs = kept[place]?.activeMs ?? otherActiveMs!;
      activeMs[period]! += ms;
    });
  }
  return { kept, otherActiveMs };
}

function nothing({ startsMs }: Axis): number[] {
  return startsMs.map(() => 0);
}
