import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountClock, DampedLoad } from './damped-load.ts';
import { PointMean } from './point-mean.ts';
import { RecentPoints } from './recent-points.ts';
import { SlidingMaximum } from './sliding-maximum.ts';

describe('a sliding maximum', () => {
  it('is the highest of the window', () => {
    const looks = fc.array(fc.tuple(fc.integer({ min: 500, max: 3_000 }), fc.integer({ min: 0, max: 9 })));
    fc.assert(
      fc.property(looks, (steps) => {
        const sliding = new SlidingMaximum(10_000);
        const past: { readonly value: number; readonly atMs: number }[] = [];
        let nowMs = 0;
        for (const [afterMs, value] of steps) {
          nowMs += afterMs;
          past.push({ value, atMs: nowMs });
          sliding.add(value, nowMs);
          const live = past.filter(({ atMs }) => nowMs - atMs < 10_000);
          expect(sliding.highest).toBe(Math.max(...live.map((one) => one.value)));
        }
      }),
    );
  });

  it('holds longer rather than shorter when looks come faster than it has room for', () => {
    const sliding = new SlidingMaximum(1_000);
    for (let look = 0; look < 100; look++) sliding.add(100 - look, look);
    expect(sliding.highest).toBe(100);
  });
});

describe('points', () => {
  it('are means weighted by time', () => {
    const point = new PointMean(5_000);
    expect(point.add(1, 2_000)).toBe(false);
    expect(point.add(4, 3_000)).toBe(true);
    expect(point.mean).toBeCloseTo(2.8);
  });

  it('are kept in a ring', () => {
    const points = new RecentPoints(3);
    expect([points.highest(), points.mean(), points.at(0)]).toEqual([0, 0, 0]);
    for (const value of [9, 1, 4, 2]) points.add(value);
    expect([points.at(0), points.at(2), points.at(3), points.count]).toEqual([2, 1, 0, 3]);
    expect([points.highest(), points.lowest(1), points.lowest(3), points.lowest(2)]).toEqual([4, 2, 1, 2]);
    expect(points.mean()).toBeCloseTo(7 / 3);
  });
});

describe('a load average', () => {
  it('is at 1 - 1/e of a steady load after its period', () => {
    const load = new DampedLoad(60_000);
    const clock = new CountClock();
    for (let second = 0; second < 60; second++) if (clock.isDue(1_000)) load.count(10);
    expect(load.load).toBeCloseTo(10 * (1 - Math.exp(-1)), 9);
  });
});
