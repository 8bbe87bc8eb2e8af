import { AirglowError } from '../../errors.ts';
import { seededRandom } from '../../random.ts';
import type { Trace } from '../model.ts';
import { CorrelatedNoise } from './noise.ts';
import {
  paintBatch,
  paintDiurnal,
  paintFlashCrowd,
  paintLockStorm,
  paintOnOff,
  paintSlowLeak,
  paintSpikes,
  paintSteps,
  type Canvas,
  type Painter,
} from './synthetic-patterns.ts';

/** Each with a line for `--help`, and how long it is unless told otherwise. */
export const PATTERNS = {
  steps: { text: 'plateaus of 10 to 40 minutes at changing heights', hours: 24, paint: paintSteps },
  spikes: { text: 'quiet, with short spikes three times an hour', hours: 24, paint: paintSpikes },
  diurnal: { text: 'a week of workdays, nights and a weekend', hours: 168, paint: paintDiurnal },
  batch: { text: 'a heavy job every hour, hardly anything between', hours: 24, paint: paintBatch },
  'flash-crowd': {
    text: 'everybody comes within a minute and leaves over hours',
    hours: 24,
    paint: paintFlashCrowd,
  },
  'on-off': { text: 'used for minutes, then not at all for up to 40', hours: 24, paint: paintOnOff },
  'lock-storm': {
    text: 'up to 200 sessions wait for a lock while the CPU has less to do',
    hours: 24,
    paint: paintLockStorm,
  },
  'slow-leak': { text: 'memory grows from 2 to 20 GiB until a restart', hours: 48, paint: paintSlowLeak },
} as const satisfies Readonly<Record<string, { text: string; hours: number; paint: Painter }>>;

export type Pattern = keyof typeof PATTERNS;

export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly Pattern[];

/** A Monday: the workdays of the diurnal pattern begin with it. */
const START_MS = Date.UTC(2026, 2, 2);
const NOISE = { variation: 0.15, correlationSteps: 20 };
const MOST_HOURS = 24 * 366;

export interface SyntheticOptions {
  readonly seed: number;
  /** CPUs that the busiest second needs. */
  readonly cores: number;
  /** The pattern's own length unless told otherwise. */
  readonly hours?: number | undefined;
  /** Whole seconds; 1 unless told otherwise. */
  readonly stepSeconds?: number;
}

/** A made load, the same for the same seed. Raises INVALID_ARGUMENT for a size that makes no sense. */
export function syntheticTrace(pattern: Pattern, options: SyntheticOptions): Trace {
  const { seed, cores, hours = PATTERNS[pattern].hours, stepSeconds = 1 } = options;
  const seconds = Math.round(hours * 3600);
  checkSizes({ seconds, cores, stepSeconds });
  const canvas: Canvas = {
    seconds,
    cpu: new Float32Array(seconds),
    ioSessions: new Float32Array(seconds),
    lockSessions: new Float32Array(seconds),
    memoryBytes: new Float32Array(seconds),
    random: seededRandom(seed, `pattern ${pattern}`),
  };
  PATTERNS[pattern].paint(canvas);
  roughen(canvas.cpu, cores, new CorrelatedNoise({ ...NOISE, seed, stream: `noise of ${pattern}` }));
  const column = (values: Float32Array) =>
    values.some((value) => value > 0) ? average(values, stepSeconds) : null;
  return {
    name: pattern,
    startMs: START_MS,
    stepSeconds,
    length: Math.ceil(seconds / stepSeconds),
    cpuCores: average(canvas.cpu, stepSeconds),
    ioSessions: column(canvas.ioSessions),
    lockSessions: column(canvas.lockSessions),
    memoryBytes: column(canvas.memoryBytes),
    networkBytesPerSecond: null,
    notes: [
      `A made load, not a measured one: ${PATTERNS[pattern].text} (seed ${seed}, at most ${cores} CPUs).`,
    ],
  };
}

/** Shares of the peak become CPUs with noise, of which the busiest second has exactly `cores`. */
function roughen(cpu: Float32Array, cores: number, noise: CorrelatedNoise): void {
  let peak = 0;
  for (let second = 0; second < cpu.length; second += 1) {
    cpu[second] = cpu[second]! * noise.next();
    peak = Math.max(peak, cpu[second]!);
  }
  if (peak === 0) return;
  for (let second = 0; second < cpu.length; second += 1) cpu[second] = (cpu[second]! / peak) * cores;
}

function average(values: Float32Array, stepSeconds: number): Float32Array {
  if (stepSeconds === 1) return values;
  return Float32Array.from({ length: Math.ceil(values.length / stepSeconds) }, (_, step) => {
    const part = values.subarray(step * stepSeconds, (step + 1) * stepSeconds);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function checkSizes({
  seconds,
  cores,
  stepSeconds,
}: {
  seconds: number;
  cores: number;
  stepSeconds: number;
}): void {
  if (!(seconds >= 60 && seconds <= MOST_HOURS * 3600))
    throw invalid(`a synthetic load lasts from a minute to ${MOST_HOURS} hours, not ${seconds / 3600} hours`);
  if (!(cores > 0 && Number.isFinite(cores)))
    throw invalid(`a synthetic load needs a number of CPUs above 0, not ${cores}`);
  if (!(Number.isInteger(stepSeconds) && stepSeconds >= 1 && stepSeconds <= seconds))
    throw invalid(`a step of a synthetic load is a whole number of seconds, not ${stepSeconds}`);
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', message);
}
