import type { SeriesQuery, TopQuery } from '../../src/history/history.ts';
import { DIMENSIONS, type Dimension } from '../../src/load/model.ts';
import { digestId } from './workload.ts';

export const TARGET = 'shop';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type Question =
  | { readonly name: string; readonly kind: 'top'; readonly query: TopQuery }
  | { readonly name: string; readonly kind: 'series'; readonly query: SeriesQuery };

/** What a dashboard asks. Windows end when recording ended, in the middle of an hour, as in life. */
export function questions(fromMs: number, toMs: number, hosts: readonly string[]): Question[] {
  const all = { target: TARGET, fromMs, toMs };
  const last = (ms: number) => ({ target: TARGET, fromMs: Math.max(fromMs, toMs - ms), toMs });
  const top = (name: string, query: TopQuery): Question => ({ name, kind: 'top', query });
  const series = (name: string, query: SeriesQuery): Question => ({ name, kind: 'series', query });
  const others = DIMENSIONS.filter((dimension) => dimension !== 'db.sql_tokenized');
  const sql: Dimension = 'db.sql_tokenized';
  return [
    top('top 10 SQL, all days', { ...all, groupBy: sql }),
    series('by wait event per hour, all days', { ...all, groupBy: 'db.wait_event', periodSeconds: 3600 }),
    series('by wait event per five minutes, all days', {
      ...all,
      groupBy: 'db.wait_event',
      periodSeconds: 300,
    }),
    series('by SQL per five minutes, all days', { ...all, groupBy: sql, periodSeconds: 300 }),
    series('by wait event per minute, 1 day', {
      ...last(DAY_MS),
      groupBy: 'db.wait_event',
      periodSeconds: 60,
    }),
    top('SQL x wait event, 1 hour', { ...last(HOUR_MS), groupBy: sql, partitionBy: 'db.wait_event' }),
    ...others.map((dimension) => top(`top ${dimension}, all days`, { ...all, groupBy: dimension })),
    top('top SQL of one host, all days', { ...all, groupBy: sql, filter: { 'db.host': hosts.slice(0, 1) } }),
    top('top host of one SQL, all days', { ...all, groupBy: 'db.host', filter: { [sql]: [digestId(3)] } }),
    top('SQL x wait event, all days', { ...all, groupBy: sql, partitionBy: 'db.wait_event' }),
    series('by SQL per minute, 1 day', { ...last(DAY_MS), groupBy: sql, periodSeconds: 60 }),
    series('by wait event per second, 1 hour', {
      ...last(HOUR_MS),
      groupBy: 'db.wait_event',
      periodSeconds: 1,
    }),
  ];
}
