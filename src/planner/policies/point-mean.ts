/** Makes means over longer points, as metrics are published, out of the looks that come about once a second. */
export class PointMean {
  readonly #pointMs: number;
  #sum = 0;
  #coveredMs = 0;
  #mean = 0;

  constructor(pointMs: number) {
    this.#pointMs = pointMs;
  }

  /** Whether this look completes a point; then {@link mean} is that point's. */
  add(value: number, durationMs: number): boolean {
    this.#sum += value * durationMs;
    this.#coveredMs += durationMs;
    if (this.#coveredMs < this.#pointMs) return false;
    this.#mean = this.#sum / this.#coveredMs;
    this.clear();
    return true;
  }

  /** Of the last point that is complete; 0 before there was one. */
  get mean(): number {
    return this.#mean;
  }

  /** Forgets the point that is under way. */
  clear(): void {
    this.#sum = 0;
    this.#coveredMs = 0;
  }
}
