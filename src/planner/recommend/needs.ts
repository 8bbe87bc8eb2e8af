import { ACU_STEP, roundDownToGrid, roundUpToGrid } from '../../capacity/acu.ts';
import { GridLevels } from '../score/grid-levels.ts';

/** What a demand needs, on the grid, and no more than there can be. */
export interface Needs {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly peak: number;
  /** The maximum by AWS's sizing formula: the greater of 1.3 times the peak and 1.5 times what is typical. */
  readonly withRoom: number;
}

/** Over the whole demand, one value a second. */
export function needsOf(demandAcu: Float32Array, mostAcu: number): Needs {
  const levels = new GridLevels(demandAcu, mostAcu);
  // Somebody uses it at times, so it needs one step.
  const at = (share: number): number => Math.max(ACU_STEP, levels.at(share));
  const [p95, peak] = [at(0.95), at(1)];
  const typical = roundUpToGrid(0.95 * p95 + 0.05 * peak);
  const withRoom = Math.max(roundUpToGrid(1.3 * peak), roundUpToGrid(1.5 * typical));
  return {
    median: at(0.5),
    p95,
    p99: at(0.99),
    p999: at(0.999),
    peak,
    withRoom: Math.min(withRoom, roundDownToGrid(mostAcu)),
  };
}
