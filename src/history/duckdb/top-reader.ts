import { toTop } from '../arithmetic.ts';
import type { TopQuery, TopResult } from '../history.ts';
import type { Session } from './database.ts';
import {
  add,
  coverSourcesOf,
  type Days,
  eachRow,
  keysOf,
  placesIn,
  readCover,
  readTotals,
  sourcesOf,
} from './load-rows.ts';

export async function readTop(session: Session, days: Days, query: TopQuery): Promise<TopResult> {
  const { groupBy, partitionBy } = query;
  const sources = sourcesOf(days, query, Number.POSITIVE_INFINITY, [groupBy, partitionBy]);
  const coverSources = coverSourcesOf(days, query, Number.POSITIVE_INFINITY);
  const coveredUs = (await readCover(session, coverSources, null)).get(0) ?? 0;
  const totals = await readTotals(session, days, query, groupBy);
  const keys = keysOf(totals, query.limit);
  const partitions = new Map(keys.map((key) => [key, new Map<string, number>()]));
  for (const source of partitionBy === undefined ? [] : sources) {
    const places = placesIn(source, totals, keys);
    const breakdown = { periods: null, groupBy, partitionBy, places, others: 'drop' } as const;
    await eachRow(session, source, query, breakdown, (ms, _, place, part) =>
      add(partitions.get(keys[place]!)!, part, ms),
    );
  }
  const totalActiveMs = totals.ranked.reduce((sum, [, ms]) => sum + ms, 0);
  return toTop({ coveredUs, totalActiveMs, kept: totals.ranked.slice(0, keys.length), partitions });
}
