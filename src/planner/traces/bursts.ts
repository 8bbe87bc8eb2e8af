import { AirglowError } from '../../errors.ts';
import type { Trace } from '../model.ts';
import { BURSTS, BurstWeights, type BurstParameters } from './burst-weights.ts';
import { MOST_STEPS } from './resample.ts';
import { secondsInWords } from './time-words.ts';

export interface SecondsOptions {
  /** Whether load varies within steps that are longer than a second. */
  readonly bursts: boolean;
  readonly seed: number;
  /** {@link BURSTS} unless told otherwise. */
  readonly parameters?: BurstParameters;
  /** No burst takes the CPU above it; null or left out for no ceiling. See `ReadTrace`. */
  readonly cpuCeilingCores?: number | null;
}

/** A length that arithmetic left a hair above a whole second is that one. */
const HAIR = 1e-6;

/**
 * The trace at steps of a second. Shorter steps are averaged; longer ones are held, or, for CPU and network, filled with
 * seeded bursts that keep the mean of every step: otherwise whoever reacts within a second would look as if he knew the
 * future. Raises INVALID_ARGUMENT for a trace of more seconds than memory is meant to hold.
 */
export function toSeconds(trace: Trace, options: SecondsOptions): Trace {
  const { stepSeconds, ioSessions, lockSessions, memoryBytes } = trace;
  if (stepSeconds === 1) return trace;
  const length = Math.max(1, Math.ceil(trace.length * stepSeconds - HAIR));
  if (length > MOST_STEPS)
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `trace ${trace.name} is ${secondsInWords(length)} long; ${secondsInWords(MOST_STEPS)} are the most: cut a part of it out`,
    );
  const hasBursts = options.bursts && stepSeconds > 1;
  const hold = (values: Float32Array | null) => values && held(values, stepSeconds, length);
  return {
    ...trace,
    stepSeconds: 1,
    length,
    ...(hasBursts
      ? withBursts(trace, length, options)
      : {
          cpuCores: held(trace.cpuCores, stepSeconds, length),
          networkBytesPerSecond: hold(trace.networkBytesPerSecond),
        }),
    ioSessions: hold(ioSessions),
    lockSessions: hold(lockSessions),
    memoryBytes: hold(memoryBytes),
    notes: [...trace.notes, noteOf(stepSeconds, hasBursts)],
  };
}

function noteOf(stepSeconds: number, hasBursts: boolean): string {
  if (stepSeconds < 1) return `Steps of ${secondsInWords(stepSeconds)} were averaged to seconds.`;
  const steps = `Steps of ${secondsInWords(stepSeconds)} hide what happened within them`;
  return hasBursts
    ? `${steps}: seeded bursts stand for that, and keep the mean of every step.`
    : `${steps}: each is replayed as if the load had been steady.`;
}

/** Every second the mean of the steps that it touches, by how much of it they take. */
function held(values: Float32Array, stepSeconds: number, length: number): Float32Array {
  const seconds = new Float32Array(length);
  for (let step = 0; step < values.length; step += 1) {
    const value = values[step]!;
    const [begin, end] = [step * stepSeconds, (step + 1) * stepSeconds];
    const last = lastSecond(end, length);
    for (let second = Math.floor(begin + HAIR); second <= last; second += 1)
      seconds[second] = seconds[second]! + value * overlap(begin, end, second);
  }
  return completeLast(seconds, values.length * stepSeconds);
}

function withBursts(
  { cpuCores, networkBytesPerSecond, stepSeconds }: Trace,
  length: number,
  { seed, parameters = BURSTS, cpuCeilingCores = null }: SecondsOptions,
): Pick<Trace, 'cpuCores' | 'networkBytesPerSecond'> {
  const cpu = new Float32Array(length);
  const network = networkBytesPerSecond && new Float32Array(length);
  const within = new Step(stepSeconds, new BurstWeights(parameters, seed));
  for (let step = 0; step < cpuCores.length; step += 1) {
    within.enter(step, length);
    within.addTo(cpu, cpuCores[step]!, cpuCeilingCores ?? Number.POSITIVE_INFINITY);
    if (network !== null) within.addTo(network, networkBytesPerSecond![step]!, Number.POSITIVE_INFINITY);
  }
  const total = cpuCores.length * stepSeconds;
  return {
    cpuCores: completeLast(cpu, total),
    networkBytesPerSecond: network && completeLast(network, total),
  };
}

/** The seconds of one step after the other: how heavy each is, and how much of it belongs to the step. */
class Step {
  readonly #stepSeconds: number;
  readonly #weights: BurstWeights;
  readonly #weight: Float64Array;
  readonly #share: Float64Array;
  #first = 0;
  #count = 0;
  #weightedSeconds = 0;
  #drawn = -1;
  #lastWeight = 1;

  constructor(stepSeconds: number, weights: BurstWeights) {
    this.#stepSeconds = stepSeconds;
    this.#weights = weights;
    this.#weight = new Float64Array(Math.ceil(stepSeconds) + 2);
    this.#share = new Float64Array(Math.ceil(stepSeconds) + 2);
  }

  enter(step: number, length: number): void {
    const begin = step * this.#stepSeconds;
    const end = begin + this.#stepSeconds;
    this.#first = Math.floor(begin + HAIR);
    this.#count = lastSecond(end, length) - this.#first + 1;
    this.#weightedSeconds = 0;
    for (let index = 0; index < this.#count; index += 1) {
      const share = overlap(begin, end, this.#first + index);
      const weight = this.#weightOf(this.#first + index);
      this.#weight[index] = weight;
      this.#share[index] = share;
      this.#weightedSeconds += weight * share;
    }
  }

  /** A second that two steps share weighs the same in both. */
  #weightOf(second: number): number {
    if (second > this.#drawn) {
      this.#lastWeight = this.#weights.next();
      this.#drawn = second;
    }
    return this.#lastWeight;
  }

  /** Adds the step's seconds, with this mean and none above the ceiling, which gives way to a mean that is above it. */
  addTo(seconds: Float32Array, mean: number, ceiling: number): void {
    if (mean === 0) return;
    const most = Math.max(ceiling, mean);
    const factor = this.#factor(mean, most);
    for (let index = 0; index < this.#count; index += 1) {
      const at = this.#first + index;
      const value = Math.min(factor * this.#weight[index]!, most);
      seconds[at] = seconds[at]! + value * this.#share[index]!;
    }
  }

  /** By what weights are multiplied, so that what is below `most`, and the rest cut to it, have the mean. */
  #factor(mean: number, most: number): number {
    const wanted = mean * this.#stepSeconds;
    let factor = wanted / this.#weightedSeconds;
    let cutBefore = 0;
    // What is cut goes to the others, which may bring more of them to the ceiling: never fewer, so this ends.
    for (;;) {
      let [cut, open] = [0, 0];
      for (let index = 0; index < this.#count; index += 1) {
        if (factor * this.#weight[index]! >= most) cut += this.#share[index]!;
        else open += this.#weight[index]! * this.#share[index]!;
      }
      if (cut === cutBefore) return factor;
      if (open === 0) return Number.MAX_VALUE;
      cutBefore = cut;
      factor = Math.max(factor, (wanted - cut * most) / open);
    }
  }
}

/** The last second that something of the step belongs to. */
function lastSecond(end: number, length: number): number {
  return Math.min(Math.ceil(end - HAIR), length) - 1;
}

function overlap(begin: number, end: number, second: number): number {
  return Math.min(end, second + 1) - Math.max(begin, second);
}

/** The last second is as heavy as its part that the trace covers: it does not end in half a load. */
function completeLast(seconds: Float32Array, total: number): Float32Array {
  const covered = total - (seconds.length - 1);
  if (covered < 1 - HAIR) seconds[seconds.length - 1] = seconds.at(-1)! / covered;
  return seconds;
}
