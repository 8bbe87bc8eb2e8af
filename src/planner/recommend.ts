import { ACU_STEP, awakeMinimum, clamp, MOST_ACU, roundDownToGrid, roundUpToGrid } from '../capacity/acu.ts';
import type { Bounds } from './model.ts';
import type { BoundsChoice, Recommendation } from './results.ts';
import { maximumReasons, minimumReasons } from './recommend/reasons.ts';
import type { Needs } from './recommend/needs.ts';
import { needsOf } from './recommend/needs.ts';

/** Demand that may be left short, as a share of it. */
export const SHORTFALL_OBJECTIVE = 0.005;
/** Aurora refuses 0.5 as a maximum. */
export const LEAST_MAXIMUM = 1;
/** Costs that differ by less are the same to whoever pays them: then more room, or less shortfall, is chosen. */
const SAME_COST_SHARE = 0.01;
/** A peak of so many times what 99.9 % of the time need is an outlier. */
const OUTLIER = 2;
const MOST_MINIMUMS = 5;

export interface RecommendContext {
  /** Its name. */
  readonly policy: string;
  /** One value a second, ACU. */
  readonly demandAcu: Float32Array;
  readonly longestIdleSeconds: number;
  readonly autoPauseMs: number;
  /** What the host has, at most {@link MOST_ACU}. */
  readonly mostAcu: number;
  /** What the memory that is worth having comes to, ACU; null where the trace does not tell. */
  readonly workingSetAcu: number | null;
  /** US dollars, and whose it is: `Standard, us-east-1`. */
  readonly acuHourPrice: number;
  readonly priceName: string;
  /** What the user has fixed; null: to be chosen. */
  readonly minAcu: number | null;
  readonly maxAcu: number | null;
}

/** How the planned policy does between these bounds; may take a second. */
export type RunBounds = (bounds: Bounds) => BoundsChoice;

/**
 * Chooses the bounds that leave at most {@link SHORTFALL_OBJECTIVE} of the demand short at the least cost. A maximum
 * costs nothing while it is not used, so it gets room above the peak unless that costs something. Makes about ten runs.
 */
export function recommend(runBounds: RunBounds, given: RecommendContext): Recommendation {
  const context = { ...given, mostAcu: roundDownToGrid(Math.min(given.mostAcu, MOST_ACU)) };
  const needs = needsOf(context.demandAcu, context.mostAcu);
  const runs = new Runs(runBounds, context.autoPauseMs);
  const minimums = minimumsToTry(needs, context);
  const maximums = maximumsToTry(needs, context);
  const firstMinimum = minimums[0]!;
  const maxAcu = chooseMaximum(runs.maximums(firstMinimum, maximums), needs);
  const byMinimum = runs.minimums(minimums, context.minAcu === null ? higherMinimums(needs) : [], maxAcu);
  // The last resort: what all but the rarest moments need is held ready.
  const highest = Math.min(needs.p95, maxAcu);
  if (context.minAcu === null && highest > minimums.at(-1)! && !byMinimum.some(meetsObjective)) {
    byMinimum.push(runs.of(highest, maxAcu));
  }
  const chosen = chooseMinimum(byMinimum);
  const byMaximum =
    chosen.minCapacity === firstMinimum
      ? runs.maximums(firstMinimum, maximums)
      : runs.maximums(chosen.minCapacity, neighboursOf(maxAcu, maximums));
  return {
    policy: context.policy,
    minCapacity: chosen.minCapacity,
    maxCapacity: maxAcu,
    monthlyCost: chosen.monthlyCost,
    reasons: [
      ...maximumReasons(chosen, byMaximum, needs, context, SHORTFALL_OBJECTIVE),
      ...minimumReasons(chosen, byMinimum, needs, context, SHORTFALL_OBJECTIVE),
    ],
    minimums: byMinimum,
    maximums: byMaximum,
    isObjectiveMet: meetsObjective(chosen),
  };
}

/** Each pair of bounds is run once. */
class Runs {
  readonly #runBounds: RunBounds;
  readonly #autoPauseMs: number;
  readonly #known = new Map<string, BoundsChoice>();

  constructor(runBounds: RunBounds, autoPauseMs: number) {
    this.#runBounds = runBounds;
    this.#autoPauseMs = autoPauseMs;
  }

  of(minAcu: number, maxAcu: number): BoundsChoice {
    const key = `${minAcu}-${maxAcu}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const choice = this.#runBounds({ minAcu, maxAcu, autoPauseMs: minAcu === 0 ? this.#autoPauseMs : null });
    this.#known.set(key, choice);
    return choice;
  }

  /** All of them; where none leaves little enough short, higher ones until one does. Smallest first. */
  minimums(minimums: readonly number[], higher: readonly number[], maxAcu: number): BoundsChoice[] {
    const choices = minimums.filter((minAcu) => minAcu <= maxAcu).map((minAcu) => this.of(minAcu, maxAcu));
    for (const minAcu of higher) {
      if (choices.some(meetsObjective)) break;
      const isNew = minAcu <= maxAcu && minAcu > (choices.at(-1)?.minCapacity ?? 0);
      if (isNew) choices.push(this.of(minAcu, maxAcu));
    }
    return choices;
  }

  /** From the greatest down to the first that leaves too much short: smaller ones leave more. Smallest first. */
  maximums(minAcu: number, maximums: readonly number[]): BoundsChoice[] {
    const choices: BoundsChoice[] = [];
    for (const maxAcu of maximums.toReversed()) {
      const choice = this.of(minAcu, maxAcu);
      choices.unshift(choice);
      if (!meetsObjective(choice)) break;
    }
    return choices;
  }
}

/** Smallest first; none below the minimum that the user wants. */
function maximumsToTry({ p95, p99, p999, peak, withRoom }: Needs, context: RecommendContext): number[] {
  if (context.maxAcu !== null) return [context.maxAcu];
  const least = Math.max(LEAST_MAXIMUM, context.minAcu ?? 0);
  return distinct([p95, p99, p999, peak, withRoom].map((acu) => clamp(acu, least, context.mostAcu)));
}

/** Smallest first: 0 where there is time to pause, the least that is awake, and some up to what half of the time needs. */
function minimumsToTry({ median }: Needs, context: RecommendContext): number[] {
  if (context.minAcu !== null) return [context.minAcu];
  const { longestIdleSeconds, autoPauseMs, workingSetAcu, maxAcu } = context;
  const mostAcu = Math.min(maxAcu ?? context.mostAcu, context.mostAcu);
  const awake = [awakeMinimum(0), roundUpToGrid(median / 2), median];
  if (workingSetAcu !== null) awake.push(roundUpToGrid(workingSetAcu));
  const pausing = longestIdleSeconds * 1000 > autoPauseMs ? [0] : [];
  const allowed = awake.map((acu) => clamp(acu, ACU_STEP, mostAcu));
  return distinct([...pausing, ...allowed]).slice(0, MOST_MINIMUMS);
}

function higherMinimums({ p95, p99, peak }: Needs): number[] {
  return distinct([p95, p99, peak]);
}

/** Of the choices, smallest maximum first. */
function chooseMaximum(choices: readonly BoundsChoice[], { peak, p999 }: Needs): number {
  const meeting = choices.filter(meetsObjective);
  if (meeting.length === 0) return choices.at(-1)!.maxCapacity;
  const holding = meeting.filter(({ maxCapacity }) => maxCapacity >= peak);
  // Below the peak only where the peak is rare and far above all else.
  const eligible = holding.length > 0 && peak < OUTLIER * p999 ? holding : meeting;
  const cheapest = Math.min(...eligible.map(({ monthlyCost }) => monthlyCost));
  return eligible.findLast(({ monthlyCost }) => monthlyCost <= cheapest * (1 + SAME_COST_SHARE))!.maxCapacity;
}

/** The cheapest that meets the objective, or what comes closest to it. Of those that cost the same, the least short. */
function chooseMinimum(choices: readonly BoundsChoice[]): BoundsChoice {
  const meeting = choices.filter(meetsObjective);
  if (meeting.length === 0) return leastShort(choices);
  const cheapest = Math.min(...meeting.map(({ monthlyCost }) => monthlyCost));
  return leastShort(meeting.filter(({ monthlyCost }) => monthlyCost <= cheapest * (1 + SAME_COST_SHARE)));
}

function leastShort(choices: readonly BoundsChoice[]): BoundsChoice {
  return choices.reduce((best, choice) => (choice.shortfallShare < best.shortfallShare ? choice : best));
}

function meetsObjective({ shortfallShare }: BoundsChoice): boolean {
  return shortfallShare <= SHORTFALL_OBJECTIVE;
}

function neighboursOf(maxAcu: number, maximums: readonly number[]): readonly number[] {
  const at = maximums.indexOf(maxAcu);
  return maximums.slice(Math.max(0, at - 1), at + 2);
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}
