import type { PauseQuery, PausedStretch } from '../history.ts';
import { joinPauses, ROUNDING_MS, type PausedPart } from '../pauses.ts';
import type { Session } from './database.ts';
import { boundsIn, daysOf } from './days-of-window.ts';
import type { DayFile } from './day-file.ts';
import { PAUSED } from './encode.ts';

/** Paused ticks as stretches. Days without any cost next to nothing, since the column `state` says so of whole blocks. */
export async function readPauses(
  session: Session,
  days: readonly DayFile[],
  query: PauseQuery,
): Promise<PausedStretch[]> {
  const parts: PausedPart[] = [];
  for (const day of daysOf(days, query)) parts.push(...(await partsOf(session, day, query)));
  return joinPauses(query, parts);
}

/** Only the first tick of each stretch is fetched, with the end of the stretch before it; and the day's last end. */
async function partsOf(
  session: Session,
  { dayMs, catalog, targetIds }: DayFile,
  query: PauseQuery,
): Promise<PausedPart[]> {
  const [fromUs, coveredUs, previousUs, lastUs] = (await session.columns(
    `SELECT CAST(to_us - covered_us AS DOUBLE), CAST(covered_us AS DOUBLE), CAST(previous_us AS DOUBLE),
       CAST(last_us AS DOUBLE)
     FROM (
       SELECT to_us, covered_us, LAG(to_us) OVER (ORDER BY to_us) AS previous_us, MAX(to_us) OVER () AS last_us
       FROM (
         SELECT CAST(at_ms AS BIGINT) * 1000 AS to_us, covered_us FROM ${catalog}.tick
         WHERE state = ${PAUSED} AND target = ? AND at_ms >= ? AND at_ms < ?))
     WHERE previous_us IS NULL OR to_us - 2 * covered_us - ${ROUNDING_MS * 1000} > previous_us
     ORDER BY to_us`,
    [targetIds.get(query.target)!, ...boundsIn(dayMs, query)],
  )) as [number[], number[], (number | null)[], number[]];
  return fromUs.map((us, row) => ({
    fromMs: dayMs + us / 1000,
    toMs: dayMs + (previousUs[row + 1] ?? lastUs[row]!) / 1000,
    breakMs: coveredUs[row]! / 1000,
  }));
}
