import type { AnalysisInput, KeyedSeries, PerPeriod, Stretch } from './input.ts';
import { THRESHOLDS } from './thresholds.ts';

/** The part of a window in which something held. */
export interface Part extends Stretch {
  /** The periods in which it held. */
  readonly periods: readonly number[];
  /** Without the pauses between its stretches. */
  readonly heldMs: number;
  readonly stretches: number;
}

export const EVERYTHING = (): boolean => true;

/** Load of the keys that fit, by period; null where nothing was observed. */
export function loadOf(
  { coveredMs }: AnalysisInput,
  series: readonly KeyedSeries[],
  fits: (key: string) => boolean = EVERYTHING,
): PerPeriod {
  const chosen = series.filter(({ key }) => fits(key));
  return coveredMs.map((covered, index) =>
    covered > 0 ? chosen.reduce((sum, { aas }) => sum + (aas[index] ?? 0), 0) : null,
  );
}

/** Means over {@link THRESHOLDS.smoothMs} around each period, weighted by what was observed. */
export function smooth({ coveredMs, periodMs }: AnalysisInput, values: PerPeriod): PerPeriod {
  const reach = Math.floor(THRESHOLDS.smoothMs / periodMs / 2);
  if (reach < 1) return values;
  const weights = values.map((value, index) => (value === null ? 0 : (coveredMs[index] ?? 0)));
  const summedWeights = runningSums(weights);
  const summed = runningSums(values.map((value, index) => (value ?? 0) * (weights[index] ?? 0)));
  return values.map((value, index) => {
    if (value === null) return null;
    const [from, to] = [Math.max(0, index - reach), Math.min(values.length, index + reach + 1)];
    const weight = (summedWeights[to] ?? 0) - (summedWeights[from] ?? 0);
    return weight > 0 ? ((summed[to] ?? 0) - (summed[from] ?? 0)) / weight : null;
  });
}

function runningSums(values: readonly number[]): readonly number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

/** Where it held for long enough; null where it did nowhere. Short interruptions are part of a stretch. */
export function partWhere(
  input: AnalysisInput,
  holds: (index: number) => boolean,
  leastMs: number = THRESHOLDS.leastMs,
): Part | null {
  const runs = runsOf(input, holds).filter((run) => lengthOf(input, run) >= leastMs);
  return partOf(input, runs.flat(), runs.length);
}

/** The longest uninterrupted one. */
export function longestWhere(
  input: AnalysisInput,
  holds: (index: number) => boolean,
  leastMs: number,
): Part | null {
  const longest = runsOf(input, holds).reduce<readonly number[]>(
    (best, run) => (run.length > best.length ? run : best),
    [],
  );
  return lengthOf(input, longest) >= leastMs ? partOf(input, longest, 1) : null;
}

export function wholeWindow(input: AnalysisInput): Part {
  const periods = [...input.atMs.keys()];
  const { fromMs, toMs } = input.window;
  return { fromMs, toMs, periods, heldMs: toMs - fromMs, stretches: 1 };
}

/** Periods in which it held, neighbours together. */
function runsOf({ atMs, periodMs }: AnalysisInput, holds: (index: number) => boolean): number[][] {
  const runs: number[][] = [];
  const joinPeriods = Math.max(1, Math.floor(THRESHOLDS.joinMs / periodMs));
  for (const index of atMs.keys()) {
    if (!holds(index)) continue;
    const run = runs.at(-1);
    if (run !== undefined && index - (run.at(-1) ?? 0) <= joinPeriods) run.push(index);
    else runs.push([index]);
  }
  return runs;
}

/** A tick that is longer than a period covers those before it, too. */
function lengthOf({ periodMs, coveredMs }: AnalysisInput, periods: readonly number[]): number {
  return periods.reduce((sum, index) => sum + Math.max(periodMs, coveredMs[index] ?? 0), 0);
}

function partOf(input: AnalysisInput, periods: readonly number[], stretches: number): Part | null {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { atMs, periodMs, window } = input;
  const fromMs = clip(atMs[first] ?? window.fromMs, window);
  const toMs = clip((atMs[last] ?? window.fromMs) + periodMs, window);
  if (fromMs >= toMs) return null;
  return { fromMs, toMs, periods, stretches, heldMs: Math.min(lengthOf(input, periods), toMs - fromMs) };
}

export function clip(atMs: number, { fromMs, toMs }: Stretch): number {
  return Math.min(Math.max(atMs, fromMs), toMs);
}

/** Over the observed time of the part; 0 where nothing is known. */
export function averageIn({ coveredMs }: AnalysisInput, values: PerPeriod, { periods }: Part): number {
  let [sum, weight] = [0, 0];
  for (const index of periods) {
    const [value, covered] = [values[index] ?? null, coveredMs[index] ?? 0];
    if (value === null) continue;
    sum += value * covered;
    weight += covered;
  }
  return weight > 0 ? sum / weight : 0;
}

/** Session-seconds of a load. */
export function secondsIn({ coveredMs }: AnalysisInput, values: PerPeriod, { periods }: Part): number {
  return periods.reduce((sum, index) => sum + ((values[index] ?? 0) * (coveredMs[index] ?? 0)) / 1000, 0);
}

/** Of growth; null where none of it is known. */
export function totalIn(values: PerPeriod, { periods }: Part): number | null {
  const known = periods.flatMap((index) => values[index] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Of a gauge, which is told for some periods only; null where none is. */
export function meanIn(values: PerPeriod, { periods }: Part): number | null {
  const known = periods.flatMap((index) => values[index] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

export function highestIn(values: PerPeriod, { periods }: Part): number {
  return periods.reduce((most, index) => Math.max(most, values[index] ?? 0), 0);
}

/** Keys by their load in the part, most loaded first. */
export function rankedIn(input: AnalysisInput, series: readonly KeyedSeries[], part: Part) {
  return series
    .map(({ key, aas }) => ({ key, aas: averageIn(input, loadOf(input, [{ key, aas }]), part) }))
    .filter(({ aas }) => aas > 0)
    .toSorted((a, b) => b.aas - a.aas);
}
