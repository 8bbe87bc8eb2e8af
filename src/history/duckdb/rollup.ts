import type { Session } from './database.ts';
import { HOUR_MS, HOURS_PER_DAY } from './day.ts';
import { quotient } from './dialect.ts';
import { type DayContents, hoursToRollUp } from './plan.ts';

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
    if (isDayComplete) await rollUpDay(session, catalog);
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
  const hour = `${quotient('at_ms', HOUR_MS)} * ${HOUR_MS}`;
  await session.run(
    `INSERT INTO ${catalog}.sample_hour
     SELECT target, ${hour} AS hour_ms, tuple, SUM(active_ms) FROM ${catalog}.sample
     WHERE at_ms >= ? AND at_ms < ? GROUP BY target, hour_ms, tuple ORDER BY target, hour_ms, tuple`,
    [fromMs, toMs],
  );
  await session.run(
    `INSERT INTO ${catalog}.tick_hour
     SELECT target, ${hour} AS hour_ms, SUM(covered_us) FROM ${catalog}.tick
     WHERE at_ms >= ? AND at_ms < ? GROUP BY target, hour_ms ORDER BY target, hour_ms`,
    [fromMs, toMs],
  );
  const [[hours]] = (await session.columns(
    `SELECT COUNT(DISTINCT at_ms) FROM ${catalog}.tick_hour WHERE at_ms >= ? AND at_ms < ?`,
    [fromMs, toMs],
  )) as [[bigint]];
  return Number(hours);
}

async function rollUpDay(session: Session, catalog: string): Promise<void> {
  await session.run(
    `INSERT INTO ${catalog}.sample_day SELECT target, 0, tuple, SUM(active_ms) FROM ${catalog}.sample_hour
     GROUP BY target, tuple ORDER BY target, tuple`,
  );
  await session.run(
    `INSERT INTO ${catalog}.tick_day SELECT target, 0, SUM(covered_us) FROM ${catalog}.tick_hour
     GROUP BY target ORDER BY target`,
  );
}
