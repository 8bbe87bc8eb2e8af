import { roundUpToGrid } from '../../src/capacity/acu.ts';
import { startCapacity } from '../../src/capacity/decide.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';
import { decideFor } from './plain-decision.ts';

/** An instance of one size; of the maximum's unless told otherwise. */
export function fixedPolicy(name: string, acu: number = Number.POSITIVE_INFINITY): CapacityPolicy {
  const sizeFor = (maxAcu: number): number => Math.min(maxAcu, roundUpToGrid(acu));
  return {
    name,
    // Of what is in force; the first decision brings it to its size.
    start: startCapacity,
    decide: (state, seen) => decideFor(state, seen, sizeFor(state.config.maxAcu)),
  };
}
