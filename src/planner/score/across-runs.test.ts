import { describe, expect, it } from 'vitest';
import type { PolicyScore, TraceSummary } from '../results.ts';
import { completeScores } from './complete-scores.ts';
import { CapacityTimeline, LockRaises } from './lock-raises.ts';
import { secondOf } from './run-fixture.ts';
import type { RunFigures } from './scorer.ts';
import { Scorer } from './scorer.ts';
import { summarise } from './summary.ts';
import { Tee } from './tee.ts';

const BOUNDS = { minAcu: 0.5, maxAcu: 16, autoPauseMs: null };

function figures(
  policy: string,
  acuHours: number,
  shortfallAcuSeconds: number,
  rest: Partial<RunFigures> = {},
): RunFigures {
  const plain = new Scorer(BOUNDS).finish({
    policy: { name: policy, title: policy, kind: 'causal' },
    acuHourPrice: 0.12,
    lockScaleUps: 0,
  });
  return { ...plain, acuHours, shortfallAcuSeconds, ...rest };
}

const REFERENCE = { clairvoyantAcuHours: 4, rateLimitedAcuHours: 5, unlimitedP95Seconds: 0.02 };

describe('completeScores', () => {
  it('relates to the clairvoyants and to the database without limits', () => {
    const latency = { mean: 0.02, p50: 0.01, p95: 0.05, p99: 0.1 };
    const [score] = completeScores([figures('some', 6, 0, { latency })], REFERENCE);
    expect(score).toMatchObject({ ratioToClairvoyant: 1.5, ratioToRateLimitedClairvoyant: 1.2 });
    expect(score!.latencyInflation).toBeCloseTo(2.5, 12);
    const [free] = completeScores([figures('some', 6, 0)], { ...REFERENCE, clairvoyantAcuHours: null });
    expect(free!.ratioToClairvoyant).toBeNull();
  });

  it('has those on the front that nobody beats in one without losing in the other', () => {
    const scores = completeScores(
      [
        figures('cheap', 5, 100),
        figures('good', 8, 0),
        figures('also-good', 8, 0),
        figures('dear', 9, 0),
        figures('bad', 8, 100),
        figures('between', 6, 50),
        figures('seer', 4, 0, { kind: 'clairvoyant' }),
        figures('fixed', 5.5, 60, { kind: 'static' }),
      ],
      REFERENCE,
    );
    const front = Object.fromEntries(scores.map((score) => [score.policy, score.isOnParetoFront]));
    expect(front).toEqual({
      cheap: true,
      good: true,
      'also-good': true,
      dear: false,
      bad: false,
      between: true,
      seer: null,
      fixed: true,
    });
  });
});

describe('lock raises', () => {
  const WAITING = { lockSessions: 3 };

  function withoutWaiters(capacities: readonly number[]): CapacityTimeline {
    const timeline = new CapacityTimeline(capacities.length);
    capacities.forEach((acu, index) => timeline.second(secondOf(index, 1, acu)));
    return timeline;
  }

  it('count where waiters are and the same policy had less without them', () => {
    const raises = new LockRaises(withoutWaiters([1, 1, 1, 1, 1, 1]));
    raises.second(secondOf(0, 1, 1, WAITING));
    raises.change(1, 4, 1000);
    raises.second(secondOf(1, 1, 4, WAITING));
    raises.change(4, 6, 2500);
    raises.second(secondOf(2, 1, 5, { ...WAITING, endCapacityAcu: 6 }));
    raises.change(6, 2, 3000);
    raises.second(secondOf(3, 1, 2));
    // Nobody waits any more.
    raises.second(secondOf(4, 1, 2));
    raises.change(2, 3, 5000);
    raises.second(secondOf(5, 1, 3));
    expect(raises.count).toBe(2);
  });

  it('do not count what the policy did without them as well, nor a wake', () => {
    const raises = new LockRaises(withoutWaiters([1, 1, 4, 4]));
    raises.second(secondOf(0, 1, 1, WAITING));
    raises.change(1, 4, 1000);
    raises.second(secondOf(1, 1, 4, WAITING));
    raises.change(0, 8, 2000);
    raises.second(secondOf(2, 1, 8, WAITING));
    expect(raises.count).toBe(0);
  });

  it('count one that is in force only as the run ends', () => {
    const raises = new LockRaises(withoutWaiters([1]));
    raises.second(secondOf(0, 1, 1, WAITING));
    raises.change(1, 2, 1000);
    expect(raises.count).toBe(1);
  });

  it('keep the most of a second, also what was lowered again within it', () => {
    const timeline = new CapacityTimeline(9);
    const tee = new Tee([timeline]);
    for (let index = 0; index < 3; index += 1) tee.second(secondOf(index, 1, 1));
    tee.change(1, 5, 3200);
    tee.change(5, 1, 3700);
    for (let index = 3; index < 9; index += 1) tee.second(secondOf(index, 1, 1));
    expect([0, 1, 2, 3, 4, 5, 8].map((index) => timeline.mostAround(index))).toEqual([1, 1, 5, 5, 5, 1, 1]);
  });
});

describe('summary', () => {
  function plan(name: string, isFlat: boolean, ratios: Readonly<Record<string, number>>) {
    const trace = { name, isFlat } as TraceSummary;
    const scores = Object.entries(ratios).map(([policy, ratio]): PolicyScore => {
      const run = figures(policy, ratio * 4, 0, { shortfallShare: ratio / 100, lockScaleUps: 1 });
      return completeScores([run], REFERENCE)[0]!;
    });
    return { trace, scores };
  }

  it('has medians and the worst over the traces that are not flat', () => {
    const [one, two] = summarise([
      plan('a', false, { one: 1.2, two: 2 }),
      plan('b', false, { one: 1.6, two: 3 }),
      plan('flat', true, { one: 9, two: 9 }),
      plan('c', false, { one: 1.3 }),
    ]);
    expect(one).toMatchObject({
      policy: 'one',
      ratioToClairvoyant: { median: 1.3, worst: 1.6, worstTrace: 'b' },
      lockScaleUps: 3,
      onParetoFront: 3,
      traces: 3,
    });
    expect(two!.ratioToClairvoyant).toEqual({ median: 2.5, worst: 3, worstTrace: 'b' });
    expect(two!.shortfallShare.median).toBeCloseTo(0.025, 12);
    expect(summarise([plan('flat', true, { one: 1 })])).toEqual([]);
  });
});
