import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acuHours, clairvoyantPath, workPerSecond } from '../../bench/economy/clairvoyant.ts';
import { dayLevels, MEAN_LEVEL, toSegments } from '../../bench/economy/day.ts';
import { isOnGrid } from '../../src/capacity/acu.ts';

const BOUNDS = { minAcu: 0.5, maxAcu: 4, cpusPerAcu: 0.25 };

describe('a day in miniature', () => {
  it.each([60, 300, 1_800])('of %i s has its peak, its quiet and its mean', (seconds) => {
    const levels = dayLevels(seconds, 7);
    expect(levels).toHaveLength(seconds);
    expect(Math.max(...levels)).toBe(1);
    expect(Math.min(...levels)).toBeGreaterThan(0);
    expect(Math.min(...levels)).toBeLessThan(0.05);
    expect(levels.reduce((sum, level) => sum + level, 0) / seconds).toBeCloseTo(MEAN_LEVEL, 6);
  });

  it('is the same for the same seed, and has its spikes elsewhere for another', () => {
    expect(dayLevels(600, 7)).toEqual(dayLevels(600, 7));
    expect(dayLevels(600, 8)).not.toEqual(dayLevels(600, 7));
  });

  it('is played second by second', () => {
    expect(toSegments([0.5, 1], 200)).toEqual([
      { untilMs: 1_000, perSecond: 100 },
      { untilMs: 2_000, perSecond: 200 },
    ]);
  });
});

describe('the clairvoyant', () => {
  it('takes the least of the grid that does the work of each second', () => {
    expect(clairvoyantPath([0, 125, 126, 1_000], BOUNDS)).toEqual([0.5, 0.5, 1, 4]);
  });

  it('carries what exceeds the maximum', () => {
    expect(clairvoyantPath([1_500, 0, 250], BOUNDS)).toEqual([4, 2, 1]);
    expect(clairvoyantPath([2_500, 0, 250], BOUNDS)).toEqual([4, 4, 3]);
  });

  it('does all the work that the maximum can do, on the grid and within the bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 40 }), (work) => {
        const path = clairvoyantPath(work, BOUNDS);
        let leftMs = 0;
        for (const [second, acu] of path.entries()) {
          expect(isOnGrid(acu) && acu >= BOUNDS.minAcu && acu <= BOUNDS.maxAcu).toBe(true);
          leftMs = Math.max(0, leftMs + (work[second] ?? 0) - acu * 250);
          // Work is left over at the maximum only.
          expect(acu === BOUNDS.maxAcu || leftMs < 1e-6).toBe(true);
        }
      }),
    );
  });

  it('is billed by the hour', () => {
    expect(acuHours(Array.from({ length: 1_800 }, () => 4))).toBeCloseTo(2);
  });

  it('knows the work of each second from the schedule', () => {
    expect(workPerSecond([100, 900, 1_000, 2_500, 9_000], (index) => index + 1, 3)).toEqual([3, 3, 4]);
  });
});
