import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOnGrid } from './acu.ts';
import { clampMaximum, shareHost } from './host-share.ts';
import type { Claim } from './host-share.ts';

function claim(name: string, demandAcu: number, more: Partial<Claim> = {}): Claim {
  return { name, minAcu: 0.5, maxAcu: 8, capacityAcu: 0.5, demandAcu, ...more };
}

const shares = (budget: number, claims: readonly Claim[]): Record<string, number> =>
  Object.fromEntries([...shareHost(budget, claims)].map(([name, { shareAcu }]) => [name, shareAcu]));

describe('the host', () => {
  it('lets everybody grow to the maximum while there is room', () => {
    expect(shares(32, [claim('a', 1), claim('b', 7)])).toEqual({ a: 8, b: 8 });
    expect(shareHost(32, [claim('a', 1)]).get('a')?.contended).toBe(false);
  });

  it('meets demands before it gives room to grow', () => {
    expect(shares(8, [claim('busy', 6), claim('calm', 1)])).toEqual({ busy: 6, calm: 2 });
  });

  it('takes from the greediest first when demands do not fit, and says so', () => {
    const claims = [claim('a', 1), claim('b', 8), claim('c', 8)];
    expect(shares(8, claims)).toEqual({ a: 1, b: 3.5, c: 3.5 });
    expect(shareHost(8, claims).get('a')?.contended).toBe(true);
  });

  it('weighs by the maximum', () => {
    const claims = [claim('small', 8, { maxAcu: 4 }), claim('large', 8, { maxAcu: 8 })];
    expect(shares(6, claims)).toEqual({ small: 2, large: 4 });
  });

  it('gives everybody its minimum, whatever there is', () => {
    expect(shares(2, [claim('a', 9, { minAcu: 2 }), claim('b', 9, { minAcu: 2 })])).toEqual({ a: 2, b: 2 });
  });

  it('takes a minimum of 0 for one step: a database that is awake cannot have less', () => {
    expect(shares(1, [claim('a', 0, { minAcu: 0 }), claim('b', 0, { minAcu: 0 })])).toEqual({
      a: 0.5,
      b: 0.5,
    });
    expect(shares(2, [claim('a', 8, { minAcu: 0 }), claim('b', 0, { minAcu: 0 })])).toEqual({
      a: 1.5,
      b: 0.5,
    });
  });

  it('never gives away more than there is above the minimums, and never off the grid', () => {
    const claims = fc.array(
      fc
        .record({
          min: fc.integer({ min: 1, max: 8 }),
          more: fc.integer({ min: 0, max: 32 }),
          demand: fc.double({ min: 0, max: 40, noNaN: true }),
        })
        .map(({ min, more, demand }) => ({
          minAcu: min / 2,
          maxAcu: (min + more) / 2,
          demandAcu: demand,
          capacityAcu: min / 2,
        })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), claims, (budget, some) => {
        const named = some.map((one, index) => ({ ...one, name: `db${index}` }));
        const granted = shareHost(budget / 2, named);
        const sum = [...granted.values()].reduce((total, { shareAcu }) => total + shareAcu, 0);
        const minimums = named.reduce((total, { minAcu }) => total + minAcu, 0);
        expect(sum).toBeLessThanOrEqual(Math.max(budget / 2, minimums));
        for (const { name, minAcu, maxAcu } of named) {
          const share = granted.get(name)?.shareAcu ?? 0;
          expect(share).toBeGreaterThanOrEqual(minAcu);
          expect(share).toBeLessThanOrEqual(maxAcu);
          expect(isOnGrid(share)).toBe(true);
        }
      }),
    );
  });
});

it('a maximum above the host is the host', () => {
  expect(clampMaximum(64, 8.4)).toBe(8);
  expect(clampMaximum(4, 8.4)).toBe(4);
});
