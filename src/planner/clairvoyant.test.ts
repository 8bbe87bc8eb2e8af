import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RULES } from '../capacity/rules.ts';
import type { ClairvoyantInput } from './clairvoyant.ts';
import { rateLimitedPath, scorePath, SHORTFALL_PRICE, unconstrainedPath } from './clairvoyant.ts';
import type { Bounds } from './model.ts';
import { Scorer } from './score/scorer.ts';

const acuHoursOf = (path: Float32Array): number => path.reduce((sum, acu) => sum + acu, 0) / 3600;

const BOUNDS: Bounds = { minAcu: 0.5, maxAcu: 16, autoPauseMs: null };
const CLAIRVOYANT = { name: 'clairvoyant', title: 'Clairvoyant', kind: 'clairvoyant' } as const;

function input(demand: readonly number[], bounds: Partial<Bounds> = {}, idle?: number[]): ClairvoyantInput {
  return {
    demandAcu: Float32Array.from(demand),
    idle: idle === undefined ? null : Uint8Array.from(idle),
    bounds: { ...BOUNDS, ...bounds },
  };
}

describe('without rate limits', () => {
  it('has the least on the grid that meets the demand, within the bounds', () => {
    const path = unconstrainedPath(input([0, 0.5, 0.6, 3.2, 40], { minAcu: 0.5 }));
    expect([...path]).toEqual([0.5, 0.5, 1, 3.5, 16]);
  });

  it('is paused whenever nobody is there, if the minimum is 0', () => {
    const demand = [2, 0.2, 0.2, 2];
    const idle = [0, 1, 1, 0];
    expect([...unconstrainedPath(input(demand, { minAcu: 0 }, idle))]).toEqual([2, 0, 0, 2]);
    expect([...unconstrainedPath(input(demand, { minAcu: 0.5 }, idle))]).toEqual([2, 0.5, 0.5, 2]);
  });
});

describe('with our rate limits', () => {
  it('holds for the two seconds in which Airglow lowers nothing after a raise', () => {
    expect(RULES.settleMs).toBe(2_000);
    // The 4 ACU have to last for two seconds: the one before or the one after.
    const path = [...rateLimitedPath(input([1, 1, 4, 1, 1, 1]))];
    expect(isAllowed(path)).toBe(true);
    expect(path.toSorted((one, other) => one - other)).toEqual([1, 1, 1, 1, 4, 4]);
  });

  it('raises early where that is cheaper than to hold later', () => {
    // A raise to 4.5 in the third second would hold 4.5 in the fourth: raising a second early costs half an ACU more.
    expect([...rateLimitedPath(input([1, 4, 4.5, 1, 1]))]).toEqual([1, 4.5, 4.5, 1, 1]);
  });

  it('is paused after as much idling as the bounds say, and awake in time', () => {
    const bounds = { minAcu: 0, autoPauseMs: 2_000 };
    const path = rateLimitedPath(input([2, 0.1, 0.1, 0.1, 0.1, 3], bounds, [0, 1, 1, 1, 1, 0]));
    expect([...path]).toEqual([2, 0.5, 0.5, 0, 0, 3]);
  });

  it('costs what trying everything finds, whatever shortfall costs above 2', () => {
    const demand = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(demand, fc.constantFrom(2.1, SHORTFALL_PRICE), (steps, price) => {
        const needs = steps.map((step) => Math.max(step / 2, 0.5));
        const path = [...rateLimitedPath(input(needs))];
        expect(isAllowed(path)).toBe(true);
        expect(costOf(path, needs, price)).toBeCloseTo(leastCost(needs, price), 9);
      }),
      { numRuns: 100 },
    );
  });

  it('costs what trying every level finds, not only those that neighbours need', () => {
    const demand = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(demand, (steps) => {
        const path = rateLimitedPath(input(steps.map((step) => step / 2)));
        const sum = path.reduce((total, acu) => total + acu * 2, 0);
        expect(sum).toBeCloseTo(leastSteps(steps, 12), 9);
      }),
      { numRuns: 1_000 },
    );
  });

  it('goes on over the borders of blocks', () => {
    const demand = Array.from({ length: 40_000 }, (_, index) => ((index * 7919) % 13) / 2 + 0.5);
    const path = rateLimitedPath(input(demand));
    expect(isAllowed([...path])).toBe(true);
    expect(path.every((acu, index) => acu >= demand[index]!)).toBe(true);
    const inOneBlock = rateLimitedPath(input(demand.slice(8_000, 8_400)));
    // Away from the ends it does not matter what was long before.
    expect([...path.subarray(8_050, 8_350)]).toEqual([...inOneBlock.subarray(50, 350)]);
  });

  it('costs no less than without limits and no more than any path within them that is never short', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (pairs) => {
        const demand = pairs.map(([step]) => step * 0.43);
        const given = input(demand);
        const free = acuHoursOf(unconstrainedPath(given));
        const limited = acuHoursOf(rateLimitedPath(given));
        expect(free).toBeLessThanOrEqual(limited + 1e-9);
        const policy = somePolicy(
          demand,
          pairs.map(([, extra]) => extra / 2),
        );
        expect(isAllowed(policy)).toBe(true);
        expect(limited).toBeLessThanOrEqual(acuHoursOf(Float32Array.from(policy)) + 1e-9);
      }),
    );
  });
});

describe('the score of a path', () => {
  it('is that of a run', () => {
    const demand = Float32Array.from([1, 4, 1, 1, 20]);
    const scorer = new Scorer(BOUNDS);
    scorePath(Float32Array.from([1, 4, 4, 1, 16]), demand, scorer);
    const score = scorer.finish({ policy: CLAIRVOYANT, acuHourPrice: 0.12, lockScaleUps: 0 });
    expect(score.acuHours).toBeCloseTo(26 / 3600, 12);
    expect(score.shortfallAcuSeconds).toBe(4);
    expect(score.resizesPerHour).toBeCloseTo((3 * 3600) / 5, 9);
    expect(score.overProvisionedTimeShare).toBe(0.2);
    expect(score.reactionP95Seconds).toBeNull();
    expect(score.latency.p95).toBeNaN();
  });

  it('has nothing short where it is paused', () => {
    const scorer = new Scorer({ minAcu: 0, maxAcu: 8, autoPauseMs: 0 });
    scorePath(Float32Array.from([1, 0, 0, 1]), Float32Array.from([1, 0.2, 0.2, 1]), scorer);
    const score = scorer.finish({ policy: CLAIRVOYANT, acuHourPrice: 0.12, lockScaleUps: 0 });
    expect(score).toMatchObject({ shortfallAcuSeconds: 0, pauses: 1, underProvisionedTimeShare: 0 });
    expect(score.pausedHours).toBeCloseTo(2 / 3600, 12);
  });
});

/** After a raise nothing is lowered for two seconds. */
function isAllowed(path: readonly number[]): boolean {
  return path.every((acu, index) => {
    const isLowered = index > 0 && acu < path[index - 1]!;
    const wasJustRaised = index > 1 && path[index - 1]! > path[index - 2]!;
    return !(isLowered && wasJustRaised);
  });
}

function costOf(path: readonly number[], needs: readonly number[], price: number): number {
  return path.reduce((sum, acu, index) => sum + acu + price * Math.max(0, needs[index]! - acu), 0);
}

function leastCost(needs: readonly number[], price: number, path: readonly number[] = []): number {
  if (path.length === needs.length) return costOf(path, needs, price);
  const costs = [0.5, 1, 1.5, 2]
    .map((acu) => [...path, acu])
    .filter(isAllowed)
    .map((longer) => leastCost(needs, price, longer));
  return Math.min(...costs);
}

/** Never short, on the grid, more than needed at whim, and within the limits. */
function somePolicy(demand: readonly number[], extra: readonly number[]): number[] {
  const path: number[] = [];
  demand.forEach((acu, index) => {
    const wanted = Math.max(0.5, Math.ceil(acu / 0.5 - 1e-9) * 0.5 + extra[index]!);
    const before = path[index - 1] ?? wanted;
    const mayLower = before <= (path[index - 2] ?? before);
    path.push(mayLower ? wanted : Math.max(wanted, before));
  });
  return path;
}

/** The same programme without its shortcut: all levels, every pair of them. */
function leastSteps(needs: readonly number[], most: number): number {
  const levels = Array.from({ length: most + 1 }, (_, level) => level);
  let free = levels.map(() => 0);
  let raised = levels.map(() => Infinity);
  for (const need of needs) {
    const costOfLevel = (level: number) => level + SHORTFALL_PRICE * Math.max(0, need - level);
    const nextFree = levels.map(
      (level) => costOfLevel(level) + Math.min(raised[level]!, ...free.slice(level)),
    );
    const nextRaised = levels.map(
      (level) => costOfLevel(level) + Math.min(Infinity, ...free.slice(0, level), ...raised.slice(0, level)),
    );
    free = nextFree;
    raised = nextRaised;
  }
  return Math.min(...free, ...raised);
}
