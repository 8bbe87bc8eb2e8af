import { assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { PERIODS_SECONDS } from '../history/history.ts';
import { choosePeriod, findGaps, MAX_POINTS, periodStarts, pointCount, requireOrder } from './window.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 22, 12);

function last(lengthMs: number) {
  return { fromMs: START - lengthMs, toMs: START };
}

test('the period is the finest that gives few enough points', () => {
  expect(choosePeriod(last(60_000), undefined)).toBe(1);
  expect(choosePeriod(last(HOUR), undefined)).toBe(60);
  expect(choosePeriod(last(24 * HOUR), undefined)).toBe(60);
  expect(choosePeriod(last(7 * 24 * HOUR), undefined)).toBe(300);
  expect(choosePeriod(last(7 * 24 * HOUR + 1), undefined)).toBe(3600);
  expect(choosePeriod(last(30 * 24 * HOUR), undefined)).toBe(3600);
  expect(choosePeriod(last(365 * 24 * HOUR), undefined)).toBe(86_400);
});

test('whatever the window, a chosen period keeps the bound', () => {
  const windows = record({
    fromMs: integer({ min: 0, max: START }),
    lengthMs: integer({ min: 1, max: 1400 * 86_400_000 }),
  });
  assert(
    property(windows, ({ fromMs, lengthMs }) => {
      const window = { fromMs, toMs: fromMs + lengthMs };
      const period = choosePeriod(window, undefined);
      expect(pointCount(window, period)).toBeLessThanOrEqual(MAX_POINTS);
      const finer = PERIODS_SECONDS[PERIODS_SECONDS.indexOf(period) - 1];
      expect(finer === undefined || pointCount(window, finer) > MAX_POINTS).toBe(true);
    }),
  );
});

test('periods begin before the window and are aligned', () => {
  const starts = periodStarts({ fromMs: START + 30_000, toMs: START + 121_000 }, 60);
  expect(starts.map((atMs) => atMs - START)).toEqual([0, 60_000, 120_000]);
  expect(periodStarts({ fromMs: START, toMs: START + 120_000 }, 60)).toHaveLength(2);
});

test('a period that gives too many points is refused with one that fits', () => {
  expect(choosePeriod(last(HOUR), 300)).toBe(300);
  expect(() => choosePeriod(last(24 * HOUR), 1)).toThrow(
    /period=1 gives 86400 points.*use period=60 or a shorter/,
  );
  expect(() => choosePeriod({ fromMs: 0, toMs: START }, undefined)).toThrow(/ask for a shorter window/);
});

test('a window must run forwards', () => {
  expect(requireOrder({ fromMs: 1, toMs: 2 })).toEqual({ fromMs: 1, toMs: 2 });
  expect(() => requireOrder({ fromMs: 2, toMs: 2 })).toThrow(/must be before/);
});

test('gaps are joined, clipped to the window, and do not count what is still under way', () => {
  const atMs = [0, 1000, 2000, 3000, 4000, 5000];
  const coveredMs = [0, 0, 1000, 0, 1000, 0];
  const window = { fromMs: 500, toMs: 5500 };
  expect(findGaps({ atMs, coveredMs }, 1, window, 10_000)).toEqual([
    { fromMs: 500, toMs: 2000 },
    { fromMs: 3000, toMs: 4000 },
    { fromMs: 5000, toMs: 5500 },
  ]);
  expect(findGaps({ atMs, coveredMs }, 1, window, 3500)).toEqual([
    { fromMs: 500, toMs: 2000 },
    { fromMs: 3000, toMs: 4000 },
  ]);
});
