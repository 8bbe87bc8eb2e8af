const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Full jitter between half and the whole of a delay that doubles: many observers must not knock at the same moment. */
export function backOffMs(failures: number, random: () => number): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return ceilingMs * (0.5 + random() / 2);
}
