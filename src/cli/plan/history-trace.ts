import { DEFAULT_SHAPE } from '../../capacity/acu.ts';
import { AirglowError } from '../../errors.ts';
import type { CounterSeries, LoadSeries, PeriodSeconds, TargetSpan } from '../../history/history.ts';
import { CPU, CPU_RUNNING, CPU_WAITING, type Activity } from '../../load/model.ts';
import type { Trace } from '../../planner/model.ts';
import { secondsInWords } from '../../planner/traces/time-words.ts';
import { averageWaits, COLUMNS, columnOf, type Column } from './history-columns.ts';
import type { ReadHistory } from './recorded-history.ts';

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;
/** Below so much of it the record is read second by second. */
const FINE_SPAN_MS = 6 * 3_600_000;
/** More wait events than there are: none may be summed up with others. */
const ALL_EVENTS = 5000;
const MEMORY = 'capacity.demand_memory_acu';
const NETWORK = 'network.bytes_per_second';

export interface HistoryTraceOptions {
  readonly history: Omit<ReadHistory, 'close'>;
  readonly target: string;
  /** Only the last so many; null for all there is. */
  readonly days: number | null;
  readonly onProgress?: (share: number) => void;
}

/** What Airglow recorded of a target, as a trace. Raises INVALID_ARGUMENT for an unknown target or an empty record. */
export async function historyTrace(options: HistoryTraceOptions): Promise<Trace> {
  const span = await spanOf(options);
  const periodSeconds: PeriodSeconds = span.lastMs - span.firstMs < FINE_SPAN_MS ? 1 : 60;
  const periodMs = periodSeconds * 1000;
  const startMs = Math.floor(span.firstMs / periodMs) * periodMs;
  const endMs = Math.floor(span.lastMs / periodMs) * periodMs + periodMs;
  const reading = new Reading(startMs, periodMs, (endMs - startMs) / periodMs);
  // Part by part: a year in one answer would take gigabytes, and a daemon answers two thousand points at most.
  const partMs = periodSeconds === 1 ? HALF_HOUR_MS : DAY_MS;
  for (let fromMs = startMs; fromMs < endMs;) {
    const toMs = Math.min((Math.floor(fromMs / partMs) + 1) * partMs, endMs);
    await readWindow(options, reading, { target: options.target, fromMs, toMs, periodSeconds });
    options.onProgress?.((toMs - startMs) / (endMs - startMs));
    fromMs = toMs;
  }
  return reading.toTrace(options.target);
}

type Window = Readonly<{ target: string; fromMs: number; toMs: number; periodSeconds: PeriodSeconds }>;

async function readWindow({ history }: HistoryTraceOptions, reading: Reading, window: Window): Promise<void> {
  const load = { ...window, groupBy: 'db.wait_event', limit: ALL_EVENTS } as const;
  reading.addLoad(await history.series(load), 'active');
  // Background work is not on the line of AAS, but takes CPU like any other.
  const filter = { 'db.wait_event': [CPU_RUNNING, CPU_WAITING, CPU] };
  reading.addLoad(await history.series({ ...load, activity: 'background', filter }), 'background');
  reading.addCounters(await history.counterSeries({ ...window, metrics: [MEMORY, NETWORK], keys: [''] }));
}

async function spanOf({ history, target, days }: HistoryTraceOptions): Promise<TargetSpan> {
  if (days !== null && !(days > 0))
    throw invalid(`the number of days to read from the history must be above 0, not ${days}`);
  const spans = await history.targets();
  const span = spans.find((one) => one.target === target);
  if (span !== undefined)
    return days === null ? span : { ...span, firstMs: Math.max(span.firstMs, span.lastMs - days * DAY_MS) };
  if (spans.length === 0) throw invalid(`the history has no target "${target}", nor any other: it is empty`);
  const known = spans.map((one) => one.target).join(', ');
  throw invalid(`the history has no target "${target}"; it has: ${known}`);
}

/** The columns of a trace while they are read, NaN where nothing was recorded. */
class Reading {
  readonly #startMs: number;
  readonly #periodMs: number;
  readonly #length: number;
  readonly #columns: Readonly<Record<Column, Float32Array>>;
  readonly #memory: Float32Array;
  readonly #network: Float32Array;
  readonly #covered: Uint8Array;
  #background = 0;

  constructor(startMs: number, periodMs: number, length: number) {
    this.#startMs = startMs;
    this.#periodMs = periodMs;
    this.#length = length;
    const column = () => new Float32Array(length);
    this.#columns = {
      running: column(),
      unsplit: column(),
      waiting: column(),
      io: column(),
      lock: column(),
      other: column(),
    };
    this.#memory = column().fill(Number.NaN);
    this.#network = column().fill(Number.NaN);
    this.#covered = new Uint8Array(length);
  }

  addLoad({ atMs, coveredMs, series }: LoadSeries, activity: Activity): void {
    atMs.forEach((at, index) => {
      if (coveredMs[index]! > 0) this.#covered[this.#stepAt(at)] = 1;
    });
    for (const { key, aas } of series) {
      const column = this.#columns[columnOf(key)];
      aas.forEach((value, index) => {
        const step = this.#stepAt(atMs[index]!);
        column[step] = column[step]! + (value ?? 0);
        if (activity === 'background') this.#background += value ?? 0;
      });
    }
  }

  addCounters(counters: readonly CounterSeries[]): void {
    for (const { metric, key, points } of counters) {
      if (key !== '') continue;
      const [column, factor] =
        metric === MEMORY ? [this.#memory, DEFAULT_SHAPE.memoryBytes] : [this.#network, 1];
      for (const { atMs, value } of points) if (value !== null) column[this.#stepAt(atMs)] = value * factor;
    }
  }

  toTrace(target: string): Trace {
    const { running, unsplit, io, lock } = this.#columns;
    const cpuCores = running.map((value, step) => value + unsplit[step]!);
    const notes = [...this.#notes(), ...this.#holdGaps(cpuCores, io, lock)];
    return {
      name: target,
      startMs: this.#startMs,
      stepSeconds: this.#periodMs / 1000,
      length: this.#length,
      cpuCores,
      ioSessions: loadOrNull(io),
      lockSessions: loadOrNull(lock),
      memoryBytes: heldOrNull(this.#memory),
      networkBytesPerSecond: heldOrNull(this.#network),
      notes,
    };
  }

  #stepAt(atMs: number): number {
    return Math.min(Math.max(Math.floor((atMs - this.#startMs) / this.#periodMs), 0), this.#length - 1);
  }

  #notes(): string[] {
    const { length } = this.#covered.filter((is) => is === 1);
    const mean = (column: Column) => this.#columns[column].reduce((sum, value) => sum + value, 0) / length;
    return averageWaits(
      Object.fromEntries(COLUMNS.map((column) => [column, mean(column)])) as Record<Column, number>,
      this.#background / length,
    );
  }

  #holdGaps(...columns: readonly Float32Array[]): string[] {
    let [held, longest, run] = [0, 0, 0];
    // A window of the last days may begin in a gap: that has the first value.
    const first = this.#covered.indexOf(1);
    for (let step = 0; step < this.#length; step += 1) {
      run = this.#covered[step] === 1 ? 0 : run + 1;
      if (run === 0) continue;
      held += 1;
      longest = Math.max(longest, run);
      for (const column of columns) column[step] = column[Math.max(step - 1, first)]!;
    }
    if (held === 0) return [];
    const gap = secondsInWords((longest * this.#periodMs) / 1000);
    return [
      `${held} of ${this.#length} steps were not observed, so the value before is held; the longest gap is ${gap}.`,
    ];
  }
}

function loadOrNull(values: Float32Array): Float32Array | null {
  return values.some((value) => value > 0) ? values : null;
}

/** Gauges come less often than ticks, so each counts until the next one; null where none came. */
function heldOrNull(values: Float32Array): Float32Array | null {
  let last = values.find((value) => !Number.isNaN(value));
  if (last === undefined) return null;
  return values.map((value) => {
    if (!Number.isNaN(value)) last = value;
    return last!;
  });
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', message);
}
