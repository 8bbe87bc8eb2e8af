import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GridLevels } from './grid-levels.ts';

it('finds the least that covers the share', () => {
  const sixteenth = fc.integer({ min: 0, max: 1024 }).map((count) => count / 16);
  const demands = fc.array(sixteenth, { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(demands, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const acu = new GridLevels(Float32Array.from(values), 256).at(share);
      const covered = (most: number): number => values.filter((value) => value <= most).length;
      expect(covered(acu)).toBeGreaterThanOrEqual(share * values.length - 1e-6);
      expect(acu === 0 ? 0 : covered(acu - 0.5)).toBeLessThan(share * values.length);
    }),
  );
});

it('counts what is above the most as that', () => {
  expect(new GridLevels(Float32Array.of(1, 300), 8).at(1)).toBe(8);
});
