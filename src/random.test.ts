import { describe, expect, it } from 'vitest';
import { nextArrivalMs, seededRandom, upTo } from './random.ts';

function take(count: number, random: () => number): number[] {
  return Array.from({ length: count }, random);
}

describe('seeded random', () => {
  it('repeats itself for a seed and differs between seeds and streams', () => {
    const first = take(50, seededRandom(7, 'reads'));
    expect(take(50, seededRandom(7, 'reads'))).toEqual(first);
    expect(take(50, seededRandom(8, 'reads'))).not.toEqual(first);
    expect(take(50, seededRandom(7, 'writes'))).not.toEqual(first);
  });

  it('is spread evenly over 0 to 1', () => {
    const values = take(20_000, seededRandom(1));
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = values.filter((value) => Math.floor(value * 10) === tenth).length / values.length;
      expect(share).toBeGreaterThan(0.09);
      expect(share).toBeLessThan(0.11);
    }
  });

  it('gives whole numbers from 1', () => {
    const random = seededRandom(2);
    const values = take(1000, () => upTo(3, random));
    expect(new Set(values)).toEqual(new Set([1, 2, 3]));
  });

  it('gives arrivals at the rate asked for', () => {
    const random = seededRandom(3);
    const totalMs = take(20_000, () => nextArrivalMs(200, random)).reduce((sum, gap) => sum + gap, 0);
    expect(totalMs / 20_000).toBeCloseTo(5, 0);
  });
});
