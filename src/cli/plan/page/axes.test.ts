import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { area, axisTicks, bars, stairs } from './axes.ts';

describe('axisTicks', () => {
  it.each([
    [11.7, [0, 5, 10, 15]],
    [0.4, [0, 0.1, 0.2, 0.3, 0.4]],
    [256, [0, 100, 200, 300]],
    [0, [0, 1]],
  ])('of %d', (most, ticks) => {
    expect(axisTicks(most)).toEqual(ticks);
  });

  it('covers the most there is, in a few steps', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (most) => {
        const ticks = axisTicks(most);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-5));
        expect(ticks.length).toBeGreaterThan(2);
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('paths', () => {
  it('step from value to value, and go on while it stays', () => {
    expect(stairs([1, 1, 2], 4)).toBe('M0 75H2V50H3');
    expect(area([4], 4)).toBe('M0 0H1V100H0Z');
    expect(stairs([], 4)).toBe('');
  });

  it('stay in the picture', () => {
    expect(stairs([9], 4)).toBe('M0 0H1');
  });

  it('have bars only where there is something', () => {
    expect(bars([0, 2, 0], 4)).toBe('M1 100V50h1V100Z');
  });
});
