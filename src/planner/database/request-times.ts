/** A part of the requests, and the CPU that one of them takes. */
export interface RequestPart {
  readonly share: number;
  readonly cpuSeconds: number;
}

/** Where the parts end, as shares of the requests from the quickest on: finer where percentiles are asked for. */
const ENDS = [0.25, 0.5, 0.75, 0.875, 0.9375, 0.96875, 1];

/**
 * Requests that differ in what they take: lognormally, with this mean and standard deviation over mean, in parts that
 * keep the mean.
 */
export function requestParts(meanSeconds: number, variation: number): readonly RequestPart[] {
  if (variation === 0) return [{ share: 1, cpuSeconds: meanSeconds }];
  const deviation = Math.sqrt(Math.log(1 + variation ** 2));
  const parts = ENDS.map((end, index) => {
    const begin = ENDS[index - 1] ?? 0;
    return { share: end - begin, cpuSeconds: Math.exp(deviation * normalQuantile((begin + end) / 2)) };
  });
  const mean = parts.reduce((sum, { share, cpuSeconds }) => sum + share * cpuSeconds, 0);
  return parts.map(({ share, cpuSeconds }) => ({ share, cpuSeconds: (cpuSeconds / mean) * meanSeconds }));
}

/** Of the standard normal distribution, by the rational approximation of Abramowitz and Stegun, 26.2.23. */
function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  const t = Math.sqrt(-2 * Math.log(share));
  const top = 2.515517 + t * (0.802853 + t * 0.010328);
  const bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return top / bottom - t;
}
