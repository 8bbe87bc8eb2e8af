import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

describe('LatencyHistogram', () => {
  it('is exact where all is the same', () => {
    const histogram = new LatencyHistogram();
    histogram.add(0.0123, 3.5);
    expect(histogram.figures()).toEqual({ mean: 0.0123, p50: 0.0123, p95: 0.0123, p99: 0.0123 });
  });

  it('says that it knows nothing', () => {
    expect(new LatencyHistogram().percentile(0.5)).toBeNaN();
    const histogram = new LatencyHistogram();
    histogram.add(1, 0);
    histogram.add(1, -1);
    expect(histogram.mean).toBeNaN();
  });

  it('keeps what lies beyond its ends', () => {
    const histogram = new LatencyHistogram();
    histogram.add(0, 1);
    histogram.add(5e7, 1);
    expect(histogram.percentile(0.5)).toBeCloseTo(1e-6, 7);
    expect(histogram.percentile(1)).toBeGreaterThan(9e5);
    expect(histogram.mean).toBe(2.5e7);
  });

  it('is within one per cent of the true percentile', () => {
    const entries = fc.array(
      fc.tuple(fc.double({ min: -5.9, max: 5.9, noNaN: true }), fc.integer({ min: 1, max: 9 })),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(entries, fc.constantFrom(0.5, 0.95, 0.99), (pairs, share) => {
        const histogram = new LatencyHistogram();
        const all = pairs.flatMap(([exponent, weight]) => {
          histogram.add(10 ** exponent, weight);
          return Array.from({ length: weight }, () => 10 ** exponent);
        });
        all.sort((one, other) => one - other);
        const exact = all[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)]!;
        expect(Math.abs(histogram.percentile(share) / exact - 1)).toBeLessThan(0.0101);
      }),
    );
  });
});
