import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byPeriod, stepsOfDecisions, withPauses } from './steps.ts';
import { decided, START, stretch } from './timeline-fixture.ts';

const WINDOW = stretch(0, 600);

function relative(steps: ReturnType<typeof withPauses>): [number, number, number][] {
  return steps.map(({ fromMs, toMs, acu }) => [(fromMs - START) / 1000, (toMs - START) / 1000, acu]);
}

it('holds what a decision gave until the next one', () => {
  const steps = stepsOfDecisions([decided(-10, 1), decided(0, 1, 2), decided(4, 2), decided(14, 2, 1)]);
  expect(relative(withPauses(steps, [], WINDOW))).toEqual([
    [0, 4, 2],
    [4, 14, 2],
    [14, 44, 1],
  ]);
});

it('knows nothing once nobody has decided for half a minute', () => {
  const steps = stepsOfDecisions([decided(0, 1), decided(10, 1), decided(300, 4)]);
  expect(relative(withPauses(steps, [], stretch(0, 310)))).toEqual([
    [0, 10, 1],
    [10, 40, 1],
    [300, 310, 4],
  ]);
});

it('is 0 while it slept, and not for having meant to', () => {
  const steps = stepsOfDecisions([decided(0, 1), decided(10, 1, 0), decided(12, 1), decided(20, 1, 0)]);
  expect(relative(withPauses(steps, [stretch(21, 100)], WINDOW))).toEqual([
    [0, 10, 1],
    [10, 12, 1],
    [12, 20, 1],
    [20, 21, 1],
    [21, 100, 0],
  ]);
});

it('cuts several pauses out of one step, and what lies outside the window', () => {
  const steps = [{ ...stretch(-100, 900), acu: 3 }];
  const pauses = [stretch(-50, 10), stretch(100, 101), stretch(200, 300), stretch(590, 700)];
  expect(relative(withPauses(steps, pauses, WINDOW))).toEqual([
    [0, 10, 0],
    [10, 100, 3],
    [100, 101, 0],
    [101, 200, 3],
    [200, 300, 0],
    [300, 590, 3],
    [590, 600, 0],
  ]);
});

it('gives the mean over what is known of each period', () => {
  const steps = [
    { ...stretch(0, 30), acu: 1 },
    { ...stretch(30, 75), acu: 3 },
    { ...stretch(200, 230), acu: 2 },
  ];
  const startsMs = [0, 60, 120, 180].map((second) => START + second * 1000);
  expect(byPeriod(steps, startsMs, 60_000)).toEqual({
    means: [2, 3, null, 2],
    knownMs: [60_000, 15_000, 0, 30_000],
  });
});

it('says of every second what looking it up says', () => {
  const property = fc.property(
    fc.array(
      fc.record({ waitSeconds: fc.integer({ min: 1, max: 60 }), acu: fc.integer({ min: 1, max: 9 }) }),
    ),
    fc.array(fc.record({ awake: fc.integer({ min: 1, max: 90 }), asleep: fc.integer({ min: 1, max: 90 }) })),
    (moves, sleeps) => {
      let second = 0;
      const decisions = moves.map(({ waitSeconds, acu }) => decided((second += waitSeconds), acu));
      second = 0;
      const pauses = sleeps.map(({ awake, asleep }) => {
        const fromSecond = second + awake;
        return stretch(fromSecond, (second = fromSecond + asleep));
      });
      const startsMs = Array.from({ length: 600 }, (_, index) => START + index * 1000);
      const { means } = byPeriod(withPauses(stepsOfDecisions(decisions), pauses, WINDOW), startsMs, 1000);
      for (const [index, atMs] of startsMs.entries()) {
        const isAsleep = pauses.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
        const last = decisions.findLast((decision) => decision.atMs <= atMs);
        const known = last !== undefined && atMs - last.atMs < 30_000 ? last.toAcu : null;
        expect(means[index]).toBe(isAsleep ? 0 : known);
      }
    },
  );
  fc.assert(property, { numRuns: 60, seed: 20261123 });
});
