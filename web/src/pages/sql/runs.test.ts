import { describe, expect, it } from 'vitest';
import { runsOf } from './runs.ts';

const points = (values: readonly (number | null)[], stepMs = 10_000) =>
  values.map((value, index) => ({ atMs: 100_000 + index * stepMs, value }));

describe('how a statement ran', () => {
  it('is rates out of what it grew by since the reading before', () => {
    const runs = runsOf(points([100, 50, 0]), points([200, 400, 0]));
    expect(runs.stepMs).toBe(10_000);
    expect(runs.callsPerSecond).toEqual([10, 5, 0]);
    expect(runs.meanMs).toEqual([2, 8, null]);
    expect(runs.atMs).toEqual([90_000, 100_000, 110_000]);
    expect([runs.mostCallsPerSecond, runs.mostMeanMs]).toEqual([10, 8]);
  });

  it('leaves out periods in which nothing was read', () => {
    const runs = runsOf(points([10, null, 20, null, 30], 1000), points([10, null, 20, null, 30], 1000));
    expect(runs.stepMs).toBe(2000);
    expect(runs.callsPerSecond).toEqual([5, 10, 15]);
  });

  it('stops where it was not read for a while', () => {
    const some = [...points([10, 20]), { atMs: 160_000, value: 30 }];
    const runs = runsOf(some, some);
    expect(runs.atMs).toEqual([90_000, 100_000, 110_000, 150_000]);
    expect(runs.callsPerSecond).toEqual([1, 2, null, 3]);
  });

  it('of one that was never counted is nothing', () => {
    expect(runsOf([], [])).toMatchObject({ atMs: [], mostCallsPerSecond: 0, mostMeanMs: 0 });
  });
});
