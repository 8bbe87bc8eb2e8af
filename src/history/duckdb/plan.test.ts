import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from './day.ts';
import { type DayContents, expiredDays, hoursToRollUp, planSegments } from './plan.ts';

const MONDAY = Date.UTC(2026, 10, 23);

function aDay(dayMs: number, rolledHours: readonly number[] = [], isDayRolled = false): DayContents {
  return { dayMs, rolledHours: new Set(rolledHours), isDayRolled };
}

const all24 = Array.from({ length: 24 }, (_, hour) => hour);

describe('planSegments', () => {
  it('reads a whole rolled day from the day rollup when one figure will do', () => {
    const day = aDay(MONDAY, all24, true);
    const plan = planSegments({ fromMs: MONDAY, toMs: MONDAY + DAY_MS }, Number.POSITIVE_INFINITY, [day]);
    expect(plan).toEqual([{ dayMs: MONDAY, level: 'day', fromMs: 0, toMs: DAY_MS }]);
  });

  it('reads raw samples at the edges and rolled hours between', () => {
    const window = { fromMs: MONDAY + 0.5 * HOUR_MS, toMs: MONDAY + 3.25 * HOUR_MS };
    expect(planSegments(window, 3_600_000, [aDay(MONDAY, all24, true)])).toEqual([
      { dayMs: MONDAY, level: 'raw', fromMs: 0.5 * HOUR_MS, toMs: HOUR_MS },
      { dayMs: MONDAY, level: 'hour', fromMs: HOUR_MS, toMs: 3 * HOUR_MS },
      { dayMs: MONDAY, level: 'raw', fromMs: 3 * HOUR_MS, toMs: 3.25 * HOUR_MS },
    ]);
  });

  it('reads raw samples where periods are shorter than an hour', () => {
    const window = { fromMs: MONDAY, toMs: MONDAY + DAY_MS };
    expect(planSegments(window, 300_000, [aDay(MONDAY, all24, true)])).toEqual([
      { dayMs: MONDAY, level: 'raw', fromMs: 0, toMs: DAY_MS },
    ]);
  });

  it('covers every moment of every known day exactly once, and nothing else', () => {
    const hours = fc.subarray(all24);
    const days = fc
      .array(hours, { minLength: 1, maxLength: 4 })
      .map((each) => each.map((rolled, i) => aDay(MONDAY + i * DAY_MS, rolled, rolled.length === 24)));
    const window = fc
      .tuple(fc.integer({ min: -DAY_MS, max: 5 * DAY_MS }), fc.integer({ min: 0, max: 4 * DAY_MS }))
      .map(([fromMs, lengthMs]) => ({ fromMs: MONDAY + fromMs, toMs: MONDAY + fromMs + lengthMs }));
    const periods = fc.constantFrom(1000, 60_000, 3_600_000, DAY_MS, Number.POSITIVE_INFINITY);
    const property = fc.property(days, window, periods, (contents, { fromMs, toMs }, periodMs) => {
      const plan = planSegments({ fromMs, toMs }, periodMs, contents);
      const knownToMs = MONDAY + contents.length * DAY_MS;
      let atMs = Math.max(fromMs, MONDAY);
      for (const segment of plan) {
        expect(segment.dayMs + segment.fromMs).toBe(atMs);
        expect(segment.toMs).toBeGreaterThan(segment.fromMs);
        const levelMs = { raw: 1, hour: HOUR_MS, day: DAY_MS }[segment.level];
        expect(levelMs).toBeLessThanOrEqual(periodMs);
        expect([segment.fromMs % levelMs, segment.toMs % levelMs]).toEqual([0, 0]);
        atMs = segment.dayMs + segment.toMs;
      }
      expect(atMs).toBe(Math.max(fromMs, MONDAY, Math.min(toMs, knownToMs)));
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});

it('rolls up hours that are over, as stretches', () => {
  const day = aDay(MONDAY, [2]);
  expect(hoursToRollUp(day, MONDAY + 4.9 * HOUR_MS)).toEqual([
    { fromHour: 0, toHour: 2 },
    { fromHour: 3, toHour: 4 },
  ]);
  expect(hoursToRollUp(day, MONDAY - HOUR_MS)).toEqual([]);
  expect(hoursToRollUp(aDay(MONDAY, all24), MONDAY + 9 * DAY_MS)).toEqual([]);
});

it('lets a day go when all of it is older than the retention', () => {
  const days = [MONDAY, MONDAY + DAY_MS];
  expect(expiredDays(days, MONDAY + 3 * DAY_MS - 1, 2)).toEqual([]);
  expect(expiredDays(days, MONDAY + 3 * DAY_MS, 2)).toEqual([MONDAY]);
});
