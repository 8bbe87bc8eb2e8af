/**
 * The optimum that policies are measured against: capacity chosen with the whole trace known. What a clairvoyant costs
 * is the least that anybody can spend who leaves nothing short; nobody who does not know the future gets there.
 */
export type { ClairvoyantInput } from './clairvoyant/needs.ts';
export { unconstrainedPath } from './clairvoyant/needs.ts';
export { rateLimitedPath, SHORTFALL_PRICE } from './clairvoyant/rate-limited.ts';
export { scorePath } from './clairvoyant/score-path.ts';
