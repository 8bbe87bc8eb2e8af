import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from './day.ts';
import { type DayContents, expiredDays, planRollups, planSegments, stretchesOf } from './plan.ts';

const MONDAY = Date.UTC(2026, 10, 23);

function aDay(
  dayMs: number,
  rolledHours: readonly number[] = [],
  isDayRolled = false,
  rolledFives: readonly number[] = [],
): DayContents {
  return { dayMs, rolledHours: new Set(rolledHours), rolledFives: new Set(rolledFives), isDayRolled };
}

function grain(periodMs: number, dimensionCount = 2) {
  return { periodMs, dimensionCount };
}

const all24 = Array.from({ length: 24 }, (_, hour) => hour);

describe('planSegments', () => {
  it('reads a whole rolled day from the day rollup when one figure will do', () => {
    const day = aDay(MONDAY, all24, true);
    const plan = planSegments({ fromMs: MONDAY, toMs: MONDAY + DAY_MS }, grain(Infinity), [day]);
    expect(plan).toEqual([{ dayMs: MONDAY, level: 'day', fromMs: 0, toMs: DAY_MS }]);
  });

  it('reads raw samples at the edges and rolled hours between', () => {
    const window = { fromMs: MONDAY + 0.5 * HOUR_MS, toMs: MONDAY + 3.25 * HOUR_MS };
    expect(planSegments(window, grain(3_600_000), [aDay(MONDAY, all24, true)])).toEqual([
      { dayMs: MONDAY, level: 'raw', fromMs: 0.5 * HOUR_MS, toMs: HOUR_MS },
      { dayMs: MONDAY, level: 'hour', fromMs: HOUR_MS, toMs: 3 * HOUR_MS },
      { dayMs: MONDAY, level: 'raw', fromMs: 3 * HOUR_MS, toMs: 3.25 * HOUR_MS },
    ]);
  });

  it('reads raw samples where periods are shorter than what is rolled up', () => {
    const window = { fromMs: MONDAY, toMs: MONDAY + DAY_MS };
    const raw = [{ dayMs: MONDAY, level: 'raw', fromMs: 0, toMs: DAY_MS }];
    expect(planSegments(window, grain(300_000, 1), [aDay(MONDAY, all24, true)])).toEqual(raw);
    expect(planSegments(window, grain(60_000, 1), [aDay(MONDAY, all24, true, all24)])).toEqual(raw);
  });

  it('reads five minutes where all of them lie inside, and raw samples around them', () => {
    const day = aDay(MONDAY, [0, 1, 2, 3], false, [0, 1, 3]);
    const window = { fromMs: MONDAY + 0.5 * HOUR_MS + 1, toMs: MONDAY + 4 * HOUR_MS - 1 };
    const edgeMs = 0.5 * HOUR_MS + FIVE_MINUTES_MS;
    const endMs = 4 * HOUR_MS - FIVE_MINUTES_MS;
    for (const periodMs of [300_000, 3_600_000, Infinity])
      expect(planSegments(window, grain(periodMs, 1), [day])).toEqual([
        { dayMs: MONDAY, level: 'raw', fromMs: 0.5 * HOUR_MS + 1, toMs: edgeMs },
        { dayMs: MONDAY, level: 'five', fromMs: edgeMs, toMs: 2 * HOUR_MS },
        // Not rolled up by five minutes yet.
        {
          dayMs: MONDAY,
          level: periodMs === 300_000 ? 'raw' : 'hour',
          fromMs: 2 * HOUR_MS,
          toMs: 3 * HOUR_MS,
        },
        { dayMs: MONDAY, level: 'five', fromMs: 3 * HOUR_MS, toMs: endMs },
        { dayMs: MONDAY, level: 'raw', fromMs: endMs, toMs: 4 * HOUR_MS - 1 },
      ]);
  });

  it('reads raw samples of a window inside five minutes, and for more than one dimension', () => {
    const day = aDay(MONDAY, all24, false, all24);
    const inside = { fromMs: MONDAY + 1000, toMs: MONDAY + FIVE_MINUTES_MS - 1 };
    expect(planSegments(inside, grain(Infinity, 0), [day]).map(({ level }) => level)).toEqual(['raw']);
    const across = { fromMs: MONDAY, toMs: MONDAY + HOUR_MS };
    expect(planSegments(across, grain(300_000, 2), [day]).map(({ level }) => level)).toEqual(['raw']);
    expect(planSegments(across, grain(Infinity, 2), [day]).map(({ level }) => level)).toEqual(['hour']);
    expect(planSegments(across, grain(Infinity, 0), [day]).map(({ level }) => level)).toEqual(['five']);
  });

  it('covers every moment of every known day exactly once, and nothing else', () => {
    const hours = fc.subarray(all24);
    const days = fc
      .array(fc.tuple(hours, hours), { minLength: 1, maxLength: 4 })
      .map((each) =>
        each.map(([rolled, fives], i) => aDay(MONDAY + i * DAY_MS, rolled, rolled.length === 24, fives)),
      );
    const window = fc
      .tuple(fc.integer({ min: -DAY_MS, max: 5 * DAY_MS }), fc.integer({ min: 0, max: 4 * DAY_MS }))
      .map(([fromMs, lengthMs]) => ({ fromMs: MONDAY + fromMs, toMs: MONDAY + fromMs + lengthMs }));
    const grains = fc.record({
      periodMs: fc.constantFrom(1000, 60_000, 300_000, 3_600_000, DAY_MS, Infinity),
      dimensionCount: fc.integer({ min: 0, max: 3 }),
    });
    const property = fc.property(days, window, grains, (contents, { fromMs, toMs }, asked) => {
      const { periodMs, dimensionCount } = asked;
      const plan = planSegments({ fromMs, toMs }, asked, contents);
      const knownToMs = MONDAY + contents.length * DAY_MS;
      let atMs = Math.max(fromMs, MONDAY);
      for (const segment of plan) {
        expect(segment.dayMs + segment.fromMs).toBe(atMs);
        expect(segment.toMs).toBeGreaterThan(segment.fromMs);
        expect(segment.level === 'five' && dimensionCount > 1).toBe(false);
        const levelMs = { raw: 1, five: FIVE_MINUTES_MS, hour: HOUR_MS, day: DAY_MS }[segment.level];
        expect(levelMs).toBeLessThanOrEqual(periodMs);
        expect([segment.fromMs % levelMs, segment.toMs % levelMs]).toEqual([0, 0]);
        atMs = segment.dayMs + segment.toMs;
      }
      expect(atMs).toBe(Math.max(fromMs, MONDAY, Math.min(toMs, knownToMs)));
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});

describe('planRollups', () => {
  const nothing = { hours: [], fives: [] };

  it('rolls up hours that are over, at both levels', () => {
    const day = aDay(MONDAY, [2], false, [2]);
    const both = [0, 1, 3];
    expect(planRollups(day, MONDAY + 4.9 * HOUR_MS, 0)).toEqual({ hours: both, fives: both });
    expect(planRollups(day, MONDAY - HOUR_MS, 9)).toEqual(nothing);
    expect(planRollups(aDay(MONDAY, all24, true, all24), MONDAY + 9 * DAY_MS, 9)).toEqual(nothing);
  });

  it('makes up for the latest hours that have no five minutes, some at a time', () => {
    const day = aDay(MONDAY, [0, 1, 2, 3, 4], false, [3]);
    expect(planRollups(day, MONDAY + 6 * HOUR_MS, 2)).toEqual({ hours: [5], fives: [2, 4, 5] });
    expect(planRollups(day, MONDAY + 6 * HOUR_MS, 0)).toEqual({ hours: [5], fives: [5] });
    expect(planRollups(day, MONDAY + 5 * HOUR_MS, 24)).toEqual({ hours: [], fives: [0, 1, 2, 4] });
  });

  it('takes neighbouring hours together', () => {
    expect(stretchesOf([0, 1, 3])).toEqual([
      { fromHour: 0, toHour: 2 },
      { fromHour: 3, toHour: 4 },
    ]);
    expect(stretchesOf([])).toEqual([]);
  });
});

it('lets a day go when all of it is older than the retention', () => {
  const days = [MONDAY, MONDAY + DAY_MS];
  expect(expiredDays(days, MONDAY + 3 * DAY_MS - 1, 2)).toEqual([]);
  expect(expiredDays(days, MONDAY + 3 * DAY_MS, 2)).toEqual([MONDAY]);
});
