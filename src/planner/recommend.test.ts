import { describe, expect, it } from 'vitest';
import type { Bounds } from './model.ts';
import type { RecommendContext } from './recommend.ts';
import { recommend, SHORTFALL_OBJECTIVE } from './recommend.ts';
import { needsOf } from './recommend/needs.ts';
import type { BoundsChoice } from './results.ts';

/** 1 ACU in 40 % of the time, 4 else, 8 for one second of a hundred, and once 10. */
const DEMAND = Float32Array.from({ length: 10_000 }, (_, index) => {
  if (index === 5_000) return 9.8;
  if (index % 100 === 0) return 8;
  return index % 5 < 3 ? 3.9 : 1;
});

/** 2 ACU, and 6 for a tenth of the time. */
const BUSY = Float32Array.from({ length: 1_000 }, (_, index) => (index % 10 === 0 ? 6 : 2));

const CONTEXT: RecommendContext = {
  policy: 'airglow',
  demandAcu: DEMAND,
  longestIdleSeconds: 0,
  autoPauseMs: 300_000,
  mostAcu: 256,
  workingSetAcu: null,
  acuHourPrice: 0.12,
  priceName: 'Standard, us-east-1',
  minAcu: null,
  maxAcu: null,
};

/** A policy that follows at once, and leaves short what follows from its bounds and `lag`. */
class Follower {
  readonly runs: Bounds[] = [];
  readonly #demandAcu: Float32Array;
  readonly #lag: (minAcu: number) => number;

  constructor(demandAcu = DEMAND, lag: (minAcu: number) => number = () => 0.001) {
    this.#demandAcu = demandAcu;
    this.#lag = lag;
  }

  readonly run = (bounds: Bounds): BoundsChoice => {
    this.runs.push(bounds);
    const capacity = this.#demandAcu.map((acu) =>
      Math.min(Math.max(Math.ceil(acu * 2) / 2, bounds.minAcu), bounds.maxAcu),
    );
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    const short = this.#demandAcu.map((acu, index) => Math.max(0, acu - capacity[index]!));
    const acuHours = sum(capacity) / 3600;
    return {
      minCapacity: bounds.minAcu,
      maxCapacity: bounds.maxAcu,
      acuHours,
      monthlyCost: (sum(capacity) / capacity.length) * 730 * 0.12,
      shortfallShare: sum(short) / sum(this.#demandAcu) + this.#lag(bounds.minAcu),
      latencyP95: 0.02,
      pauses: bounds.minAcu === 0 ? 3 : 0,
      coldStartSeconds: bounds.minAcu === 0 ? 4.5 : 0,
    };
  };
}

describe('what a demand needs', () => {
  it('is its percentiles on the grid, and the maximum of the formula of AWS', () => {
    // 1.3 times 10 is 13; typical is 0.95 * 4 + 0.05 * 10 = 4.3, so 4.5, and 1.5 times that 7.
    expect(needsOf(DEMAND, 256)).toEqual({ median: 4, p95: 4, p99: 4, p999: 8, peak: 10, withRoom: 13 });
    expect(needsOf(DEMAND, 6)).toMatchObject({ p999: 6, peak: 6, withRoom: 6 });
  });
});

describe('recommend', () => {
  it('has room above the peak, which costs nothing, and the least minimum that is enough', () => {
    const follower = new Follower();
    const advice = recommend(follower.run, CONTEXT);
    expect(advice).toMatchObject({
      policy: 'airglow',
      minCapacity: 0.5,
      maxCapacity: 13,
      isObjectiveMet: true,
    });
    expect(follower.runs.length).toBeLessThanOrEqual(10);
    expect(new Set(follower.runs.map(({ minAcu, maxAcu }) => `${minAcu}-${maxAcu}`)).size).toBe(
      follower.runs.length,
    );
    expect(advice.reasons[0]).toBe(
      'The maximum is 13 ACU: the load needs 10 ACU at its peak, 8 ACU or less in 99.9 % of the time and 4 ACU or less in 95 %, and room above the peak costs nothing while it is unused.',
    );
    // With a minimum of 2, 40 % of the seconds have 2 instead of 1 ACU: 0.4 ACU x 730 hours x 0.12 USD.
    expect(advice.reasons).toContainEqual(
      'A minimum of 2 ACU would cost 35 USD a month more and leave as much short (0.1 % of the demand).',
    );
    expect(advice.minimums.map(({ minCapacity }) => minCapacity)).toEqual([0.5, 2, 4]);
    expect(advice.maximums.map(({ maxCapacity }) => maxCapacity)).toEqual([4, 8, 10, 13]);
    for (const reason of advice.reasons) expect(reason).toMatch(/^[A-Z].*\.$/);
  });

  it('takes a higher minimum where the objective asks for it, and shows maximums with that one', () => {
    const follower = new Follower(DEMAND, (minAcu) => (minAcu < 2 ? 0.02 : 0.001));
    const advice = recommend(follower.run, CONTEXT);
    expect(advice).toMatchObject({ minCapacity: 2, maxCapacity: 13, isObjectiveMet: true });
    expect(advice.maximums.every(({ minCapacity }) => minCapacity === 2)).toBe(true);
    expect(advice.maximums.map(({ maxCapacity }) => maxCapacity)).toContain(13);
    expect(follower.runs.length).toBeLessThanOrEqual(10);
  });

  it('pauses only where there is time to', () => {
    const quiet = Float32Array.from({ length: 10_000 }, (_, index) => (index < 5_000 ? 0 : 4));
    const paused = recommend(new Follower(quiet).run, {
      ...CONTEXT,
      demandAcu: quiet,
      longestIdleSeconds: 5_000,
    });
    expect(paused.minimums[0]!.minCapacity).toBe(0);
    expect(paused.minCapacity).toBe(0);
    expect(paused.reasons.some((reason) => reason.includes('paused 3 times'))).toBe(true);
    const never = recommend(new Follower(quiet).run, {
      ...CONTEXT,
      demandAcu: quiet,
      longestIdleSeconds: 299,
    });
    expect(never.minimums[0]!.minCapacity).toBe(0.5);
  });

  it('says when nothing meets the objective', () => {
    const heavy = DEMAND.map((acu) => acu * 10);
    const follower = new Follower(heavy);
    const advice = recommend(follower.run, { ...CONTEXT, demandAcu: heavy, mostAcu: 16 });
    expect(advice).toMatchObject({ maxCapacity: 16, isObjectiveMet: false });
    expect(advice.reasons.some((reason) => reason.includes('None of the bounds that were tried'))).toBe(true);
  });

  it('tries what nearly all of the time needs where nothing less is enough', () => {
    const follower = new Follower(BUSY, (minAcu) => (minAcu < 6 ? 0.02 : 0));
    const advice = recommend(follower.run, { ...CONTEXT, demandAcu: BUSY });
    expect(advice).toMatchObject({ minCapacity: 6, isObjectiveMet: true });
  });

  it('keeps what is given', () => {
    const follower = new Follower();
    const advice = recommend(follower.run, { ...CONTEXT, minAcu: 1, maxAcu: 12 });
    expect(advice).toMatchObject({ minCapacity: 1, maxCapacity: 12 });
    expect(follower.runs).toEqual([{ minAcu: 1, maxAcu: 12, autoPauseMs: null }]);
  });

  it('has a maximum of at least 1, which Aurora asks for', () => {
    const little = new Float32Array(1_000).fill(0.2);
    expect(recommend(new Follower(little).run, { ...CONTEXT, demandAcu: little }).maxCapacity).toBe(1);
  });

  it('lets go of a peak that is rare, far above all else and costs something', () => {
    const demand = Float32Array.from({ length: 10_000 }, (_, index) => (index % 5_000 === 0 ? 200 : 1));
    const dear = new Follower(demand, () => 0);
    const advice = recommend(
      (bounds) => {
        const choice = dear.run(bounds);
        // A policy that stays up after a peak: the maximum is paid for.
        const monthlyCost = choice.monthlyCost * (bounds.maxAcu > 100 ? 2 : 1);
        return { ...choice, monthlyCost, shortfallShare: bounds.maxAcu > 1 ? 0 : SHORTFALL_OBJECTIVE };
      },
      { ...CONTEXT, demandAcu: demand },
    );
    expect(advice.maxCapacity).toBeLessThan(200);
    expect(advice.reasons[0]).toContain('rare');
  });
});
