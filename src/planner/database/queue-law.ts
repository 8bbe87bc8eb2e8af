/**
 * How many sessions want a processor when work comes at random, over how many have one:
 *
 *     crowding = 1 + utilisation^k / (1 - utilisation)
 *
 * The shape is Sakasegawa's for queues with several servers (1977); with k = 1 it is the M/M/1 queue. A limit of cgroups
 * lets requests run at full speed until a period's quota is spent, so they get in each other's way later than behind one
 * slow processor: k is larger. What it is was measured: `npm run bench -- model --steady`.
 */
const EXPONENT = 4;
/** Nearer to the limit than this the stationary queue would take longer to build up than loads stay the same. */
const HIGHEST_UTILISATION = 0.97;
/** Of the sessions that wait by chance, so many do it while the limit holds their queue; the rest for each other. */
export const HELD_BY_LIMIT = 0.4;

export function crowding(utilisation: number): number {
  if (!(utilisation > 0)) return 1;
  const bounded = utilisation < HIGHEST_UTILISATION ? utilisation : HIGHEST_UTILISATION;
  return 1 + bounded ** EXPONENT / (1 - bounded);
}

const STEPS = 4096;
const TABLE = Float64Array.from({ length: STEPS + 1 }, (_, index) => crowding(index / STEPS));

/** The same from a table, for those who ask millions of times. */
export function quickCrowding(utilisation: number): number {
  if (!(utilisation > 0)) return 1;
  return TABLE[utilisation >= 1 ? STEPS : (utilisation * STEPS + 0.5) | 0] as number;
}
