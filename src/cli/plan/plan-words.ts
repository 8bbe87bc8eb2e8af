import type { ShortPeriod, TracePlan } from '../../planner/results.ts';
import { formatAcu, formatMomentIn, formatStep, formatUsd } from './figures.ts';

/** What terminal and page say alike; whole sentences or lists, null where there is nothing to say. */

/** What of it was measured and what assumed, where the load has steps longer than a second. */
export function burstsText({ trace, withoutBursts }: TracePlan): string | null {
  if (withoutBursts === null) return null;
  const { peakAcu, policies } = withoutBursts;
  const costs = policies
    .map(({ title, monthlyCost }) => `${formatUsd(monthlyCost)} with ${title}`)
    .join(', ');
  return (
    `The means of ${formatStep(trace.stepSeconds)} that were measured need ${formatAcu(peakAcu)} ACU at most; ${formatAcu(trace.demand.max)} is with ` +
    `the bursts that are assumed within them. Without any burst the same bounds would cost ${costs} a month: the truth lies between, and a load by the second tells it.`
  );
}

/** The cheapest of each kind of offer, in the order of their cost. */
export function offersText({ costs }: TracePlan): string {
  return costs.offers
    .filter(({ name }) => !name.endsWith('I/O-Optimized') || costs.offers.length < 3)
    .map(({ name, total }) => `${formatUsd(total)} ${name.replace(/, Standard$/, '')}`)
    .join(' · ');
}

/** A month of so short a load is no measurement. */
export function briefText({ trace: { hours } }: TracePlan): string | null {
  if (hours >= 24) return null;
  return 'It covers less than a day: what it costs a month is a guess, as if every hour were like these.';
}

/** `13 Apr 04:12:05, for 35 s: 41 ACU-seconds, at most 3.2 ACU at once` */
export function shortPeriodText(period: ShortPeriod, { trace: { start } }: TracePlan): string {
  const { fromSecond, seconds, shortfallAcuSeconds, mostShortAcu } = period;
  return (
    `${formatMomentIn(start, fromSecond)}, for ${formatStep(seconds)}: ${formatAcu(shortfallAcuSeconds)} ACU-seconds short, ` +
    `at most ${formatAcu(mostShortAcu)} ACU at once`
  );
}

/** Where capacity does not keep to the objective. */
export const OBJECTIVE_MISSED =
  'None of the minimums and maximums that were tried meets the objective for this load.';
