/** At most this share of the interval may go into one tick before fewer sessions are looked at. */
const BUSY_SHARE = 0.5;
/** Below this share sampling goes back towards every session. */
const QUIET_SHARE = 0.1;
const MAX_THINNING = 64;

/**
 * One in how many sessions the next tick looks at, from what the last one cost: CPU where it is known. Time spent
 * waiting for a starved server is no cost, and looking at fewer sessions would not shorten it.
 */
export function nextThinning(current: number, costMs: number, intervalMs: number): number {
  const share = costMs / intervalMs;
  if (share > BUSY_SHARE) return Math.min(MAX_THINNING, current * 2);
  if (share < QUIET_SHARE) return Math.max(1, Math.floor(current / 2));
  return current;
}
