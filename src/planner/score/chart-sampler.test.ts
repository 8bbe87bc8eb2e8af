import { describe, expect, it } from 'vitest';
import { ChartSampler, demandChart } from './chart-sampler.ts';
import { distributionOf } from './distribution.ts';
import { secondOf } from './run-fixture.ts';

describe('charts', () => {
  it('have at most so many points, the last one of fewer seconds', () => {
    const sampler = new ChartSampler(5, 3);
    [1, 3, 2, 2, 8].forEach((acu, index) => sampler.second(secondOf(index, 4, acu)));
    expect(sampler.finish({ name: 'some', title: 'Some' })).toEqual({
      policy: 'some',
      title: 'Some',
      secondsPerPoint: 2,
      meanAcu: [2, 2, 8],
      maxAcu: [3, 2, 8],
      shortfallAcu: [2, 2, 0],
    });
    expect(demandChart(Float32Array.from([1, 3, 2, 2, 8]), 3)).toEqual({
      secondsPerPoint: 2,
      meanAcu: [2, 2, 8],
      maxAcu: [3, 2, 8],
    });
  });

  it('have every second where there are fewer than points', () => {
    expect(demandChart(Float32Array.from([1, 2]), 100)).toEqual({
      secondsPerPoint: 1,
      meanAcu: [1, 2],
      maxAcu: [1, 2],
    });
  });
});

describe('distributionOf', () => {
  it('has the least value that covers the share', () => {
    const values = Float32Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(distributionOf(values)).toEqual({ mean: 50.5, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(distributionOf(new Float32Array(0)).max).toBe(0);
  });

  it('counts long series to within a 65,536th of the greatest', () => {
    const values = Float32Array.from({ length: 100_000 }, (_, index) => ((index * 7919) % 100_000) / 1000);
    const { p50, p95, p99, max } = distributionOf(values);
    for (const [value, exact] of [
      [p50, 49.999],
      [p95, 94.999],
      [p99, 98.999],
    ] as const) {
      expect(Math.abs(value - exact)).toBeLessThan(max / 65_536);
    }
    expect(distributionOf(new Float32Array(60_000)).p99).toBe(0);
  });
});
