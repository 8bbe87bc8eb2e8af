import { DIMENSIONS } from '../../load/model.ts';
import type { Session } from './database.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS, HOURS_PER_DAY } from './day.ts';
import { integer, quotient } from './dialect.ts';
import { type DayContents, type RollupPlan, stretchesOf } from './plan.ts';
import {
  createMissing,
  DIMENSION_COLUMNS,
  FIVE_TABLES,
  LOAD_TABLES,
  TICK_TABLES,
  TUPLE_COLUMNS,
} from './schema.ts';

export interface RollupsDone {
  readonly hoursWithTicks: number;
  /** 24 for the day. */
  readonly rolledHours: readonly number[];
  readonly rolledFives: readonly number[];
}

/** Sums up what is planned, and the day once all its hours are, in one transaction. */
export async function rollUp(
  session: Session,
  catalog: string,
  day: DayContents,
  { hours, fives }: RollupPlan,
): Promise<RollupsDone> {
  const isDayComplete = hours.length > 0 && day.rolledHours.size + hours.length === HOURS_PER_DAY;
  const rolledHours = isDayComplete ? [...hours, HOURS_PER_DAY] : hours;
  let hoursWithTicks = 0;
  if (hours.length + fives.length > 0)
    await session.transaction(async () => {
      for (const { fromHour, toHour } of stretchesOf(hours))
        hoursWithTicks += await rollUpHours(session, catalog, fromHour * HOUR_MS, toHour * HOUR_MS);
      if (isDayComplete) await sumUp(session, catalog, 'day', DAY_MS, 0, DAY_MS);
      await session.append(catalog, 'rolled', [rolledHours]);
      await rollUpFives(session, catalog, fives);
    });
  return { hoursWithTicks, rolledHours, rolledFives: fives };
}

/** Late ticks make the rollups of their hours wrong, and that of the day. */
export async function undoRollups(
  session: Session,
  catalog: string,
  day: DayContents,
  hours: readonly number[],
): Promise<void> {
  for (const hour of hours) {
    await session.run(`DELETE FROM ${catalog}.sample_hour WHERE at_ms = ?`, [hour * HOUR_MS]);
    await session.run(`DELETE FROM ${catalog}.tick_hour WHERE at_ms = ?`, [hour * HOUR_MS]);
    await session.run(`DELETE FROM ${catalog}.rolled WHERE hour = ?`, [hour]);
    if (day.rolledFives.has(hour)) await undoFives(session, catalog, hour);
  }
  await session.run(`DELETE FROM ${catalog}.rolled WHERE hour = ?`, [HOURS_PER_DAY]);
  await session.run(`DELETE FROM ${catalog}.sample_day`);
  await session.run(`DELETE FROM ${catalog}.tick_day`);
}

async function undoFives(session: Session, catalog: string, hour: number): Promise<void> {
  const bounds = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
  for (const table of [LOAD_TABLES.five, TICK_TABLES.five])
    await session.run(`DELETE FROM ${catalog}.${table} WHERE at_ms >= ? AND at_ms < ?`, bounds);
  await session.run(`DELETE FROM ${catalog}.rolled_five WHERE hour = ?`, [hour]);
}

async function rollUpHours(session: Session, catalog: string, fromMs: number, toMs: number): Promise<number> {
  await sumUp(session, catalog, 'hour', HOUR_MS, fromMs, toMs);
  const [[hours]] = (await session.columns(
    `SELECT COUNT(DISTINCT at_ms) FROM ${catalog}.tick_hour WHERE at_ms >= ? AND at_ms < ?`,
    [fromMs, toMs],
  )) as [[bigint]];
  return Number(hours);
}

/** A file of an earlier version gets the tables now: opening it must not need room on the disk. */
async function rollUpFives(session: Session, catalog: string, hours: readonly number[]): Promise<void> {
  if (hours.length === 0) return;
  for (const statement of createMissing(catalog, FIVE_TABLES)) await session.run(statement);
  for (const { fromHour, toHour } of stretchesOf(hours))
    await sumUpByDimension(session, catalog, fromHour * HOUR_MS, toHour * HOUR_MS);
  await session.append(catalog, 'rolled_five', [hours]);
}

/** Sums up first by the number of the tuple, which is quick, and sorts so that columns compress well. */
async function sumUp(
  session: Session,
  catalog: string,
  level: 'hour' | 'day',
  levelMs: number,
  fromMs: number,
  toMs: number,
): Promise<void> {
  await session.run(
    `INSERT INTO ${catalog}.${LOAD_TABLES[level]}
     ${sumsByTuple(catalog, levelMs)}
     ORDER BY s.target, s.start_ms, t.activity, t.wait_event, t.sql_tokenized, t.host`,
    [fromMs, toMs],
  );
  await sumUpTicks(session, catalog, level, levelMs, fromMs, toMs);
}

/** Rows of a dimension lie together, since a question reads one of them. */
async function sumUpByDimension(
  session: Session,
  catalog: string,
  fromMs: number,
  toMs: number,
): Promise<void> {
  const sums = DIMENSIONS.map(
    (name, place) =>
      `SELECT target, start_ms, activity, CAST(${integer(place)} AS TINYINT) AS dimension,
         ${DIMENSION_COLUMNS[name]} AS value, SUM(active_ms) AS active_ms
       FROM whole GROUP BY target, start_ms, activity, ${DIMENSION_COLUMNS[name]}`,
  );
  await session.run(
    `INSERT INTO ${catalog}.${LOAD_TABLES.five}
     WITH whole AS MATERIALIZED (${sumsByTuple(catalog, FIVE_MINUTES_MS)})
     SELECT target, start_ms, activity, dimension, value, active_ms FROM (${sums.join(' UNION ALL ')}) AS s
     ORDER BY target, dimension, activity, start_ms, value`,
    [fromMs, toMs],
  );
  await sumUpTicks(session, catalog, 'five', FIVE_MINUTES_MS, fromMs, toMs);
}

/** Whole tuples with their load; two parameters bound the time. */
function sumsByTuple(catalog: string, levelMs: number): string {
  return `SELECT s.target, s.start_ms, ${TUPLE_COLUMNS.map((name) => `t.${name}`).join(', ')}, s.active_ms
     FROM (SELECT target, ${startOf(levelMs)} AS start_ms, tuple, SUM(active_ms) AS active_ms FROM ${catalog}.sample
       WHERE at_ms >= ? AND at_ms < ? GROUP BY target, start_ms, tuple) AS s
     JOIN ${catalog}.tuple AS t ON t.id = s.tuple`;
}

async function sumUpTicks(
  session: Session,
  catalog: string,
  level: 'five' | 'hour' | 'day',
  levelMs: number,
  fromMs: number,
  toMs: number,
): Promise<void> {
  await session.run(
    `INSERT INTO ${catalog}.${TICK_TABLES[level]}
     SELECT target, ${startOf(levelMs)} AS start_ms, SUM(covered_us) FROM ${catalog}.tick
     WHERE at_ms >= ? AND at_ms < ? GROUP BY target, start_ms ORDER BY target, start_ms`,
    [fromMs, toMs],
  );
}

function startOf(levelMs: number): string {
  return `${quotient('at_ms', levelMs)} * ${levelMs}`;
}
