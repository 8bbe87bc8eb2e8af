import { clip } from './pauses.ts';
import type { Stretch } from './model.ts';

/** What one point of a gauge is the mean over; it stands at the end of that time. */
export const GAUGE_MS = 10_000;

type Figures = readonly (number | null)[];

/** Where periods are shorter than what a point is the mean over: the figure for each of the periods that it speaks of. */
export function spread(figures: Figures, periodMs: number): (number | null)[] {
  const reach = Math.floor(GAUGE_MS / periodMs);
  if (reach <= 1) return [...figures];
  const result: (number | null)[] = [];
  let [figure, left]: [number | null, number] = [null, 0];
  for (let index = figures.length - 1; index >= 0; index -= 1) {
    const own = figures[index] ?? null;
    if (own !== null) [figure, left] = [own, reach + 1];
    left -= 1;
    result.push(left >= 0 ? figure : null);
  }
  return result.toReversed();
}

/** Without the periods in which it slept all the time: nobody asked for anything. */
export function withoutSleep(figures: Figures, isAsleep: readonly boolean[]): (number | null)[] {
  return figures.map((figure, index) => (isAsleep[index] === true ? null : figure));
}

/** What is in force is so while it sleeps, too: the last figure before the pause, else the first one after it, else `now`. */
export function throughSleep(
  figures: Figures,
  isAsleep: readonly boolean[],
  now: number | null,
): (number | null)[] {
  const result = [...figures];
  for (const [index, figure] of result.entries())
    if (figure === null && isAsleep[index] === true) result[index] = result[index - 1] ?? null;
  for (let index = result.length - 1; index >= 0; index -= 1)
    if (result[index] === null && isAsleep[index] === true) result[index] = result[index + 1] ?? now;
  return result;
}

/** Whether it slept during all of each period that lies in the window; pauses oldest first, clipped to the window. */
export function sleepingPeriods(
  startsMs: readonly number[],
  periodMs: number,
  pauses: readonly Stretch[],
  window: Stretch,
): boolean[] {
  let next = 0;
  return startsMs.map((startMs) => {
    const { fromMs, toMs } = clip({ fromMs: startMs, toMs: startMs + periodMs }, window);
    while (next < pauses.length && pauses[next]!.toMs < toMs) next += 1;
    return fromMs < toMs && (pauses[next]?.fromMs ?? Infinity) <= fromMs;
  });
}
