import { DIMENSIONS } from './model.ts';
import type { Activity, Tuple, WeightedSample } from './model.ts';

/**
 * Sums fractional weights by tuple and gives them out in whole milliseconds. What rounding leaves over goes into the
 * tuple's next sample, so that many small weights are not lost.
 */
export class Tally {
  readonly #remainders = new Map<string, number>();

  /** One sample per tuple and activity; weights below a millisecond wait for the next call. */
  round(parts: Iterable<WeightPart>): WeightedSample[] {
    const sums = new Map<string, { activity: Activity; tuple: Tuple; weightMs: number }>();
    for (const { activity, tuple, weightMs } of parts) {
      const key = keyOf(activity, tuple);
      const sum = sums.get(key);
      if (sum === undefined)
        sums.set(key, { activity, tuple, weightMs: weightMs + (this.#remainders.get(key) ?? 0) });
      else sum.weightMs += weightMs;
    }
    const samples: WeightedSample[] = [];
    for (const [key, sum] of sums) {
      const weightMs = Math.max(0, Math.round(sum.weightMs));
      this.#remainders.delete(key);
      if (this.#remainders.size < MAX_REMAINDERS) this.#remainders.set(key, sum.weightMs - weightMs);
      if (weightMs > 0) samples.push({ activity: sum.activity, tuple: sum.tuple, weightMs });
    }
    return samples;
  }
}

/** Bounds memory; beyond it rounding is merely rounding. */
const MAX_REMAINDERS = 10_000;

export interface WeightPart {
  readonly activity: Activity;
  readonly tuple: Tuple;
  readonly weightMs: number;
}

function keyOf(activity: Activity, tuple: Tuple): string {
  let key: string = activity;
  for (const dimension of DIMENSIONS) key += `\0${tuple[dimension]}`;
  return key;
}
