import { ACTIVITIES } from './model.ts';
import type { Activity, Tuple, WeightedSample } from './model.ts';

/**
 * Sums fractional weights by tuple (by the identity of the object: see TupleCache) and gives them out in whole
 * milliseconds. What rounding leaves over goes into the tuple's next sample, so that many small weights are not lost.
 */
export class Tally {
  readonly #remainders: Readonly<Record<Activity, Map<Tuple, number>>> = {
    active: new Map(),
    'idle in transaction': new Map(),
    background: new Map(),
  };

  /** One sample per tuple and activity; weights below a millisecond wait for the next call. */
  round(parts: Iterable<WeightPart>): WeightedSample[] {
    const sums: Record<Activity, Map<Tuple, number>> = {
      active: new Map(),
      'idle in transaction': new Map(),
      background: new Map(),
    };
    for (const { activity, tuple, weightMs } of parts) {
      sums[activity].set(tuple, (sums[activity].get(tuple) ?? 0) + weightMs);
    }
    const samples: WeightedSample[] = [];
    for (const activity of ACTIVITIES) {
      for (const [tuple, sumMs] of sums[activity]) {
        const weightMs = this.#roundOne(this.#remainders[activity], tuple, sumMs);
        if (weightMs > 0) samples.push({ activity, tuple, weightMs });
      }
    }
    return samples;
  }

  #roundOne(remainders: Map<Tuple, number>, tuple: Tuple, sumMs: number): number {
    const exactMs = sumMs + (remainders.get(tuple) ?? 0);
    const weightMs = Math.max(0, Math.round(exactMs));
    if (remainders.size >= MAX_REMAINDERS) remainders.clear();
    remainders.set(tuple, exactMs - weightMs);
    return weightMs;
  }
}

/** Bounds memory; when it is reached at most half a millisecond per tuple is forgotten. */
const MAX_REMAINDERS = 10_000;

export interface WeightPart {
  readonly activity: Activity;
  readonly tuple: Tuple;
  readonly weightMs: number;
}
