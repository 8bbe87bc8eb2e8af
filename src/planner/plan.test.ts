import { describe, expect, it } from 'vitest';
import type { PlanOptions } from './options.ts';
import { plan } from './plan.ts';
import { DATABASE, EXACT, traceOf } from './planner-fixture.ts';
import { PLANNED_POLICIES } from './policies/catalog.ts';
import type { Plan, PolicyScore } from './results.ts';
import { syntheticTrace } from './traces/synthetic.ts';
import type { ReadTrace } from './traces/units.ts';

const OPTIONS: PlanOptions = {
  policies: PLANNED_POLICIES.map(({ name }) => name),
  minAcu: null,
  maxAcu: null,
  autoPauseMs: 300_000,
  database: DATABASE,
  imperfections: EXACT,
  seed: 1,
  bursts: true,
  prices: { region: 'us-east-1', storageGib: 10, ioMillions: 1, hostPricePerAcuHour: null },
  chartPoints: 50,
  madeAt: '2026-11-23T00:00:00.000Z',
};

const made = (pattern: Parameters<typeof syntheticTrace>[0], hours = 2): ReadTrace => ({
  trace: syntheticTrace(pattern, { seed: 5, cores: 2, hours }),
  cpuCeilingCores: null,
});

function planOf(traces: readonly ReadTrace[], options: Partial<PlanOptions> = {}): Plan {
  return plan(traces, { ...OPTIONS, ...options }, () => {}, 'test');
}

function scoreOf({ traces }: Plan, policy: string): PolicyScore {
  const score = traces[0]?.scores.find((one) => one.policy === policy);
  if (score === undefined) throw new Error(`no ${policy}`);
  return score;
}

describe('a plan', () => {
  const lockStorm = planOf([made('lock-storm', 6)]);

  it('has every policy and the clairvoyants, and nobody beats who knows the future', () => {
    const [trace] = lockStorm.traces;
    expect(trace?.scores.map(({ policy }) => policy)).toEqual([
      ...OPTIONS.policies,
      'clairvoyant',
      'clairvoyant-limited',
    ]);
    const least = scoreOf(lockStorm, 'clairvoyant');
    expect(least.shortfallAcuSeconds).toBe(0);
    for (const score of trace?.scores ?? []) {
      const isBeaten = score.shortfallAcuSeconds === 0 && score.acuHours < least.acuHours;
      expect(isBeaten).toBe(false);
      expect(score.ratioToClairvoyant).toBeCloseTo(score.acuHours / least.acuHours, 9);
      expect(score.cost).toBeCloseTo(score.acuHours * 0.12, 9);
    }
  });

  it('knows who takes a lock for a lack of capacity', () => {
    expect(scoreOf(lockStorm, 'airglow').lockScaleUps).toBe(0);
    expect(scoreOf(lockStorm, 'aas-target').lockScaleUps).toBeGreaterThan(0);
  });

  it('recommends bounds that keep the objective, at what a month of them costs', () => {
    const { recommendation, scores } = lockStorm.traces[0]!;
    expect(recommendation).toMatchObject({ policy: 'airglow', isObjectiveMet: true });
    const planned = scores.find(({ policy }) => policy === 'airglow');
    expect(planned?.bounds).toMatchObject({
      minAcu: recommendation.minCapacity,
      maxAcu: recommendation.maxCapacity,
    });
    expect(planned?.shortfallShare).toBeLessThanOrEqual(0.005);
    expect(recommendation.monthlyCost).toBeCloseTo((planned?.acuHours ?? 0) * 0.12 * (730 / 6), 6);
  });

  it('is the same again', () => {
    expect(planOf([made('lock-storm', 6)])).toEqual(lockStorm);
  });

  it('shows pictures of the whole time', () => {
    const { demandChart, charts } = lockStorm.traces[0]!;
    expect(demandChart.meanAcu).toHaveLength(50);
    expect(demandChart.secondsPerPoint * 50).toBe(21_600);
    expect(charts).toHaveLength(OPTIONS.policies.length + 2);
  });
});

it('keeps to bounds that are given, and plans for the first policy', () => {
  const planned = planOf([made('steps', 1)], { policies: ['neon', 'airglow'], minAcu: 2, maxAcu: 5 });
  expect(planned.traces[0]?.recommendation).toMatchObject({
    policy: 'neon',
    minCapacity: 2,
    maxCapacity: 5,
  });
  for (const { bounds } of planned.traces[0]?.scores ?? [])
    expect(bounds).toMatchObject({ minAcu: 2, maxAcu: 5 });
});

it('lets it pause where that is cheaper, and says what waking costs', () => {
  const planned = planOf([made('on-off', 6)], { policies: ['airglow', 'aurora-v2'], autoPauseMs: 60_000 });
  expect(planned.traces[0]?.recommendation.minCapacity).toBe(0);
  const [airglow, aurora] = [scoreOf(planned, 'airglow'), scoreOf(planned, 'aurora-v2')];
  expect(airglow.pauses).toBeGreaterThan(2);
  expect(airglow.coldStartSeconds).toBeCloseTo(airglow.pauses * 0.01, 1);
  expect(aurora.coldStartSeconds).toBeGreaterThanOrEqual(15);
});

it('sums several up, and lists apart those that say nothing', () => {
  const idle = {
    trace: traceOf(Array(3600).fill(0.01) as number[], { name: 'idle' }),
    cpuCeilingCores: null,
  };
  const planned = planOf([made('steps', 1), made('spikes', 1), idle], {
    policies: ['airglow', 'static-peak'],
    minAcu: 0.5,
  });
  expect(planned.traces.map(({ trace }) => trace.isFlat)).toEqual([false, false, true]);
  expect(planned.summary?.find(({ policy }) => policy === 'airglow')).toMatchObject({ traces: 2 });
});

it('tells how far it is, and never back', () => {
  const shares: number[] = [];
  plan(
    [made('steps', 1), made('spikes', 1)],
    { ...OPTIONS, policies: ['airglow'] },
    ({ share }) => shares.push(share),
    'test',
  );
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThanOrEqual(1);
});

it.each([
  { options: { policies: ['aroura-v2'] }, says: /aurora-v2/ },
  { options: { prices: { ...OPTIONS.prices, region: 'mars-1' } }, says: /us-east-1/ },
])('refuses $says', ({ options, says }) => {
  expect(() => planOf([made('steps', 1)], options)).toThrow(says);
});
