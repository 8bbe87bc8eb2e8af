import { AirglowError } from '../../errors.ts';
import type { TimedRows } from './order.ts';

/** Three years at a second. Longer than any plan, and what memory still holds. */
export const MOST_STEPS = 100_000_000;

/** So many distances say what the middle one is. */
const SAMPLED_DISTANCES = 100_000;
/** A step this near to whole seconds is meant to be whole: clocks of monitors run a little late. */
const WHOLE_TOLERANCE = 0.02;
/** A row later than so many steps after the one before leaves a gap; less than that is unsteadiness. */
const GAP_STEPS = 1.5;

export interface Grid {
  readonly startMs: number;
  readonly stepSeconds: number;
  readonly length: number;
  /** One value a step, none of them NaN; null for a column without any number. */
  readonly columns: readonly (Float32Array | null)[];
  /** Steps in which at least one column was not known, and the longest run of them. */
  readonly heldSteps: number;
  readonly longestHeldSteps: number;
  /** Some rows are not a whole number of steps apart. */
  readonly isIrregular: boolean;
}

/**
 * Lays rows onto a regular grid whose step is the middle distance between them. A row stands for the step that begins
 * nearest to it; several in one step count with their mean; a step without any holds the value before. Rows are in the
 * order of time, no two of the same. Raises INVALID_ARGUMENT for more steps than {@link MOST_STEPS}.
 */
export function resample({ timesMs, columns }: TimedRows, file: string): Grid {
  const stepMs = stepOf(timesMs);
  const startMs = timesMs[0]!;
  const length = Math.round((timesMs.at(-1)! - startMs) / stepMs) + 1;
  if (length > MOST_STEPS) throw tooLong(timesMs, stepMs, length, file);
  const isIrregular = !isSteady(timesMs, stepMs);
  const laid =
    isIrregular || length !== timesMs.length
      ? columns.map((column) => layOut(timesMs, column, { startMs, stepMs, length }))
      : columns;
  const gaps = fillGaps(timesMs, laid, { startMs, stepMs, length });
  return { startMs, stepSeconds: stepMs / 1000, length, isIrregular, ...gaps };
}

/** Rows that are a fixed distance apart, with what they say nothing of filled. */
export function fillRegular(columns: readonly Float32Array[], stepSeconds: number): Grid {
  const length = columns[0]?.length ?? 0;
  const place = { startMs: 0, stepMs: stepSeconds * 1000, length };
  return { startMs: 0, stepSeconds, length, isIrregular: false, ...fillGaps(null, columns, place) };
}

interface Place {
  readonly startMs: number;
  readonly stepMs: number;
  readonly length: number;
}

function stepOf(timesMs: Float64Array): number {
  const count = Math.min(timesMs.length - 1, SAMPLED_DISTANCES);
  const distances = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const at = Math.floor((index * (timesMs.length - 1)) / count);
    distances[index] = timesMs[at + 1]! - timesMs[at]!;
  }
  distances.sort();
  const middle = distances[Math.floor((count - 1) / 2)]!;
  const wholeMs = Math.round(middle / 1000) * 1000;
  return wholeMs > 0 && Math.abs(middle - wholeMs) <= middle * WHOLE_TOLERANCE ? wholeMs : middle;
}

function isSteady(timesMs: Float64Array, stepMs: number): boolean {
  for (let index = 1; index < timesMs.length; index += 1) {
    const steps = (timesMs[index]! - timesMs[0]!) / stepMs;
    if (Math.abs(steps - Math.round(steps)) > 1e-6) return false;
  }
  return true;
}

function layOut(timesMs: Float64Array, column: Float32Array, place: Place): Float32Array {
  const laid = new Float32Array(place.length).fill(Number.NaN);
  let [step, sum, count] = [0, 0, 0];
  for (let row = 0; row < column.length; row += 1) {
    const at = stepAt(timesMs[row]!, place);
    if (at !== step) [step, sum, count] = [at, 0, 0];
    const value = column[row]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
    laid[at] = sum / count;
  }
  return laid;
}

function stepAt(atMs: number, { startMs, stepMs, length }: Place): number {
  return Math.min(Math.round((atMs - startMs) / stepMs), length - 1);
}

/** Holds, in place, the value before; before the first one the first one. Counts what was held for more than unsteadiness. */
function fillGaps(
  timesMs: Float64Array | null,
  columns: readonly Float32Array[],
  place: Place,
): Pick<Grid, 'columns' | 'heldSteps' | 'longestHeldSteps'> {
  const known = columns.map((column) => column.some((value) => !Number.isNaN(value)));
  const filled = columns.filter((_, index) => known[index]);
  const last = filled.map((column) => column.find((value) => !Number.isNaN(value))!);
  const unsteady = timesMs === null ? null : unsteadySteps(timesMs, place);
  let [heldSteps, longestHeldSteps, run] = [0, 0, 0];
  for (let step = 0; step < place.length; step += 1) {
    let isHeld = false;
    for (let index = 0; index < filled.length; index += 1) {
      const value = filled[index]![step]!;
      if (Number.isNaN(value)) {
        filled[index]![step] = last[index]!;
        isHeld = true;
      } else last[index] = value;
    }
    run = isHeld && unsteady?.[step] !== 1 ? run + 1 : 0;
    if (run > 0) heldSteps += 1;
    if (run > longestHeldSteps) longestHeldSteps = run;
  }
  return {
    columns: columns.map((column, index) => (known[index] === true ? column : null)),
    heldSteps,
    longestHeldSteps,
  };
}

/** Steps that are empty only because rows come a little early or late. */
function unsteadySteps(timesMs: Float64Array, place: Place): Uint8Array {
  const steps = new Uint8Array(place.length);
  for (let row = 1; row < timesMs.length; row += 1) {
    const [from, to] = [stepAt(timesMs[row - 1]!, place), stepAt(timesMs[row]!, place)];
    if (to - from > 1 && timesMs[row]! - timesMs[row - 1]! <= GAP_STEPS * place.stepMs) steps[from + 1] = 1;
  }
  return steps;
}

function tooLong(timesMs: Float64Array, stepMs: number, length: number, file: string): AirglowError {
  const [first, last] = [timesMs[0]!, timesMs.at(-1)!].map((atMs) => new Date(atMs).toISOString());
  return new AirglowError(
    'INVALID_ARGUMENT',
    `${file} reaches from ${first} to ${last}: at ${stepMs / 1000} s a row these are ${length} steps, and ${MOST_STEPS} are the most; is a timestamp wrong? Otherwise leave out a part of it`,
  );
}
