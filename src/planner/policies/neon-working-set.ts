import { RecentPoints } from './recent-points.ts';

const MINUTE_MS = 60_000;
const WINDOWS = 60;
/** Slopes are taken over 5 windows, that is 4 steps. */
const STEPS = 4;
const OFFSET = 4;
const KNEE_SLOPE = 3;
const PROJECTED_STEPS = 0.5;

/**
 * The size of the working set by window of 1 to 60 minutes, and what Neon reads from it: where the curve turns up, what
 * comes after the knee is what is touched once and not again. What was touched within a window is modelled as the largest
 * working set in it.
 */
export class NeonWorkingSet {
  readonly #minutes = new RecentPoints(WINDOWS);
  readonly #sizes = new Float64Array(WINDOWS);
  #coveredMs = 0;
  #largest = 0;
  #knee = 0;
  #estimate = 0;
  #projected = 0;

  add(bytes: number, durationMs: number): void {
    this.#largest = Math.max(this.#largest, bytes);
    this.#coveredMs += durationMs;
    if (this.#coveredMs < MINUTE_MS) return;
    this.#minutes.add(this.#largest);
    this.#coveredMs = 0;
    this.#largest = 0;
    this.#evaluate();
  }

  /** As large as it was within the window at the knee, bytes; 0 in the first minute. */
  estimateBytes(): number {
    return this.#estimate;
  }

  /** With growth half a window ahead. */
  projectedBytes(): number {
    return this.#projected;
  }

  clear(): void {
    this.#minutes.clear();
    this.#coveredMs = 0;
    this.#largest = 0;
    this.#estimate = 0;
    this.#projected = 0;
  }

  #evaluate(): void {
    let size = 0;
    for (let index = 0; index < WINDOWS; index++) {
      size = Math.max(size, this.#minutes.at(index));
      this.#sizes[index] = size;
    }
    this.#knee = this.#findKnee();
    this.#estimate = this.#sizeAt(this.#knee);
    this.#projected = this.#project();
  }

  #findKnee(): number {
    for (let index = OFFSET; index < WINDOWS - STEPS; index++) {
      const before = this.#sizeAt(index) - this.#sizeAt(index - STEPS);
      const after = this.#sizeAt(index + STEPS) - this.#sizeAt(index);
      if (after > before * KNEE_SLOPE) return index;
    }
    return WINDOWS - 1;
  }

  #project(): number {
    let highest = this.#sizeAt(0);
    for (let index = 1; index <= this.#knee; index++) {
      const size = this.#sizeAt(index);
      highest = Math.max(highest, size + (size - this.#sizeAt(index - 1)) * PROJECTED_STEPS);
    }
    return highest;
  }

  #sizeAt(index: number): number {
    return this.#sizes[index] ?? 0;
  }
}
