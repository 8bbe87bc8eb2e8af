import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from './model.ts';
import type { Tuple } from './model.ts';
import { Tally } from './tally.ts';

function tuple(waitEvent: string): Tuple {
  return { ...(Object.fromEntries(DIMENSIONS.map((d) => [d, ''])) as Tuple), 'db.wait_event': waitEvent };
}

describe('Tally', () => {
  it('gives one sample per tuple and activity', () => {
    const cpu = tuple('CPU');
    const parts = [
      { activity: 'active', tuple: cpu, weightMs: 10 },
      { activity: 'active', tuple: cpu, weightMs: 20 },
      { activity: 'background', tuple: cpu, weightMs: 5 },
    ] as const;
    expect(new Tally().round(parts).map((s) => [s.activity, s.weightMs])).toEqual([
      ['active', 30],
      ['background', 5],
    ]);
  });

  it('keeps what rounding leaves over for the next tick', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (weights) => {
          const tally = new Tally();
          const cpu = tuple('CPU');
          let given = 0;
          for (const weightMs of weights) {
            for (const s of tally.round([{ activity: 'active', tuple: cpu, weightMs }])) given += s.weightMs;
          }
          const wanted = weights.reduce((sum, weight) => sum + weight, 0);
          expect(Math.abs(given - wanted)).toBeLessThanOrEqual(0.5 + 1e-6);
        },
      ),
    );
  });
});
