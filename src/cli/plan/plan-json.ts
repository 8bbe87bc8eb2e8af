import type { Plan, TracePlan } from '../../planner/results.ts';

/**
 * What `airglow plan --json` prints: the {@link Plan} of `results.ts` as it is, without the points of its charts unless they
 * are asked for, so that
 *
 *     .traces[].trace           name, start, hours, stepSeconds, demand in ACU, notes
 *     .traces[].scores[]        a policy each: policy, acuHours, cost, monthlyCost, ratioToClairvoyant,
 *                               underProvisionedTimeShare, shortfallAcuSeconds, shortfallShare, latency,
 *                               resizesPerHour, lockScaleUps and the others of PolicyScore
 *     .traces[].recommendation  policy, minCapacity, maxCapacity, monthlyCost, reasons, minimums, maximums
 *     .traces[].costs           region, date and source of the price list, offers
 *     .traces[].withoutBursts   what was measured alone: peakAcu, and policies with monthlyCost; null for a load by the second
 *     .traces[].shortPeriods    when capacity was short: fromSecond, seconds, shortfallAcuSeconds, mostShortAcu
 *     .traces[].optimizedReads  with --optimized-reads: verdict, load before and after, without and with (capacity and cost)
 *     .summary                  medians over several traces; null for one
 *     .recommendation           of the trace, where there is only one; else left out
 *
 * Money is in US dollars, a month has 730 hours, shares go from 0 to 1. `acuHours` and `cost` are over the trace.
 */
export type PlanJson = Omit<Plan, 'traces'> & {
  readonly recommendation?: TracePlan['recommendation'];
  readonly traces: readonly (Omit<TracePlan, 'charts' | 'demandChart'> & Partial<TracePlan>)[];
};

export function planJson(plan: Plan, withCharts: boolean): PlanJson {
  const [only] = plan.traces;
  const { traces, ...rest } = plan;
  return {
    ...rest,
    ...(traces.length === 1 && only !== undefined ? { recommendation: only.recommendation } : {}),
    traces: withCharts ? traces : traces.map(withoutCharts),
  };
}

function withoutCharts({
  demandChart: _demand,
  charts: _charts,
  ...rest
}: TracePlan): PlanJson['traces'][number] {
  return rest;
}
