import { describe, expect, it } from 'vitest';
import { aasTarget } from './aas-target.ts';
import { cockroachdb } from './cockroachdb.ts';
import { polardb } from './polardb.ts';
import { contextOf, GIB, play, seconds } from './policy-fixture.ts';
import { scaleway } from './scaleway.ts';

describe('PolarDB', () => {
  it('stays between 55 and 85 % of CPU', () => {
    for (const cpus of [0.56, 0.84])
      expect(new Set(play(polardb, contextOf({}, 4), seconds(100, cpus)))).toEqual(new Set([4]));
  });

  it('goes to the middle above and below', () => {
    expect(play(polardb, contextOf({}, 4), seconds(10, 0.9)).slice(-2)).toEqual([4, 5.5]);
    expect(play(polardb, contextOf({}, 4), seconds(10, 0.35)).slice(-2)).toEqual([4, 2]);
  });

  it('counts memory, up by itself and down only together with CPU', () => {
    const holding = (acu: number): number | undefined =>
      play(polardb, contextOf({}, 4), seconds(10, { cpus: 0.1, unevictableBytes: acu * 2 * GIB })).at(-1);
    expect([holding(3.5), holding(2), holding(1.5)]).toEqual([6, 4, 2.5]);
  });
});

describe('Scaleway', () => {
  it('grows by a quarter after 10 s above 90 %, rounded up', () => {
    const path = play(scaleway, contextOf({}, 4), seconds(50, 8));
    expect([path[8], path[9], path[19], path[29], path[39]]).toEqual([4, 5, 6.5, 8.5, 11]);
    expect(new Set(play(scaleway, contextOf({}, 4), seconds(50, 0.89)))).toEqual(new Set([4]));
  });

  it('comes down a fifth a minute, down to the least', () => {
    const path = play(scaleway, contextOf({}, 4), seconds(2_000, 0.05));
    expect([path[58], path[59], path[119]]).toEqual([4, 3, 2]);
    expect(path.at(-1)).toBe(0.5);
  });
});

describe('CockroachDB', () => {
  it('takes four times the mean, or 1.33 of the peak', () => {
    expect(play(cockroachdb, contextOf({}, 4), seconds(300, 0.5)).at(-1)).toBe(8);
    const spike = [...seconds(10, 2), ...seconds(280, 0)];
    expect(play(cockroachdb, contextOf({}, 8), spike).at(-1)).toBe(11);
  });
});

describe('the naive follower of AAS', () => {
  it('buys CPUs for those who wait for locks', () => {
    expect(play(aasTarget, contextOf({}), seconds(10, { cpus: 1, locks: 5 })).at(-1)).toBe(24);
    const over = [...seconds(10, { cpus: 1, locks: 5 }), ...seconds(60, 1)];
    expect(play(aasTarget, contextOf({}), over).slice(-2)).toEqual([24, 4]);
  });
});
