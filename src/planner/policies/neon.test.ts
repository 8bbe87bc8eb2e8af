import { describe, expect, it } from 'vitest';
import { NeonWorkingSet } from './neon-working-set.ts';
import { neon } from './neon.ts';
import { contextOf, GIB, play, secondOf, seconds } from './policy-fixture.ts';

describe('Neon', () => {
  it('follows the load average of a minute, every 5 s', () => {
    // 1.8 tasks: load1 after n counts is 1.8 (1 - e^(-n/12)); units = round(load1 / 0.9 / 0.25).
    const path = play(neon, contextOf({}), seconds(900, 1.8));
    const expected = [1, 2, 3, 12, 60].map((count) =>
      Math.round((1.8 * (1 - Math.exp(-count / 12))) / 0.225),
    );
    expect([5, 10, 15, 60, 300].map((second) => path[second - 1])).toEqual(
      expected.map((acu) => Math.max(0.5, acu)),
    );
    expect(path[3]).toBe(0.5);
    expect(path.at(-1)).toBe(8);
  });

  it('comes down as the average falls, not in the first 5 minutes', () => {
    const early = play(neon, contextOf({}, 8), seconds(310, 0.225));
    expect([early[298], early[299]]).toEqual([8, 1]);
    const path = play(neon, contextOf({}), [...seconds(900, 1.8), ...seconds(300, 0)]);
    // Half a minute later e^(-1/2) of it is left.
    expect(path[929]).toBe(Math.round(8 * Math.exp(-0.5)));
    expect(path.at(-1)).toBe(0.5);
  });

  it('keeps memory at 75 % used, in whole units of 1 GiB', () => {
    const path = play(neon, contextOf({}), seconds(10, { cpus: 0.1, unevictableBytes: 4 * GIB }));
    // (4 GiB + 100 MiB) / 0.75 = 5.46 GiB: 6 units, 3 ACU.
    expect(path.at(-1)).toBe(3);
  });

  it('keeps the working set of the cache within 75 % of memory', () => {
    const load = seconds(400, { cpus: 0.1, wantedMemoryBytes: 6 * GIB, cacheBytes: GIB });
    expect(play(neon, contextOf({}), load).at(-1)).toBe(4);
  });

  it('is suspended after 5 minutes and begins anew at the minimum', () => {
    const load = [...seconds(600, 1.8), ...seconds(400, 0), ...seconds(2, 1.8)];
    const path = play(neon, contextOf({ minAcu: 0, autoPauseMs: 300_000 }), load);
    expect(secondOf(path, (acu) => acu === 0)).toBe(900);
    expect(path.at(-1)).toBe(0.5);
  });
});

describe('the working set as Neon reads it', () => {
  const fill = (minutes: readonly number[]): NeonWorkingSet => {
    const workingSet = new NeonWorkingSet();
    for (const bytes of minutes) workingSet.add(bytes, 60_000);
    return workingSet;
  };

  it('is the last window where the curve has no knee', () => {
    const steady = fill(Array.from({ length: 60 }, () => 1000));
    expect([steady.estimateBytes(), steady.projectedBytes()]).toEqual([1000, 1000]);
  });

  it('ends at the knee: what was touched once long ago does not count', () => {
    const burst = fill([
      ...Array.from({ length: 30 }, () => 9000),
      ...Array.from({ length: 30 }, () => 1000),
    ]);
    expect([burst.estimateBytes(), burst.projectedBytes()]).toEqual([1000, 1000]);
  });

  it('grows half a window ahead', () => {
    const growing = fill(Array.from({ length: 60 }, (_, minute) => (60 - minute) * 100));
    expect(growing.estimateBytes()).toBe(6000);
    expect(growing.projectedBytes()).toBe(6050);
  });
});
