import type { BenchDatabase } from '../load/database.ts';
import type { Generator } from '../load/generator.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import { WORK_KINDS } from '../load/arrivals.ts';
import { median } from '../load/statistics.ts';
import { MIX } from './loads.ts';

const SECONDS = 8;
/** So few that hardly ever two of them meet. */
const PER_SECOND = 15;

/**
 * What a request takes beside its CPU, ms: the way there and back, and the client. The median, at the maximum.
 */
export async function otherMsOf(database: BenchDatabase, generator: Generator): Promise<number> {
  const { costMs, burnRounds } = database.calibration;
  const { max } = database.describe().capacity;
  await database.runBy(fixedPolicy('maximum', max), max);
  const result = await generator.run({
    seed: 0,
    segments: [{ untilMs: SECONDS * 1000, perSecond: PER_SECOND }],
    mix: MIX,
    burnRounds,
    wideRows: 0,
    drainMs: 5_000,
  });
  const beside = [...result.latencyMs].map(
    (latency, index) => latency - costMs[WORK_KINDS[result.kinds[index] ?? 0] ?? 'burn'],
  );
  return Math.max(0, median(beside) ?? 0);
}
