import { ACTIVITIES, type Dimension, DIMENSIONS } from '../../load/model.ts';
import type { LoadQuery } from '../history.ts';
import type { Parameter } from './database.ts';
import { DAY_MS } from './day.ts';
import { integer, placeholders, quotient } from './dialect.ts';
import type { Level, Segment } from './plan.ts';
import { DIMENSION_COLUMNS, LOAD_TABLES, TICK_TABLES } from './schema.ts';

/*
 * Statements about the load of one day. They sum up with the small numbers that the day's file has for texts; texts come
 * in at the end. What a user says is always a parameter. Our own numbers stand in the text: with parameters DuckDB plans
 * every statement twice, which took half of the time.
 */

/** What is read of one day: segments of its file, which knows the target by a number. */
export interface DaySource {
  readonly dayMs: number;
  readonly catalog: string;
  readonly targetId: number;
  readonly segments: readonly Segment[];
  /** The one that segments of five minutes are read by; the only one that the question names, if it names any. */
  readonly dimension: Dimension;
  /** How many texts the file has at most. */
  readonly valueCount: number;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** Periods are numbered from the first one of the window; null for one figure over all (number 0). */
export type Periods = { readonly firstMs: number; readonly periodMs: number } | null;

export interface Breakdown {
  readonly periods: Periods;
  readonly groupBy?: Dimension | undefined;
  readonly partitionBy?: Dimension | undefined;
  /** Numbers that this file has for the keys of interest, each with the key's place in the answer; or all keys. */
  readonly places: ReadonlyMap<number, number> | 'all';
  /** Whether other keys are summed up as place -1, or left out. */
  readonly others: 'sum' | 'drop';
}

type Filter = Pick<LoadQuery, 'activity' | 'filter'>;

/** Active milliseconds by key; columns `active_ms, key, id`: the key's text, and its number in this file. */
export function totalsStatement(day: DaySource, filter: Filter, groupBy: Dimension): Statement {
  const rows = rowsStatement(day, filter, [`t.${DIMENSION_COLUMNS[groupBy]} AS key_id`]);
  return {
    sql: `SELECT CAST(g.active_ms AS DOUBLE) AS active_ms, k.text AS key, g.key_id AS id
      FROM (SELECT key_id, SUM(active_ms) AS active_ms FROM (${rows.sql}) AS s GROUP BY key_id) AS g
      JOIN ${day.catalog}.value AS k ON k.id = g.key_id`,
    parameters: rows.parameters,
  };
}

/**
 * Active milliseconds by period, place and partition; columns `active_ms, period, place` and, with a partition, `part`.
 * Where all keys are of interest, their number in this file stands for the place.
 */
export function breakdownStatement(day: DaySource, filter: Filter, breakdown: Breakdown): Statement {
  const { periods, groupBy, partitionBy, places, others } = breakdown;
  const key = groupBy === undefined ? '0' : `t.${DIMENSION_COLUMNS[groupBy]}`;
  const hasPart = partitionBy !== undefined;
  const columns = [
    `${places === 'all' ? key : placeOf(key, places)} AS place`,
    ...(hasPart ? [`t.${DIMENSION_COLUMNS[partitionBy]} AS part_id`] : []),
  ];
  const isDropping = places !== 'all' && others === 'drop';
  const rows = rowsStatement(
    day,
    filter,
    columns,
    isDropping ? [`${key} IN (${numbers([...places.keys()])})`] : [],
  );
  return {
    sql: `SELECT CAST(g.active_ms AS DOUBLE) AS active_ms, g.period, g.place ${hasPart ? ', p.text AS part' : ''}
      FROM (SELECT ${periodOf(day, periods)} AS period, place ${hasPart ? ', part_id' : ''}, SUM(active_ms) AS active_ms
        FROM (${rows.sql}) AS s GROUP BY period, place ${hasPart ? ', part_id' : ''}) AS g
      ${hasPart ? `JOIN ${day.catalog}.value AS p ON p.id = g.part_id` : ''}`,
    parameters: rows.parameters,
  };
}

/** Texts of all numbers of one day; columns `id, text`. */
export function textsStatement({ catalog }: DaySource): Statement {
  return { sql: `SELECT id, text FROM ${catalog}.value`, parameters: [] };
}

/** Covered microseconds by period; columns `covered_us, period`. */
export function coverStatement(day: DaySource, periods: Periods): Statement {
  return {
    sql: `SELECT CAST(SUM(s.covered_us) AS DOUBLE) AS covered_us, ${periodOf(day, periods)} AS period
      FROM (${ticksOf(day)}) AS s GROUP BY period`,
    parameters: [],
  };
}

/** Periods never cross midnight, so the number of a row's period is that of its day's first plus a quotient. */
export function periodOf({ dayMs }: Pick<DaySource, 'dayMs'>, periods: Periods): string {
  if (periods === null) return '0';
  const first = integer((dayMs - periods.firstMs) / periods.periodMs);
  return `${first} + ${quotient('s.at_ms', periods.periodMs)}`;
}

/** The rows of all segments that pass the filter: `at_ms, active_ms` and these columns of the tuple, table alias `t`. */
function rowsStatement(
  day: DaySource,
  { activity = 'active', filter = {} }: Filter,
  columns: readonly string[],
  conditions: readonly string[] = [],
): Statement {
  const filters = Object.entries(filter).map(([dimension, texts]) => ({
    condition: isOneOf(day.catalog, `t.${DIMENSION_COLUMNS[dimension as Dimension]}`, texts.length),
    texts,
  }));
  const all = [
    `t.activity = ${integer(ACTIVITIES.indexOf(activity))}`,
    ...conditions,
    ...filters.map(({ condition }) => condition),
  ].join(' AND ');
  const parts = day.segments.map((segment) => {
    const table = loadTable(day, segment.level);
    if (segment.level !== 'raw')
      return `SELECT t.at_ms, t.active_ms, ${columns.join(', ')} FROM ${table} AS t
        WHERE ${within('t', day, segment)} AND ${all}`;
    // The tuples are far fewer than the samples: what can be decided by them is decided before the join.
    return `SELECT s.at_ms, s.active_ms, ${columns.map(nameOf).join(', ')} FROM ${table} AS s
      JOIN (SELECT t.id, ${columns.join(', ')} FROM ${day.catalog}.tuple AS t WHERE ${all}) AS t ON t.id = s.tuple
      WHERE ${within('s', day, segment)}`;
  });
  return {
    sql: parts.join(' UNION ALL '),
    parameters: day.segments.flatMap(() => filters.flatMap(({ texts }) => texts)),
  };
}

/** Five minutes of one dimension look like a table that has no other. */
function loadTable({ catalog, dimension }: DaySource, level: Level): string {
  const table = `${catalog}.${LOAD_TABLES[level]}`;
  if (level !== 'five') return table;
  return `(SELECT target, at_ms, activity, value AS ${DIMENSION_COLUMNS[dimension]}, active_ms FROM ${table}
    WHERE dimension = ${integer(DIMENSIONS.indexOf(dimension))})`;
}

/** `place`, of the column `t.wait_event AS place`. */
function nameOf(column: string): string {
  return column.slice(column.lastIndexOf(' AS ') + 4);
}

function isOneOf(catalog: string, column: string, textCount: number): string {
  if (textCount === 0) return 'FALSE';
  return `${column} IN (SELECT id FROM ${catalog}.value WHERE text IN (${placeholders(textCount)}))`;
}

/** A narrow type makes grouping cheaper; more than 127 places are more than a chart shows, but may be. */
function placeOf(column: string, places: ReadonlyMap<number, number>): string {
  const cases = [...places].map(([id, place]) => `WHEN ${integer(id)} THEN ${integer(place)}`).join(' ');
  const type = Math.max(-1, ...places.values()) <= 127 ? 'TINYINT' : 'INTEGER';
  return `CAST(${cases === '' ? '-1' : `CASE ${column} ${cases} ELSE -1 END`} AS ${type})`;
}

function numbers(values: readonly number[]): string {
  return values.length === 0 ? 'NULL' : values.map((value) => integer(value)).join(', ');
}

function ticksOf(day: DaySource): string {
  return day.segments
    .map((segment) => {
      const table = `${day.catalog}.${TICK_TABLES[segment.level]}`;
      return `SELECT t.at_ms, t.covered_us FROM ${table} AS t WHERE ${within('t', day, segment)}`;
    })
    .join(' UNION ALL ');
}

/** The target's rows of the segment. */
function within(alias: string, { targetId }: DaySource, { fromMs, toMs }: Segment): string {
  const ofTarget = `${alias}.target = ${integer(targetId)}`;
  if (fromMs === 0 && toMs === DAY_MS) return ofTarget;
  return `${ofTarget} AND ${alias}.at_ms >= ${integer(fromMs)} AND ${alias}.at_ms < ${integer(toMs)}`;
}
