import type { Trace } from '../model.ts';
import type { RecordedReads } from '../optimized-reads/model.ts';
import type { CsvOptions, Quantity, UsedColumn } from './columns.ts';
import type { Grid } from './resample.ts';

const GIB = 1024 ** 3;
/** A megabit a second, in bytes. */
const MEGABIT = 1e6 / 8;

/** So much of a machine is all of it, as a mean over minutes. */
const SATURATED_PERCENT = 90;
const SATURATED_SHARE = 0.005;

export interface ReadTrace {
  readonly trace: Trace;
  /**
   * More CPUs than these the machine of the trace did not have, so bursts within a step may not go above; null where it is
   * not known.
   */
  readonly cpuCeilingCores: number | null;
  /** What was recorded of its reads; not there for what Airglow did not record, or unless it was asked for. */
  readonly reads?: RecordedReads;
}

/** A trace of columns on a grid, which become the trace's own. `startMs` is null for a series without times. */
export function toTrace(
  grid: Grid,
  used: readonly UsedColumn[],
  options: CsvOptions,
  { startMs, notes }: { startMs: number | null; notes: readonly string[] },
): ReadTrace {
  const columnOf = (quantity: Quantity): Float32Array | null =>
    grid.columns[used.findIndex((column) => column.quantity === quantity)] ?? null;
  const cpu = toCores(grid, columnOf, options);
  const trace: Trace = {
    name: options.name,
    startMs,
    stepSeconds: grid.stepSeconds,
    length: grid.length,
    cpuCores: cpu.cores,
    ioSessions: columnOf('aas_io'),
    lockSessions: columnOf('aas_lock'),
    memoryBytes: scale(columnOf('memory_gib'), GIB),
    networkBytesPerSecond: scale(columnOf('network_mbps'), MEGABIT),
    notes: [...notes, ...cpu.notes],
  };
  return { trace, cpuCeilingCores: cpu.ceiling };
}

interface Cores {
  readonly cores: Float32Array;
  readonly ceiling: number | null;
  readonly notes: readonly string[];
}

function toCores(
  grid: Grid,
  columnOf: (quantity: Quantity) => Float32Array | null,
  { vcpus, coresPerRequest }: CsvOptions,
): Cores {
  const cores = columnOf('cpu_cores');
  if (cores !== null) return { cores, ceiling: null, notes: [] };
  const percent = columnOf('cpu_percent');
  if (percent !== null) return fromPercent(percent, vcpus!);
  const requests = columnOf('requests');
  if (requests !== null) {
    const scaled = scale(requests, coresPerRequest! / grid.stepSeconds);
    const note = `Requests were taken for ${coresPerRequest} CPU-seconds each, counted over steps of ${grid.stepSeconds} s.`;
    return { cores: scaled, ceiling: null, notes: [note] };
  }
  const sessions = columnOf('aas_cpu');
  if (sessions !== null) return fromSessions(sessions, vcpus);
  return { cores: new Float32Array(grid.length), ceiling: null, notes: [] };
}

function fromPercent(percent: Float32Array, vcpus: number): Cores {
  const above = count(percent, 100);
  const notes = [`CPU percent was taken as a share of ${vcpus} CPUs.`];
  if (above > 0)
    notes.push(
      `Above 100 % of the CPU: ${above} of ${percent.length} steps, which count as they are. Is --vcpus ${vcpus} right?`,
    );
  const saturated = count(percent, SATURATED_PERCENT);
  if (saturated > SATURATED_SHARE * percent.length)
    notes.push(
      `The machine was saturated, above ${SATURATED_PERCENT} % of its CPU, in ${saturated} of ${percent.length} steps: more was asked for then than this load shows, so the plan is too small for it.`,
    );
  return { cores: scale(percent, vcpus / 100), ceiling: vcpus, notes };
}

function fromSessions(sessions: Float32Array, vcpus: number | null): Cores {
  const taken = 'Active sessions on CPU were taken for CPUs in use.';
  if (vcpus === null) {
    const note = `${taken} Where the machine was saturated some of them waited: with --vcpus they are cut to what it had.`;
    return { cores: sessions, ceiling: null, notes: [note] };
  }
  const above = count(sessions, vcpus);
  for (let step = 0; step < sessions.length; step += 1) if (sessions[step]! > vcpus) sessions[step] = vcpus;
  const cut = `There were more of them than the ${vcpus} CPUs in ${above} of ${sessions.length} steps: the others waited, which says how long the queue was and not how much work was asked for, so they were cut.`;
  return { cores: sessions, ceiling: vcpus, notes: above > 0 ? [taken, cut] : [taken] };
}

function count(values: Float32Array, above: number): number {
  let found = 0;
  for (const value of values) if (value > above) found += 1;
  return found;
}

/** In place: a column of a year is large. */
function scale(values: Float32Array, factor: number): Float32Array;
function scale(values: Float32Array | null, factor: number): Float32Array | null;
function scale(values: Float32Array | null, factor: number): Float32Array | null {
  if (values === null) return null;
  for (let index = 0; index < values.length; index += 1) values[index] = values[index]! * factor;
  return values;
}
