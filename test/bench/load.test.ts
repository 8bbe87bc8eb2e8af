import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawKinds, meanCost, poissonArrivals, WORK_KINDS } from '../../bench/load/arrivals.ts';
import { accountBetween, grantedAfterMs, meanCpus, otherCpus } from '../../bench/load/group-figures.ts';
import type { WatchedGroup } from '../../bench/load/group-watch.ts';
import type { LoadResult } from '../../bench/load/plan.ts';
import { OUTCOMES } from '../../bench/load/plan.ts';
import {
  drainedAfterMs,
  median,
  outstanding,
  percentile,
  summarizeLatency,
} from '../../bench/load/statistics.ts';
import { seededRandom } from '../../src/random.ts';

const NO_GROUP: WatchedGroup = { limits: [], accounts: [] };

/** Requests as `[due, latency, outcome]`. */
function resultOf(
  requests: readonly (readonly [number, number, (typeof OUTCOMES)[number]])[],
  endMs = 10_000,
): LoadResult {
  return {
    startAtMs: 5_000,
    endAtMs: 5_000 + endMs,
    dueMs: Float64Array.from(requests, ([due]) => due),
    kinds: new Uint8Array(requests.length),
    outcomes: Uint8Array.from(requests, ([, , outcome]) => OUTCOMES.indexOf(outcome)),
    latencyMs: Float64Array.from(requests, ([, latency]) => latency),
    latenessMs: new Float64Array(),
    errors: {},
    disconnects: 0,
    generatorCpuMs: 0,
    group: NO_GROUP,
  };
}

describe('the schedule', () => {
  const segments = [
    { untilMs: 1_000, perSecond: 0 },
    { untilMs: 101_000, perSecond: 50 },
    { untilMs: 201_000, perSecond: 200 },
  ];
  const times = poissonArrivals(segments, seededRandom(4, 'arrivals'));

  it('is the same for the same seed', () => {
    expect(poissonArrivals(segments, seededRandom(4, 'arrivals'))).toEqual(times);
    expect(poissonArrivals(segments, seededRandom(5, 'arrivals'))).not.toEqual(times);
  });

  it('rises, and keeps to each segment and its rate', () => {
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
    const between = (from: number, to: number): number =>
      times.filter((time) => time >= from && time < to).length;
    expect(between(0, 1_000)).toBe(0);
    // Five standard deviations of a Poisson count; the seed is fixed.
    expect(Math.abs(between(1_000, 101_000) - 5_000)).toBeLessThan(5 * Math.sqrt(5_000));
    expect(Math.abs(between(101_000, 201_000) - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    expect(between(201_000, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it('has gaps as those of independent arrivals: their deviation is their mean', () => {
    const gaps = Array.from(times.slice(6_000)).map((time, index) => time - (times[5_999 + index] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(deviation / mean).toBeGreaterThan(0.9);
    expect(deviation / mean).toBeLessThan(1.1);
  });

  it('draws kinds in proportion, and none that has no share', () => {
    const kinds = drawKinds(10_000, { burn: 3, write: 1 }, seededRandom(1));
    const count = (kind: string): number => kinds.filter((index) => WORK_KINDS[index] === kind).length;
    expect(count('burn')).toBeGreaterThan(7_200);
    expect(count('burn')).toBeLessThan(7_800);
    expect(count('burn') + count('write')).toBe(10_000);
    expect(() => drawKinds(1, {}, seededRandom(1))).toThrow('empty');
  });

  it('costs what its kinds cost', () => {
    expect(meanCost({ burn: 3, read: 1 }, { burn: 8, read: 4, write: 100, scattered: 100 })).toBe(7);
  });
});

describe('percentiles', () => {
  it('are values that were measured: the least that the share does not exceed', () => {
    const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(percentile(sorted, 0.5)).toBe(5);
    expect(percentile(sorted, 0.95)).toBe(10);
    expect(percentile(sorted, 0.9)).toBe(9);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([], 0.5)).toBeNull();
  });

  it('leave no more above them than they say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = values.toSorted((a, b) => a - b);
          const value = percentile(sorted, share) ?? Number.NaN;
          const notAbove = sorted.filter((one) => one <= value).length;
          expect(notAbove).toBeGreaterThanOrEqual(share * sorted.length - 1e-6);
          expect(sorted.filter((one) => one < value).length).toBeLessThan(share * sorted.length + 1e-6);
        },
      ),
    );
  });

  it('have a median between the middle two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNull();
  });

  it('count what was not answered with the time it had waited, and failures apart', () => {
    const result = resultOf([
      [0, 10, 'answered'],
      [100, 20, 'answered'],
      [200, 9_800, 'unfinished'],
      [300, 1, 'failed'],
    ]);
    expect(summarizeLatency(result)).toEqual({
      offered: 4,
      answered: 2,
      failed: 1,
      unfinished: 1,
      p50: 20,
      p95: 9_800,
      p99: 9_800,
      max: 9_800,
    });
    expect(summarizeLatency(result, 50, 200)).toMatchObject({ offered: 1, p50: 20 });
    expect(summarizeLatency(result, 5_000)).toMatchObject({ offered: 0, p50: null, max: null });
  });
});

describe('the backlog', () => {
  it('counts requests from when they are due to when they end', () => {
    const result = resultOf(
      [
        [0, 150, 'answered'],
        [50, 500, 'unfinished'],
        [120, 30, 'answered'],
      ],
      500,
    );
    expect([...outstanding(result, 100)]).toEqual([1, 2, 1, 1, 1, 1]);
  });

  it('is gone when it stays small for a while', () => {
    const counts = [0, 0, 9, 1, 9, 9, 2, 1, 2, 0, 0, 9];
    expect(drainedAfterMs(counts, 100, { fromMs: 200, most: 2, calmMs: 300 })).toBe(400);
    expect(drainedAfterMs(counts, 100, { fromMs: 700, most: 2, calmMs: 300 })).toBe(0);
    expect(drainedAfterMs(counts, 100, { fromMs: 200, most: 0, calmMs: 300 })).toBeNull();
  });
});

describe('what the kernel was seen to allow', () => {
  const group: WatchedGroup = {
    limits: [
      { atMs: 0, cpus: 0.125, memoryBytes: null },
      { atMs: 1_400, cpus: 0.5, memoryBytes: null },
      { atMs: 1_600, cpus: 1.5, memoryBytes: null },
    ],
    accounts: [
      { atMs: 0, usedMs: 100, throttledMs: 0, memoryBytes: 0, hostBusyMs: 1_000 },
      { atMs: 1_000, usedMs: 200, throttledMs: 0, memoryBytes: 0, hostBusyMs: 1_500 },
      { atMs: 2_000, usedMs: 1_200, throttledMs: 400, memoryBytes: 0, hostBusyMs: 2_900 },
    ],
  };

  it('was enough after some time, at once, or never', () => {
    expect(grantedAfterMs(group, 1_000, 1.1)).toBe(600);
    expect(grantedAfterMs(group, 1_000, 0.125)).toBe(0);
    expect(grantedAfterMs(group, 1_000, 2)).toBeNull();
    expect(grantedAfterMs({ limits: [{ atMs: 0, cpus: null, memoryBytes: null }], accounts: [] }, 5, 9)).toBe(
      0,
    );
  });

  it('has a mean over time', () => {
    expect(meanCpus(group, 1_400, 1_800)).toBeCloseTo((0.5 * 200 + 1.5 * 200) / 400);
    expect(meanCpus(group, 0, 2_000)).toBeCloseTo((0.125 * 1_400 + 0.5 * 200 + 1.5 * 400) / 2_000);
  });

  it('leaves the rest of the host to others', () => {
    const result = { ...resultOf([]), startAtMs: 0, endAtMs: 2_000, generatorCpuMs: 200, group };
    expect(otherCpus(result)).toBeCloseTo((1_900 - 1_100 - 200) / 2_000);
  });

  it('was used and throttled in between readings, too', () => {
    expect(accountBetween(group, 500, 1_500)).toEqual({ usedMs: 550, throttledMs: 200, hostBusyMs: 950 });
    expect(accountBetween(group, 0, 9_000)).toEqual({ usedMs: 1_100, throttledMs: 400, hostBusyMs: 1_900 });
  });
});
