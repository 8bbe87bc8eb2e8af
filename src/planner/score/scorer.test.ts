import { describe, expect, it } from 'vitest';
import type { Bounds, RunSecond } from '../model.ts';
import { secondOf } from './run-fixture.ts';
import type { RunFigures } from './scorer.ts';
import { Scorer } from './scorer.ts';

const BOUNDS: Bounds = { minAcu: 0.5, maxAcu: 16, autoPauseMs: null };
const POLICY = { name: 'some', title: 'Some', kind: 'causal' } as const;

function scoreOf(scorer: Scorer): RunFigures {
  return scorer.finish({ policy: POLICY, acuHourPrice: 0.12, lockScaleUps: 0 });
}

function played(seconds: readonly RunSecond[], bounds = BOUNDS): RunFigures {
  const scorer = new Scorer(bounds);
  for (const second of seconds) scorer.second(second);
  return scoreOf(scorer);
}

/** Demand and capacity, second by second. */
function levels(...pairs: readonly (readonly [number, number])[]): RunFigures {
  return played(pairs.map(([demand, capacity], index) => secondOf(index, demand, capacity)));
}

describe('cost', () => {
  it('is ACU-hours at their price, and a month of 730 hours of the mean', () => {
    const score = played(Array.from({ length: 1800 }, (_, index) => secondOf(index, 4, 4)));
    expect(score).toMatchObject({ hours: 0.5, meanAcu: 4, acuHours: 2, cost: 0.24 });
    expect(score.monthlyCost).toBeCloseTo(4 * 730 * 0.12, 9);
  });
});

describe('SPEC RG figures', () => {
  it('have a second right from what is needed on the grid to a step more', () => {
    const score = levels([3.2, 3.5], [3.2, 4], [0, 0.5], [0, 1]);
    expect(score.underProvisionedTimeShare).toBe(0);
    expect(score.overProvisionedTimeShare).toBe(0);
  });

  it('relate what is missing or too much to what is needed', () => {
    // Needed 4, 4, 2, 0.5: missing 1 of 4; right; 2 too much of 2; 1 too much of 0.5.
    const score = levels([4, 3], [3.7, 4], [2, 4], [0, 1.5]);
    expect(score.underProvisionedTimeShare).toBe(0.25);
    expect(score.overProvisionedTimeShare).toBe(0.5);
    expect(score.underProvisioningAccuracy).toBeCloseTo(0.25 / 4, 12);
    expect(score.overProvisioningAccuracy).toBeCloseTo((1 + 2) / 4, 12);
  });

  it('need no more than the maximum: what is above is shortfall and time at the maximum', () => {
    const score = levels([20, 16], [10, 16], [16, 16], [16, 15.5]);
    expect(score.underProvisionedTimeShare).toBe(0.25);
    expect(score.shortfallAcuSeconds).toBe(4.5);
    expect(score.shortfallShare).toBeCloseTo(4.5 / 62, 12);
    expect(score.cappedTimeShare).toBe(0.5);
  });

  it('need nothing while it is paused, and everything while somebody waits for a wake', () => {
    const bounds = { minAcu: 0, maxAcu: 16, autoPauseMs: 60_000 };
    const score = played(
      [
        secondOf(0, 0, 0),
        secondOf(1, 0, 0),
        secondOf(2, 2, 0, { coldStartSeconds: 1 }),
        secondOf(3, 2, 1, { endCapacityAcu: 2, coldStartSeconds: 0.5, shortfallAcuSeconds: 1 }),
      ],
      bounds,
    );
    expect(score.underProvisionedTimeShare).toBe(0.5);
    expect(score.underProvisioningAccuracy).toBeCloseTo(1.5 / 4, 12);
    expect(score.overProvisionedTimeShare).toBe(0);
    expect(score.coldStartSeconds).toBe(1.5);
    expect(score.pausedHours).toBeCloseTo(3 / 3600, 12);
  });

  it('do not take the rest of a sum of fractions for a lack', () => {
    const capacity = Array.from({ length: 20 }, () => 0.05 * 7.5).reduce((sum, part) => sum + part, 0);
    expect(played([secondOf(0, 7.5, capacity - 1e-9)]).underProvisionedTimeShare).toBe(0);
  });
});

describe('changes', () => {
  it('are counted by the hour, those of direction too; pauses and wakes are neither', () => {
    const scorer = new Scorer({ minAcu: 0, maxAcu: 16, autoPauseMs: 1 });
    for (let index = 0; index < 1800; index += 1) scorer.second(secondOf(index, 1, 1));
    const path = [1, 4, 8, 6, 7, 0, 2, 1];
    path.slice(1).forEach((acu, index) => scorer.change(path[index]!, acu, index * 1000));
    // Resizes: 1-4, 4-8, 8-6, 6-7, 2-1. Reversals: 8-6 and 6-7; after a wake there is nothing to turn from.
    const score = scoreOf(scorer);
    expect(score.resizesPerHour).toBe(10);
    expect(score.reversalsPerHour).toBe(4);
    expect(score.pauses).toBe(1);
  });
});

describe('reaction', () => {
  it('lasts from demand above capacity until capacity holds it', () => {
    expect(levels([1, 1], [4, 1], [4, 2], [4, 4]).reactionP95Seconds).toBe(2);
  });

  it('knows from what was missing when in a second capacity rose', () => {
    const score = played([
      secondOf(0, 1, 1),
      secondOf(1, 9, 7, { endCapacityAcu: 9, shortfallAcuSeconds: 2 }),
      secondOf(2, 9, 9),
    ]);
    expect(score.reactionP95Seconds).toBeCloseTo(0.25, 9);
  });

  it('counts what comes in force on the border as there from the beginning', () => {
    const scorer = new Scorer(BOUNDS);
    scorer.second(secondOf(0, 8, 4));
    scorer.change(4, 6, 1000);
    scorer.change(6, 8, 1500);
    scorer.second(secondOf(1, 8, 7, { endCapacityAcu: 8, shortfallAcuSeconds: 1 }));
    expect(scoreOf(scorer).reactionP95Seconds).toBeCloseTo(1.5, 9);
  });

  it('does not count time at the maximum', () => {
    expect(levels([20, 16], [20, 16], [1, 16]).reactionP95Seconds).toBeNull();
    expect(levels([1, 1], [20, 1], [20, 1], [20, 16], [20, 16], [1, 1]).reactionP95Seconds).toBe(2);
  });

  it('is null where nothing was short, and as long as it was where the run ends first', () => {
    expect(levels([1, 1], [2, 2]).reactionP95Seconds).toBeNull();
    expect(levels([1, 1], [2, 1], [2, 1]).reactionP95Seconds).toBe(2);
  });

  it('is the 95th percentile', () => {
    const pairs: [number, number][] = [];
    for (let episode = 1; episode <= 20; episode += 1) {
      const seconds = episode === 20 ? 60 : episode === 19 ? 10 : 1;
      for (let second = 0; second < seconds; second += 1) pairs.push([4, 1]);
      pairs.push([4, 4]);
    }
    expect(levels(...pairs).reactionP95Seconds! / 10).toBeCloseTo(1, 1);
  });
});

describe('latency', () => {
  it('is over all requests, each with its weight', () => {
    const scorer = new Scorer(BOUNDS);
    scorer.second(secondOf(0, 1, 1));
    scorer.latency(94, 0.01);
    scorer.latency(3.5, 0.1);
    scorer.latency(2.5, 1);
    const { latency } = scoreOf(scorer);
    expect(latency.mean).toBeCloseTo((0.94 + 0.35 + 2.5) / 100, 9);
    expect(Math.abs(latency.p50 / 0.01 - 1)).toBeLessThan(0.01);
    expect(Math.abs(latency.p95 / 0.1 - 1)).toBeLessThan(0.01);
    expect(Math.abs(latency.p99 - 1)).toBeLessThan(0.01);
  });
});
