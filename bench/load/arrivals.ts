import { nextArrivalMs } from '../../src/random.ts';
import type { Random } from '../../src/random.ts';

/** A rate that holds until a time since the start of the load; segments follow each other. */
export interface RateSegment {
  readonly untilMs: number;
  readonly perSecond: number;
}

/** What requests do; see `work.ts`. */
export const WORK_KINDS = ['burn', 'read', 'write', 'scattered'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** Shares of the kinds; they need not add up to 1. */
export type WorkMix = Readonly<Partial<Record<WorkKind, number>>>;

/**
 * Times since the start of the load, in milliseconds, of requests that come independently of each other. Within a
 * segment the process has no memory, so each segment is drawn by itself.
 */
export function poissonArrivals(segments: readonly RateSegment[], random: Random): Float64Array {
  const times: number[] = [];
  let fromMs = 0;
  for (const { untilMs, perSecond } of segments) {
    if (perSecond > 0) {
      let atMs = fromMs + nextArrivalMs(perSecond, random);
      while (atMs < untilMs) {
        times.push(atMs);
        atMs += nextArrivalMs(perSecond, random);
      }
    }
    fromMs = untilMs;
  }
  return Float64Array.from(times);
}

/** Index into {@link WORK_KINDS} for each of `count` requests. */
export function drawKinds(count: number, mix: WorkMix, random: Random): Uint8Array {
  const weights = WORK_KINDS.map((kind) => mix[kind] ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new Error('The mix of work is empty.');
  return Uint8Array.from({ length: count }, () => {
    let left = random() * total;
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    return index === -1 ? weights.findLastIndex((weight) => weight > 0) : index;
  });
}

/** What a request of the mix costs on average. */
export function meanCost(mix: WorkMix, costs: Readonly<Record<WorkKind, number>>): number {
  const total = WORK_KINDS.reduce((sum, kind) => sum + (mix[kind] ?? 0), 0);
  return WORK_KINDS.reduce((sum, kind) => sum + (mix[kind] ?? 0) * costs[kind], 0) / total;
}
