/**
 * How many sessions want a processor when work comes at random: the law of a database behind a CPU limit.
 *
 *     sessions = used / (1 - utilisation^n)^(1/n)
 *
 * With n = 1 and one processor this is the M/M/1 queue, which holds for processor sharing whatever requests cost; with
 * more processors, and with the burst that a quota allows, requests get in each other's way later: n is larger. What n
 * is for a limit of cgroups was measured: `npm run bench -- model`.
 */
const SHARPNESS = 1.5;
/** Nearer to the limit than this the stationary queue would take longer to build up than loads stay the same. */
const HIGHEST_UTILISATION = 0.97;

/** Sessions that run or wait for a processor, over those that run; 1 where nobody is in the way of another. */
export function crowding(utilisation: number): number {
  if (utilisation <= 0) return 1;
  const bounded = utilisation < HIGHEST_UTILISATION ? utilisation : HIGHEST_UTILISATION;
  return 1 / (1 - bounded ** SHARPNESS) ** (1 / SHARPNESS);
}

/** The same from a table, for those who ask millions of times; within 1 % of it. */
const STEPS = 1024;
const TABLE = Float64Array.from({ length: STEPS + 1 }, (_, index) => crowding(index / STEPS));

export function quickCrowding(utilisation: number): number {
  if (!(utilisation > 0)) return 1;
  return TABLE[utilisation >= 1 ? STEPS : (utilisation * STEPS) | 0] as number;
}
