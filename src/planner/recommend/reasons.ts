import { awakeMinimum } from '../../capacity/acu.ts';
import type { RecommendContext } from '../recommend.ts';
import type { BoundsChoice } from '../results.ts';
import type { Needs } from './needs.ts';

/** Why this maximum; whole sentences. */
export function maximumReasons(
  chosen: BoundsChoice,
  choices: readonly BoundsChoice[],
  needs: Needs,
  context: RecommendContext,
  objective: number,
): string[] {
  const { maxCapacity } = chosen;
  const need = `the load needs ${needs.peak} ACU at its peak, ${needs.p999} ACU or less in 99.9 % of the time and ${needs.p95} ACU or less in 95 %`;
  const reasons = [
    context.maxAcu === null
      ? `The maximum is ${maxCapacity} ACU: ${need}${roomOf(chosen, choices, needs)}.`
      : `The maximum is ${maxCapacity} ACU, as given; ${need}.`,
  ];
  const lower = choices.findLast((choice) => choice.maxCapacity < maxCapacity);
  if (lower !== undefined)
    reasons.push(`A maximum of ${lower.maxCapacity} ACU ${differenceOf(lower, chosen)}.`);
  if (chosen.shortfallShare > objective) reasons.push(missedReason(chosen, needs, context, objective));
  return reasons;
}

/** Why this minimum, and what it was reckoned with; whole sentences. */
export function minimumReasons(
  chosen: BoundsChoice,
  choices: readonly BoundsChoice[],
  { median }: Needs,
  context: RecommendContext,
  objective: number,
): string[] {
  const { minCapacity, shortfallShare } = chosen;
  const why = context.minAcu === null ? cheapest(chosen, choices, objective) : 'as given';
  const reasons = [
    `The minimum is ${minCapacity} ACU: ${why}; ${percent(shortfallShare)} of the demand is left short, and half of the time the load needs ${median} ACU or less.`,
  ];
  const higher = choices.find((choice) => choice.minCapacity > minCapacity);
  if (higher !== undefined) {
    reasons.push(`A minimum of ${higher.minCapacity} ACU ${differenceOf(higher, chosen)}.`);
  }
  if (minCapacity === 0) reasons.push(pauseReason(chosen));
  const { workingSetAcu } = context;
  if (workingSetAcu !== null && awakeMinimum(minCapacity) < workingSetAcu) {
    reasons.push(
      `The memory that is worth having fills ${round(workingSetAcu)} ACU: below that, pages are read from storage again after quiet times.`,
    );
  }
  reasons.push(
    `Capacity costs ${context.acuHourPrice} USD per ACU-hour (${context.priceName}): ${round(chosen.acuHours)} ACU-hours in this trace, ${usd(chosen.monthlyCost)} in a month of 730 hours at that rate.`,
  );
  return reasons;
}

function roomOf(chosen: BoundsChoice, choices: readonly BoundsChoice[], { peak }: Needs): string {
  if (chosen.maxCapacity > peak) {
    const atPeak = choices.find(({ maxCapacity }) => maxCapacity === peak);
    const extra = atPeak === undefined ? 0 : chosen.monthlyCost - atPeak.monthlyCost;
    return Math.abs(extra) < 0.5
      ? ', and room above the peak costs nothing while it is unused'
      : `, and room above the peak costs ${usd(extra)} a month`;
  }
  if (chosen.maxCapacity === peak) return ', and it holds all of that';
  return '; the peak is rare and far above all else, and to hold it would cost more than the objective asks for';
}

function missedReason(
  chosen: BoundsChoice,
  needs: Needs,
  context: RecommendContext,
  objective: number,
): string {
  return `None of the bounds that were tried keeps what is short within ${percent(objective)} of the demand: with these it is ${percent(chosen.shortfallShare)}. ${causeOf(chosen, needs, context)}`;
}

function causeOf(
  { maxCapacity, pauses }: BoundsChoice,
  { peak }: Needs,
  { mostAcu }: RecommendContext,
): string {
  if (peak >= mostAcu) return `The demand is at or above the ${mostAcu} ACU that there are at most.`;
  if (maxCapacity < peak) return `The maximum is below the ${peak} ACU that the load needs at its peak.`;
  if (pauses > 0) return 'Part of it is the waiting for wakes: a minimum above 0 never pauses.';
  return 'It comes from the time that this policy takes to follow the load; a higher minimum shortens that.';
}

function pauseReason({ pauses, coldStartSeconds }: BoundsChoice): string {
  const times = pauses === 1 ? 'once' : `${pauses} times`;
  return `With a minimum of 0 it was paused ${times} in this trace, and clients waited ${round(coldStartSeconds)} seconds in all for it to wake.`;
}

/** `would cost 31 USD a month more and lower what is short from 0.31 % to 0.12 % of the demand`. */
function differenceOf(other: BoundsChoice, chosen: BoundsChoice): string {
  const extra = other.monthlyCost - chosen.monthlyCost;
  const cost =
    Math.abs(extra) < 0.5
      ? 'would cost the same'
      : `would cost ${usd(Math.abs(extra))} a month ${extra > 0 ? 'more' : 'less'}`;
  const before = percent(chosen.shortfallShare);
  const after = percent(other.shortfallShare);
  if (before === after) return `${cost} and leave as much short (${before} of the demand)`;
  const verb = other.shortfallShare < chosen.shortfallShare ? 'lower' : 'raise';
  return `${cost} and ${verb} what is short from ${before} to ${after} of the demand`;
}

/** Of those that cost the same, within a hundredth, the one that leaves the least short was chosen. */
function cheapest(chosen: BoundsChoice, choices: readonly BoundsChoice[], objective: number): string {
  if (chosen.shortfallShare > objective) return 'it leaves the least short of those that were tried';
  const isCheapest = choices.every(({ monthlyCost }) => monthlyCost >= chosen.monthlyCost);
  const cost = isCheapest ? 'it is the cheapest that was tried' : 'it costs within 1 % of the cheapest';
  return `${cost} and leaves at most ${percent(objective)} short`;
}

function usd(amount: number): string {
  return `${amount < 10 ? amount.toFixed(2) : amount.toFixed(0)} USD`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toFixed(value < 10 ? 2 : 1))} %`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
