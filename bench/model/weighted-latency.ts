/** Latencies of lots of requests, kept as they are. */
export class WeightedLatency {
  readonly #lots: { readonly requests: number; readonly seconds: number }[] = [];

  add(requests: number, seconds: number): void {
    if (requests > 0) this.#lots.push({ requests, seconds });
  }

  /** The least latency that at least this share of the requests does not exceed; null of none. */
  percentile(share: number): number | null {
    const sorted = this.#lots.toSorted((a, b) => a.seconds - b.seconds);
    const total = sorted.reduce((sum, { requests }) => sum + requests, 0);
    let left = share * total * (1 - 1e-12);
    return sorted.find(({ requests }) => (left -= requests) <= 0)?.seconds ?? null;
  }
}
