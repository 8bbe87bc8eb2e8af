import type { Session } from './database.ts';
import { DAY_MS, HOUR_MS, HOURS_PER_DAY } from './day.ts';
import { quotient } from './dialect.ts';
import { type DayContents, hoursToRollUp } from './plan.ts';
import { LOAD_TABLES, TICK_TABLES, TUPLE_COLUMNS } from './schema.ts';

/**
 * Sums up the hours that are over, and the day once all its hours are, in one transaction. Rollups keep whole tuples.
 * Returns the hours done (24 for the day).
 */
export async function rollUp(
  session: Session,
  catalog: string,
  day: DayContents,
  nowMs: number,
): Promise<{ readonly hoursWithTicks: number; readonly rolledHours: readonly number[] }> {
  const stretches = hoursToRollUp(day, nowMs);
  const rolledHours = stretches.flatMap(({ fromHour, toHour }) =>
    Array.from({ length: toHour - fromHour }, (_, index) => fromHour + index),
  );
  if (rolledHours.length === 0) return { hoursWithTicks: 0, rolledHours };
  const isDayComplete = day.rolledHours.size + rolledHours.length === HOURS_PER_DAY;
  if (isDayComplete) rolledHours.push(HOURS_PER_DAY);
  let hoursWithTicks = 0;
  await session.transaction(async () => {
    for (const { fromHour, toHour } of stretches)
      hoursWithTicks += await rollUpHours(session, catalog, fromHour * HOUR_MS, toHour * HOUR_MS);
    if (isDayComplete) await sumUp(session, catalog, 'day', DAY_MS, 0, DAY_MS);
    await session.append(catalog, 'rolled', [rolledHours]);
  });
  return { hoursWithTicks, rolledHours };
}

/** Late ticks make the rollups of their hours wrong, and that of the day. */
export async function undoRollups(
  session: Session,
  catalog: string,
  hours: readonly number[],
): Promise<void> {
  for (const hour of hours) {
    await session.run(`DELETE FROM ${catalog}.sample_hour WHERE at_ms = ?`, [hour * HOUR_MS]);
    await session.run(`DELETE FROM ${catalog}.tick_hour WHERE at_ms = ?`, [hour * HOUR_MS]);
    await session.run(`DELETE FROM ${catalog}.rolled WHERE hour = ?`, [hour]);
  }
  await session.run(`DELETE FROM ${catalog}.rolled WHERE hour = ?`, [HOURS_PER_DAY]);
  await session.run(`DELETE FROM ${catalog}.sample_day`);
  await session.run(`DELETE FROM ${catalog}.tick_day`);
}

async function rollUpHours(session: Session, catalog: string, fromMs: number, toMs: number): Promise<number> {
  await sumUp(session, catalog, 'hour', HOUR_MS, fromMs, toMs);
  const [[hours]] = (await session.columns(
    `SELECT COUNT(DISTINCT at_ms) FROM ${catalog}.tick_hour WHERE at_ms >= ? AND at_ms < ?`,
    [fromMs, toMs],
  )) as [[bigint]];
  return Number(hours);
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
  const start = `${quotient('at_ms', levelMs)} * ${levelMs}`;
  const tuple = TUPLE_COLUMNS.map((name) => `t.${name}`).join(', ');
  await session.run(
    `INSERT INTO ${catalog}.${LOAD_TABLES[level]}
     SELECT s.target, s.start_ms, ${tuple}, s.active_ms
     FROM (SELECT target, ${start} AS start_ms, tuple, SUM(active_ms) AS active_ms FROM ${catalog}.sample
       WHERE at_ms >= ? AND at_ms < ? GROUP BY target, start_ms, tuple) AS s
     JOIN ${catalog}.tuple AS t ON t.id = s.tuple
     ORDER BY s.target, s.start_ms, t.activity, t.wait_event, t.sql_tokenized, t.host`,
    [fromMs, toMs],
  );
  await session.run(
    `INSERT INTO ${catalog}.${TICK_TABLES[level]}
     SELECT target, ${start} AS start_ms, SUM(covered_us) FROM ${catalog}.tick
     WHERE at_ms >= ? AND at_ms < ? GROUP BY target, start_ms ORDER BY target, start_ms`,
    [fromMs, toMs],
  );
}
