import { meanCost } from '../load/arrivals.ts';
import type { BenchDatabase } from '../load/database.ts';
import { WORK_KINDS } from '../load/arrivals.ts';
import type { Generator } from '../load/generator.ts';
import { accountBetween } from '../load/group-figures.ts';
import type { LoadResult } from '../load/plan.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import { MIX } from './loads.ts';

const TRIAL_MS = 8_000;
const UTILISATION = 0.5;

/**
 * What work costs by the account over what calibration says, between two times since the start of a load. The same work
 * costs more while other processors work, too, and more behind a small limit than without one.
 */
export function costFactor(
  database: BenchDatabase,
  result: LoadResult,
  fromMs = 0,
  toMs = result.endAtMs - result.startAtMs,
): number {
  const { costMs } = database.calibration;
  const expectedMs = result.kinds.reduce((sum, kind, index) => {
    const dueMs = result.dueMs[index] ?? 0;
    return dueMs >= fromMs && dueMs < toMs ? sum + costMs[WORK_KINDS[kind] ?? 'burn'] : sum;
  }, 0);
  const { usedMs } = accountBetween(result.group, result.startAtMs + fromMs, result.startAtMs + toMs);
  return expectedMs > 0 ? usedMs / expectedMs : 1;
}

/** Requests a second that use up a capacity, from a short load at it. Leaves the database at that capacity. */
export async function fullPerSecond(
  database: BenchDatabase,
  generator: Generator,
  capacityAcu: number,
): Promise<number> {
  const { costMs, burnRounds } = database.calibration;
  await database.runBy(fixedPolicy('trial', capacityAcu), capacityAcu);
  const expected = (database.cpusOf(capacityAcu) * 1000) / meanCost(MIX, costMs);
  const result = await generator.run({
    seed: 0,
    segments: [{ untilMs: TRIAL_MS, perSecond: UTILISATION * expected }],
    mix: MIX,
    burnRounds,
    wideRows: 0,
    drainMs: TRIAL_MS,
  });
  return expected / costFactor(database, result);
}
