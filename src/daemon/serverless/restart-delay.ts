const RESTART_MS = 250;
const LONGEST_RESTART_MS = 30_000;

/** A database that ended by itself is started again, after so long at first and ever longer. */
export function restartDelayMs(failures: number): number {
  return Math.min(RESTART_MS * 2 ** failures, LONGEST_RESTART_MS);
}
