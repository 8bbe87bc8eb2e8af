/**
 * The optimum that policies are measured against: capacity chosen with the whole trace known. What a clairvoyant costs
 * is the least that anybody can spend who leaves nothing short; nobody who does not know the future gets there.
 */
export type { ClairvoyantInput } from './clairvoyant/needs.ts';
export { unconstrainedPath } from './clairvoyant/needs.ts';
export { rateLimitedPath, SHORTFALL_PRICE } from './clairvoyant/rate-limited.ts';
export { scorePath } from './clairvoyant/score-path.ts';

/** ACU-hours of a path, one value a second. */
export function acuHoursOf(path: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < path.length; index += 1) sum += path[index]!;
  return sum / 3600;
}
