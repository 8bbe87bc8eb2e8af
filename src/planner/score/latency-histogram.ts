import type { LatencyFigures } from '../results.ts';

const LEAST_SECONDS = 1e-6;
const MOST_SECONDS = 1e6;
/** Each bucket is this much wider than the one before: a percentile is then at most 1 % off. */
const GROWTH = 1.02;
const LN_GROWTH = Math.log(GROWTH);
const BUCKETS = Math.ceil(Math.log(MOST_SECONDS / LEAST_SECONDS) / LN_GROWTH) + 1;

/**
 * Seconds that something took, from 1 us to 1e6 s, weighted: in a steady flow a second may have half a request. Takes
 * 11 kB whatever is added, and adding allocates nothing. The mean, the least and the most are exact.
 */
export class LatencyHistogram {
  readonly #weights = new Float64Array(BUCKETS);
  #total = 0;
  #sum = 0;
  #least = Infinity;
  #most = 0;

  /** What takes no time at all counts in the first bucket; a weight of 0 or less is nothing. */
  add(seconds: number, weight: number): void {
    if (!(weight > 0)) return;
    this.#weights[bucketOf(seconds)]! += weight;
    this.#total += weight;
    this.#sum += seconds * weight;
    if (seconds < this.#least) this.#least = seconds;
    if (seconds > this.#most) this.#most = seconds;
  }

  get total(): number {
    return this.#total;
  }

  /** NaN where nothing was added. */
  get mean(): number {
    return this.#total > 0 ? this.#sum / this.#total : Number.NaN;
  }

  /** The least value at or below which `share` (0 to 1) of the weight lies; NaN where nothing was added. */
  percentile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    // A hair less: sums of fractions may end just below the whole.
    const wanted = share * this.#total * (1 - 1e-12);
    let reached = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      reached += this.#weights[bucket]!;
      if (reached >= wanted && reached > 0) return this.#within(middleOf(bucket));
    }
    return this.#most;
  }

  figures(): LatencyFigures {
    return {
      mean: this.mean,
      p50: this.percentile(0.5),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
    };
  }

  #within(seconds: number): number {
    return Math.min(Math.max(seconds, this.#least), this.#most);
  }
}

function bucketOf(seconds: number): number {
  if (!(seconds > LEAST_SECONDS)) return 0;
  const bucket = Math.floor(Math.log(seconds / LEAST_SECONDS) / LN_GROWTH);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** In the middle by ratio, so that it is equally far from both ends. */
function middleOf(bucket: number): number {
  return LEAST_SECONDS * GROWTH ** (bucket + 0.5);
}
