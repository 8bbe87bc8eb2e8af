import { ACU_STEP, roundUpToGrid } from '../../capacity/acu.ts';

/** How many seconds of a demand need each capacity of the grid. Sorts nothing: loads are long. */
export class GridLevels {
  readonly #seconds: Uint32Array;
  readonly #total: number;

  /** Demand above `mostAcu` counts as that. */
  constructor(demandAcu: Float32Array, mostAcu: number) {
    const mostSteps = Math.floor(mostAcu / ACU_STEP);
    this.#seconds = new Uint32Array(mostSteps + 1);
    this.#total = demandAcu.length;
    for (let index = 0; index < demandAcu.length; index += 1) {
      const step = Math.min(Math.round(roundUpToGrid(demandAcu[index]!) / ACU_STEP), mostSteps);
      this.#seconds[step]! += 1;
    }
  }

  /** The least capacity of the grid that is enough for such a share of the seconds; 0 where they need none. */
  at(share: number): number {
    let covered = 0;
    for (let step = 0; step < this.#seconds.length; step += 1) {
      covered += this.#seconds[step]!;
      if (covered >= share * this.#total - 1e-6) return step * ACU_STEP;
    }
    return (this.#seconds.length - 1) * ACU_STEP;
  }
}
