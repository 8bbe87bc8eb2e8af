import { ACTIVITIES, type Dimension } from '../../load/model.ts';
import type { LoadQuery } from '../history.ts';
import type { Parameter } from './database.ts';
import { DAY_MS } from './day.ts';
import { integer, placeholders, quotient } from './dialect.ts';
import type { Segment } from './plan.ts';
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
  const tuples = tupleStatement(day, filter, [`t.${DIMENSION_COLUMNS[groupBy]} AS key_id`]);
  return {
    sql: `SELECT CAST(g.active_ms AS DOUBLE) AS active_ms, k.text AS key, g.key_id AS id
      FROM (SELECT t.key_id AS key_id, SUM(s.active_ms) AS active_ms
        FROM (${rowsOf(day, LOAD_TABLES, 'tuple, active_ms')}) AS s JOIN (${tuples.sql}) AS t ON t.id = s.tuple
        GROUP BY t.key_id) AS g
      JOIN ${day.catalog}.value AS k ON k.id = g.key_id`,
    parameters: tuples.parameters,
  };
}

/**
 * Active milliseconds by period, place and partition; columns `active_ms, period, place` and, with a partition, `part`.
 * Where all keys are of interest, their number in this file stands for the place.
 */
export function breakdownStatement(day: DaySource, filter: Filter, breakdown: Breakdown): Statement {
  const { periods, groupBy, partitionBy, places, others } = breakdown;
  const key = groupBy === undefined ? null : `t.${DIMENSION_COLUMNS[groupBy]}`;
  const isDropping = key !== null && places !== 'all' && others === 'drop';
  const isOfInterest = isDropping ? [`${key} IN (${numbers([...places.keys()])})`] : [];
  const tuples = tupleStatement(
    day,
    filter,
    [
      `${key === null ? '0' : places === 'all' ? key : placeOf(key, places)} AS place`,
      ...(partitionBy === undefined ? [] : [`t.${DIMENSION_COLUMNS[partitionBy]} AS part_id`]),
    ],
    isOfInterest,
  );
  const hasPart = partitionBy !== undefined;
  return {
    sql: `SELECT CAST(g.active_ms AS DOUBLE) AS active_ms, g.period, g.place ${hasPart ? ', p.text AS part' : ''}
      FROM (SELECT ${periodOf(day, periods)} AS period, t.place AS place ${hasPart ? ', t.part_id AS part_id' : ''},
          SUM(s.active_ms) AS active_ms
        FROM (${rowsOf(day, LOAD_TABLES, 'at_ms, tuple, active_ms')}) AS s JOIN (${tuples.sql}) AS t ON t.id = s.tuple
        GROUP BY period, t.place ${hasPart ? ', t.part_id' : ''}) AS g
      ${hasPart ? `JOIN ${day.catalog}.value AS p ON p.id = g.part_id` : ''}`,
    parameters: tuples.parameters,
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
      FROM (${rowsOf(day, TICK_TABLES, 'at_ms, covered_us')}) AS s GROUP BY period`,
    parameters: [],
  };
}

/** Periods never cross midnight, so the number of a row's period is that of its day's first plus a quotient. */
export function periodOf({ dayMs }: Pick<DaySource, 'dayMs'>, periods: Periods): string {
  if (periods === null) return '0';
  const first = integer((dayMs - periods.firstMs) / periods.periodMs);
  return `${first} + ${quotient('s.at_ms', periods.periodMs)}`;
}

/** The tuples that pass the filter, with what they are grouped by. */
function tupleStatement(
  { catalog }: DaySource,
  { activity = 'active', filter = {} }: Filter,
  columns: readonly string[],
  conditions: readonly string[] = [],
): Statement {
  const filters = Object.entries(filter).map(([dimension, texts]) => ({
    condition: isOneOf(catalog, `t.${DIMENSION_COLUMNS[dimension as Dimension]}`, texts.length),
    texts,
  }));
  const all = [
    `t.activity = ${integer(ACTIVITIES.indexOf(activity))}`,
    ...conditions,
    ...filters.map(({ condition }) => condition),
  ];
  return {
    sql: `SELECT ${['t.id AS id', ...columns].join(', ')} FROM ${catalog}.tuple AS t WHERE ${all.join(' AND ')}`,
    parameters: filters.flatMap(({ texts }) => texts),
  };
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

/** The target's rows of all segments of the day. */
function rowsOf(day: DaySource, tables: Readonly<Record<Segment['level'], string>>, columns: string): string {
  return day.segments
    .map(({ level, fromMs, toMs }) => {
      const isWhole = fromMs === 0 && toMs === DAY_MS;
      const within = isWhole ? '' : ` AND at_ms >= ${integer(fromMs)} AND at_ms < ${integer(toMs)}`;
      return `SELECT ${columns} FROM ${day.catalog}.${tables[level]} WHERE target = ${integer(day.targetId)}${within}`;
    })
    .join(' UNION ALL ');
}
