import type {
  Blocker,
  KeyedLoad,
  KeyedSeries,
  SqlLoad,
  SqlOwners,
  SqlStatistics,
} from '../../../analysis/input.ts';
import { OTHER } from '../../../history/history.ts';
import type {
  DimensionFilter,
  History,
  LoadSeries,
  PeriodSeconds,
  TopResult,
} from '../../../history/history.ts';
import type { Activity, Dimension } from '../../../load/model.ts';
import type { Window } from '../../window.ts';
import type { QueryGate } from '../query-gate.ts';

/** Whom the questions of an analysis are asked, and about what. */
export interface Question {
  readonly history: History;
  readonly gate: QueryGate;
  readonly target: string;
  readonly window: Window;
}

const MOST_WAITS = 30;
const MOST_SQL = 10;
const MOST_BLOCKERS = 6;
/** Longer stretches are not looked at second by second. */
const MOST_FINE_MS = 6 * 3_600_000;

const BLOCK_BYTES = 8192;
const CALLS = 'pg_stat_statements.calls';
const EXECUTION_MS = 'pg_stat_statements.total_exec_time';
const TEMP_BLOCKS = 'pg_stat_statements.temp_blks_written';
/** Where only sums matter: the longest period, which gives the fewest points. */
export const ONE_PERIOD: PeriodSeconds = 86_400;

/** The load of a window over time, as an analysis wants it. */
export async function loadOverTime(question: Question, periodSeconds: PeriodSeconds) {
  const series = (groupBy: Dimension, limit: number, activity: Activity = 'active'): Promise<LoadSeries> =>
    question.gate.run(() =>
      question.history.series({ ...of(question), periodSeconds, groupBy, limit, activity }),
    );
  const [waits, sessionTypes, sql, idleInTransaction] = await Promise.all([
    series('db.wait_event', MOST_WAITS),
    series('db.session_type', MOST_SQL),
    series('db.sql_tokenized', MOST_SQL),
    series('db.sql_tokenized', MOST_SQL, 'idle in transaction'),
  ]);
  return {
    atMs: waits.atMs,
    coveredMs: waits.coveredMs,
    waits: waits.series,
    sessionTypes: sessionTypes.series,
    sql: named(sql.series),
    idleInTransaction: named(idleInTransaction.series),
  };
}

/** The most loaded statements, with what they did in the time before. */
export async function topStatements(
  question: Question,
  before: Question | null,
): Promise<readonly SqlLoad[]> {
  const found = await top(question, { groupBy: 'db.sql_tokenized', partitionBy: 'db.wait_event' });
  const ids = found.rows.map(({ key }) => key).filter((key) => key !== '');
  if (ids.length === 0) return [];
  const [statistics, earlier, earlierStatistics] = await Promise.all([
    statisticsOf(question, ids, found.coveredMs),
    before && top(before, { groupBy: 'db.sql_tokenized', filter: { 'db.sql_tokenized': ids } }),
    before && statisticsOf(before, ids, null),
  ]);
  const earlierAas = new Map(earlier?.rows.map(({ key, aas }) => [key, aas]) ?? []);
  return found.rows
    .filter(({ key }) => key !== '')
    .map(({ key, aas, partitions }) => ({
      id: key,
      aas,
      waits: partitions,
      statistics: statistics.get(key) ?? null,
      before:
        earlier === null
          ? null
          : { aas: earlierAas.get(key) ?? 0, statistics: earlierStatistics?.get(key) ?? null },
    }));
}

/** Who held locks, who waited for them, and for what. */
export async function blockersOf(
  question: Question,
  periodSeconds: PeriodSeconds,
): Promise<readonly Blocker[]> {
  const groupBy = 'db.blocking_session';
  const found = await question.gate.run(() =>
    // One of the rows is of those that nobody blocked.
    question.history.series({ ...of(question), periodSeconds, groupBy, limit: MOST_BLOCKERS + 1 }),
  );
  const blocked = named(found.series).slice(0, MOST_BLOCKERS);
  if (blocked.length === 0) return [];
  const filter = { [groupBy]: blocked.map(({ key }) => key) };
  const by = async (partitionBy: Dimension) => {
    const { rows } = await top(question, { groupBy, partitionBy, filter });
    return new Map(rows.map((row) => [row.key, row.partitions]));
  };
  const coarse: Waiting = { atMs: found.atMs, periodSeconds, series: blocked };
  const [fine, waits, blockingSql, waitingSql] = await Promise.all([
    waitingBySecond(question, coarse, filter),
    by('db.wait_event'),
    by('db.blocking_sql'),
    by('db.sql_tokenized'),
  ]);
  return blocked.map(({ key, aas }) => ({
    session: key,
    waiting: aas,
    ...(extentOf(key, fine) ?? extentOf(key, coarse) ?? { mostWaiting: 0, blocked: question.window }),
    sqlId: blockingSql.get(key)?.[0]?.key ?? '',
    waits: waits.get(key) ?? [],
    waitingSql: waitingSql.get(key) ?? [],
  }));
}

interface Waiting {
  readonly atMs: readonly number[];
  readonly periodSeconds: PeriodSeconds;
  readonly series: readonly KeyedSeries[];
}

/** A pile-up is a matter of seconds, which means over minutes would hide. */
async function waitingBySecond(
  question: Question,
  coarse: Waiting,
  filter: DimensionFilter,
): Promise<Waiting> {
  const extents = coarse.series.flatMap(({ key }) => extentOf(key, coarse)?.blocked ?? []);
  const fromMs = Math.max(question.window.fromMs, Math.min(...extents.map((extent) => extent.fromMs)));
  const toMs = Math.min(question.window.toMs, Math.max(...extents.map((extent) => extent.toMs)));
  if (coarse.periodSeconds === 1 || !(toMs - fromMs <= MOST_FINE_MS)) return coarse;
  const { atMs, series } = await question.gate.run(() =>
    question.history.series({
      target: question.target,
      fromMs,
      toMs,
      periodSeconds: 1,
      groupBy: 'db.blocking_session',
      filter,
      limit: MOST_BLOCKERS,
    }),
  );
  return { atMs, periodSeconds: 1, series };
}

/** Null where nobody waited for it. */
export function extentOf(key: string, { atMs, periodSeconds, series }: Waiting) {
  const aas = series.find((one) => one.key === key)?.aas ?? [];
  const waited = [...aas.keys()].filter((index) => (aas[index] ?? 0) > 0);
  const [first, last] = [atMs[waited[0] ?? -1], atMs[waited.at(-1) ?? -1]];
  if (first === undefined || last === undefined) return null;
  const mostWaiting = waited.reduce((most, index) => Math.max(most, aas[index] ?? 0), 0);
  return { mostWaiting, blocked: { fromMs: first, toMs: last + periodSeconds * 1000 } };
}

/** Whose sessions ran these statements. */
export async function ownersOf(
  question: Question,
  ids: readonly string[],
  activity: Activity,
): Promise<readonly SqlOwners[]> {
  if (ids.length === 0) return [];
  const filter = { 'db.sql_tokenized': ids };
  const by = async (partitionBy: Dimension): Promise<ReadonlyMap<string, readonly KeyedLoad[]>> => {
    const found = await top(question, { groupBy: 'db.sql_tokenized', partitionBy, filter, activity });
    return new Map(found.rows.map((row) => [row.key, row.partitions]));
  };
  const [users, applications] = await Promise.all([by('db.user'), by('db.application')]);
  return ids.map((sqlId) => ({
    sqlId,
    users: users.get(sqlId) ?? [],
    applications: applications.get(sqlId) ?? [],
  }));
}

/** The load of the time before, by what it waited for. */
export async function loadBefore(question: Question) {
  const { coveredMs, totalAas, rows } = await top(question, { groupBy: 'db.wait_event', limit: MOST_WAITS });
  return { coveredMs, aas: totalAas, waits: rows.map(({ key, aas }) => ({ key, aas })) };
}

interface TopSelection {
  readonly groupBy: Dimension;
  readonly partitionBy?: Dimension;
  readonly filter?: DimensionFilter;
  readonly activity?: Activity;
  readonly limit?: number;
}

async function top(question: Question, selection: TopSelection): Promise<TopResult> {
  return await question.gate.run(() =>
    question.history.top({ ...of(question), limit: MOST_SQL, ...selection }),
  );
}

function of({ target, window }: Question) {
  return { target, ...window };
}

/** Without those that have no value, and without what a limit left out. */
function named(series: LoadSeries['series']): readonly KeyedSeries[] {
  return series.filter(({ key }) => key !== '' && key !== OTHER);
}

/** Rates are over the covered time; where that is not known, over the time in which anything was counted. */
async function statisticsOf(
  { history, gate, target, window }: Question,
  ids: readonly string[],
  coveredMs: number | null,
): Promise<ReadonlyMap<string, SqlStatistics>> {
  const metrics = [CALLS, EXECUTION_MS, TEMP_BLOCKS];
  const series = await gate.run(() =>
    history.counterSeries({ target, ...window, periodSeconds: ONE_PERIOD, metrics, keys: ids }),
  );
  const growth = new Map(
    series.map(({ metric, key, points }) => [
      `${metric} ${key}`,
      points.reduce((sum, { value }) => sum + (value ?? 0), 0),
    ]),
  );
  const seconds = (coveredMs ?? window.toMs - window.fromMs) / 1000;
  return new Map(
    ids.flatMap((id): [string, SqlStatistics][] => {
      const calls = growth.get(`${CALLS} ${id}`);
      if (calls === undefined) return [];
      const executionMs = growth.get(`${EXECUTION_MS} ${id}`);
      return [
        [
          id,
          {
            callsPerSecond: seconds > 0 ? calls / seconds : 0,
            meanMs: executionMs === undefined || calls === 0 ? null : executionMs / calls,
            tempBytes: (growth.get(`${TEMP_BLOCKS} ${id}`) ?? 0) * BLOCK_BYTES,
          },
        ],
      ];
    }),
  );
}
