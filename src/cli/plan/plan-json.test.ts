import { expect, it } from 'vitest';
import { severalPlan, shopPlan, tieredPlan } from './plan-fixture.ts';
import { planJson } from './plan-json.ts';

const printed = (plan = shopPlan(), withCharts = false) =>
  JSON.parse(JSON.stringify(planJson(plan, withCharts))) as ReturnType<typeof planJson>;

it('has what scripts rely on, for each trace and policy', () => {
  for (const { scores, recommendation } of printed(severalPlan()).traces) {
    expect(scores.length).toBeGreaterThan(3);
    for (const score of scores) {
      expect(score.policy).toBeTypeOf('string');
      for (const name of [
        'acuHours',
        'cost',
        'ratioToClairvoyant',
        'underProvisionedTimeShare',
        'shortfallAcuSeconds',
        'resizesPerHour',
        'lockScaleUps',
      ] as const) {
        expect(score[name]).toBeTypeOf('number');
      }
    }
    expect(recommendation).toMatchObject({ minCapacity: 1, maxCapacity: 12 });
    expect(recommendation.monthlyCost).toBeTypeOf('number');
  }
});

it('has the recommendation on top only where there is one trace', () => {
  expect(printed().recommendation).toEqual(printed().traces[0]?.recommendation);
  expect(printed(severalPlan())).not.toHaveProperty('recommendation');
});

it('has the what-if of a second tier only where it was asked for', () => {
  expect(printed().traces[0]).not.toHaveProperty('optimizedReads');
  expect(printed(tieredPlan()).traces[0]?.optimizedReads).toMatchObject({
    verdict: { kind: 'helps' },
    with: { acuHours: 602 },
  });
});

it('has the points of charts only where they were asked for', () => {
  expect(printed().traces[0]).not.toHaveProperty('charts');
  expect(printed(shopPlan(), true).traces[0]?.charts?.[0]?.meanAcu).toHaveLength(336);
});
