import { describe, expect, it } from 'vitest';
import { bridgePeriods, remainingGaps } from './bridge.ts';
import type { Recorded } from './merge-live.ts';

const recorded = (coveredMs: number[], values: (number | null)[]): Recorded => ({
  atMs: coveredMs.map((_, index) => index * 1000),
  coveredMs,
  layers: [{ key: 'a', values }],
});

describe('a period without a tick of its own', () => {
  it('is covered by a tick that came late', () => {
    const bridged = bridgePeriods(recorded([1000, 0, 1014, 1014], [1, null, 3, 4]), 1000);
    expect(bridged.layers[0]?.values).toEqual([1, 3, 3, 4]);
    expect(bridged.coveredMs).toEqual([1000, 1000, 1014, 1014]);
  });

  it('is covered by a long tick as far as that reaches', () => {
    const bridged = bridgePeriods(recorded([1000, 0, 0, 0, 3000], [1, null, null, null, 5]), 1000);
    expect(bridged.layers[0]?.values).toEqual([1, null, 5, 5, 5]);
  });

  it('stays a gap where nobody looked', () => {
    const one = recorded([1000, 0, 1000], [1, null, 3]);
    expect(bridgePeriods(one, 1000)).toBe(one);
  });
});

describe('gaps', () => {
  it('are what is left', () => {
    const one = bridgePeriods(recorded([1000, 0, 1014, 0, 0, 1000], [1, null, 1, null, null, 1]), 1000);
    expect(
      remainingGaps(
        [
          { fromMs: 1000, toMs: 2000 },
          { fromMs: 3000, toMs: 5000 },
        ],
        one,
        1000,
      ),
    ).toEqual([{ fromMs: 3000, toMs: 5000 }]);
  });

  it('keep their own ends', () => {
    expect(
      remainingGaps([{ fromMs: 1500, toMs: 1800 }], recorded([1000, 0, 1000], [1, null, 1]), 1000),
    ).toEqual([{ fromMs: 1500, toMs: 1800 }]);
  });
});
