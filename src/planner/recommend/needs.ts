import { ACU_STEP, roundUpToGrid } from '../../capacity/acu.ts';

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
  const mostSteps = Math.floor(mostAcu / ACU_STEP);
  const counts = new Uint32Array(mostSteps + 1);
  for (let index = 0; index < demandAcu.length; index += 1) {
    const steps = Math.round(roundUpToGrid(demandAcu[index]!) / ACU_STEP);
    counts[Math.min(Math.max(steps, 1), mostSteps)]! += 1;
  }
  const at = (share: number) => levelAt(counts, share * demandAcu.length);
  const [p95, peak] = [at(0.95), at(1)];
  const typical = roundUpToGrid(0.95 * p95 + 0.05 * peak);
  const withRoom = Math.max(roundUpToGrid(1.3 * peak), roundUpToGrid(1.5 * typical));
  return {
    median: at(0.5),
    p95,
    p99: at(0.99),
    p999: at(0.999),
    peak,
    withRoom: Math.min(withRoom, mostSteps * ACU_STEP),
  };
}

function levelAt(counts: Uint32Array, wanted: number): number {
  let reached = 0;
  for (let step = 1; step < counts.length; step += 1) {
    reached += counts[step]!;
    if (reached >= wanted - 1e-6) return step * ACU_STEP;
  }
  return ACU_STEP;
}
