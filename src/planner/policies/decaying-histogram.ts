/** When the newest weight would become so large, all are brought down. */
const MOST_HALF_LIVES = 100;

export interface HistogramShape {
  /** The first bucket ends here; each next one is wider by `growth`. */
  readonly firstBucket: number;
  readonly growth: number;
  readonly most: number;
  readonly halfLifeMs: number;
}

/** Weighted samples in exponential buckets; the weight of a sample halves with every half-life. As VPA's recommender has it. */
export class DecayingHistogram {
  readonly #shape: HistogramShape;
  readonly #weights: Float64Array;
  readonly #starts: Float64Array;
  #total = 0;
  #referenceMs: number | null = null;

  constructor(shape: HistogramShape) {
    this.#shape = shape;
    const buckets = this.#bucketOf(shape.most) + 1;
    this.#weights = new Float64Array(buckets);
    this.#starts = Float64Array.from(
      { length: buckets + 1 },
      (_, bucket) => (shape.firstBucket * ((1 + shape.growth) ** bucket - 1)) / shape.growth,
    );
  }

  add(value: number, weight: number, atMs: number): void {
    this.#change(value, weight * this.#factor(atMs));
  }

  /** Takes a sample back that was added with this very weight and time. */
  remove(value: number, weight: number, atMs: number): void {
    this.#change(value, -weight * this.#factor(atMs));
  }

  /** The end of the bucket in which such a share of the weight is reached; 0 where it is empty. */
  percentile(share: number): number {
    if (this.#total <= 0) return 0;
    let sum = 0;
    const last = this.#weights.length - 1;
    for (let bucket = 0; bucket < last; bucket++) {
      sum += this.#weights[bucket] ?? 0;
      if (sum >= share * this.#total) return this.#starts[bucket + 1] ?? 0;
    }
    return this.#starts[last] ?? 0;
  }

  #change(value: number, weight: number): void {
    const bucket = Math.min(this.#bucketOf(value), this.#weights.length - 1);
    const before = this.#weights[bucket] ?? 0;
    const after = Math.max(0, before + weight);
    this.#weights[bucket] = after;
    this.#total = Math.max(0, this.#total + after - before);
  }

  #bucketOf(value: number): number {
    const { firstBucket, growth } = this.#shape;
    if (value < firstBucket) return 0;
    return Math.floor(Math.log((value * growth) / firstBucket + 1) / Math.log(1 + growth));
  }

  #factor(atMs: number): number {
    const { halfLifeMs } = this.#shape;
    this.#referenceMs ??= atMs;
    const halfLives = (atMs - this.#referenceMs) / halfLifeMs;
    if (halfLives <= MOST_HALF_LIVES) return 2 ** halfLives;
    this.#bringDown(Math.floor(halfLives));
    return this.#factor(atMs);
  }

  #bringDown(halfLives: number): void {
    const factor = 2 ** -halfLives;
    this.#total *= factor;
    for (let bucket = 0; bucket < this.#weights.length; bucket++)
      this.#weights[bucket] = (this.#weights[bucket] ?? 0) * factor;
    this.#referenceMs = (this.#referenceMs ?? 0) + halfLives * this.#shape.halfLifeMs;
  }
}
