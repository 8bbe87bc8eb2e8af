import { describe, expect, it } from 'vitest';
import { auroraV2 } from './aurora-v2.ts';
import { contextOf, GIB, play, secondOf, seconds } from './policy-fixture.ts';

/** More than the capacities that were reached in the published traces. */
const HUNGRY = 16;

function secondsTo(startAcu: number, fromAcu: number, toAcu: number): number {
  const path = play(auroraV2, contextOf({ minAcu: startAcu }, startAcu), seconds(1_000, HUNGRY));
  const from = startAcu >= fromAcu ? 0 : (secondOf(path, (acu) => acu >= fromAcu) ?? Number.NaN);
  return (secondOf(path, (acu) => acu >= toAcu) ?? Number.NaN) - from;
}

describe('the published traces of 16 hungry sessions', () => {
  // Within 30 %; the first ACU within 2 s.
  it.each([
    { min: 1, from: 1, to: 4, published: 2 },
    { min: 1, from: 4, to: 8, published: 73 },
    { min: 1, from: 8, to: 10.5, published: 138 },
    { min: 4, from: 4, to: 8, published: 16 },
    { min: 4, from: 8, to: 10.5, published: 67 },
    { min: 8, from: 8, to: 11, published: 16 },
  ])('from a minimum of $min, $from to $to ACU in about $published s', ({ min, from, to, published }) => {
    const took = secondsTo(min, from, to);
    expect(Math.abs(took - published)).toBeLessThanOrEqual(Math.max(2, 0.3 * published));
  });

  it('of 32 sessions, which grew faster, is met within a factor of two', () => {
    const took = secondsTo(4, 8, 12.5);
    expect(took / 108).toBeGreaterThan(0.5);
    expect(took / 108).toBeLessThan(2);
  });

  it('went from 10.5 to 1.5 ACU in 293 and 186 s; here in 180 s for each halving', () => {
    const path = play(auroraV2, contextOf({ minAcu: 1 }, 10.5), [
      ...seconds(5, 2),
      ...seconds(900, { cpus: 0.02 }),
    ]);
    const [first, second] = [secondOf(path, (acu) => acu <= 5.5), secondOf(path, (acu) => acu <= 1.5)];
    expect(first).toBe(5 + 180);
    expect(second).toBe(5 + 3 * 180);
    // Published: 293 and 479 s after the load ended.
    expect(Math.abs((second ?? 0) - 5 - 479) / 479).toBeLessThan(0.2);
  });
});

describe('Aurora v2, modelled', () => {
  it('settles at 77 % of its CPU, as measured: about 5 ACU for each busy session and one more', () => {
    for (const sessions of [1, 2, 3, 4, 5, 6]) {
      const path = play(auroraV2, contextOf({ minAcu: 4, maxAcu: 64 }, 4), seconds(40_000, sessions));
      const published = 5 * sessions + 1;
      expect(Math.abs((path.at(-1) ?? 0) - published)).toBeLessThanOrEqual(1);
    }
  });

  it('holds for 180 s what is needed now and then', () => {
    const beat = [...seconds(1, 1.9), ...seconds(150, 0.1)];
    const path = play(auroraV2, contextOf({}, 10), [...beat, ...beat, ...beat, ...beat]);
    expect(new Set(path)).toEqual(new Set([10]));
  });

  it('does not go below what memory is worth having', () => {
    const load = seconds(3_000, { cpus: 0.02, wantedMemoryBytes: 5 * GIB });
    expect(play(auroraV2, contextOf({}, 16), load).at(-1)).toBe(2.5);
  });

  it('pauses after 300 s at the soonest, and wakes small', () => {
    const context = contextOf({ minAcu: 0, autoPauseMs: 10_000 }, 8);
    const path = play(auroraV2, context, [...seconds(100, 1), ...seconds(400, 0)]);
    expect(secondOf(path, (acu) => acu === 0)).toBe(400);
    const run = auroraV2.start(context);
    expect(run.wake?.(500_000)).toBe(2);
    expect([run.wakeMs?.(3_600_000), run.wakeMs?.(24 * 3_600_000)]).toEqual([15_000, 30_000]);
  });
});
