import { OUTCOMES } from '../load/plan.ts';
import type { LoadResult } from '../load/plan.ts';

/**
 * Mean number of sessions that were active between two times, exact from the records of the requests: those that were
 * due and not ended, but no more than there are connections.
 */
export function activeSessions(
  result: LoadResult,
  fromMs: number,
  toMs: number,
  connections: number,
): number {
  const ends = result.dueMs
    .map((dueMs, index) =>
      OUTCOMES[result.outcomes[index] ?? 0] === 'unfinished'
        ? Number.POSITIVE_INFINITY
        : dueMs + (result.latencyMs[index] ?? 0),
    )
    .sort();
  let [due, ended, sum, atMs] = [0, 0, 0, 0];
  while (atMs < toMs) {
    const nextDueMs = result.dueMs[due] ?? Number.POSITIVE_INFINITY;
    const nextEndMs = ends[ended] ?? Number.POSITIVE_INFINITY;
    const untilMs = Math.min(nextDueMs, nextEndMs, toMs);
    if (untilMs > fromMs) sum += Math.min(connections, due - ended) * (untilMs - Math.max(fromMs, atMs));
    atMs = untilMs;
    if (nextEndMs <= nextDueMs && nextEndMs === untilMs) ended++;
    else if (nextDueMs === untilMs) due++;
  }
  return sum / (toMs - fromMs);
}
