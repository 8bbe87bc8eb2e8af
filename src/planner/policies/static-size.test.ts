import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf } from './policy-fixture.ts';
import { quantileOnGrid, staticP95, staticPeak } from './static-size.ts';

const demandAcu = Float32Array.from({ length: 100 }, (_, second) => (second < 96 ? 1.2 : 9.9));

describe('a static size', () => {
  it('is the peak, or what is enough for 95 % of the seconds, on the grid and within the bounds', () => {
    const context = { ...contextOf({ maxAcu: 32 }), demandAcu };
    expect(staticPeak.start(context).startAcu).toBe(10);
    expect(staticP95.start(context).startAcu).toBe(1.5);
    expect(staticPeak.start({ ...contextOf({ maxAcu: 8 }), demandAcu }).startAcu).toBe(8);
    expect(staticP95.start({ ...contextOf({ minAcu: 2 }), demandAcu }).startAcu).toBe(2);
  });

  it('is the least that covers the share', () => {
    const sixteenth = fc.integer({ min: 0, max: 1024 }).map((count) => count / 16);
    const demands = fc.array(sixteenth, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(demands, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const acu = quantileOnGrid(Float32Array.from(values), share);
        const covered = (most: number): number => values.filter((value) => value <= most).length;
        expect(covered(acu)).toBeGreaterThanOrEqual(share * values.length);
        expect(acu === 0 ? 0 : covered(acu - 0.5)).toBeLessThan(share * values.length);
      }),
    );
  });
});
