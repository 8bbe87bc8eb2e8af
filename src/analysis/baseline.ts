import type { Baseline, Stretch } from './input.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A day has its busy and its quiet hours; more than that is another week's story. */
const LONGEST_MS = 24 * HOUR_MS;
const SHORTEST_MS = HOUR_MS;
/** So many times the window, so that the window's own ups and downs are seen in it. */
const WINDOWS = 24;
/** Small gaps are not worth a word. */
const MOSTLY = 0.9;

/** The time before a window that says what is usual. */
export function baselineWindow({ fromMs, toMs }: Stretch): Stretch {
  const lengthMs = Math.min(Math.max((toMs - fromMs) * WINDOWS, SHORTEST_MS), LONGEST_MS);
  return { fromMs: fromMs - lengthMs, toMs: fromMs };
}

/** How long a time it is known from: less than it spans where the record is young. */
export function baselineMs({ fromMs, toMs, coveredSeconds }: Baseline): number {
  const lengthMs = toMs - fromMs;
  return coveredSeconds * 1000 >= MOSTLY * lengthMs ? lengthMs : coveredSeconds * 1000;
}

/** Whether so much observed time is enough to speak of a baseline. */
export function isBaseline(coveredMs: number, { fromMs, toMs }: Stretch): boolean {
  return coveredMs >= Math.min(10 * MINUTE_MS, Math.max(MINUTE_MS, 2 * (toMs - fromMs)));
}
