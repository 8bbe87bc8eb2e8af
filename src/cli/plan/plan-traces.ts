import type { Trace } from '../../planner/model.ts';
import type { ReadTrace } from '../../planner/traces/units.ts';
import type { Context } from '../command.ts';
import type { PlanCommandOptions } from './plan-request.ts';
import type { ProgressLine } from './progress-line.ts';

const GIB = 1024 ** 3;

interface Reading {
  readonly options: PlanCommandOptions;
  readonly context: Context;
  readonly progress: ProgressLine;
}

/** All that is to be planned for: files first, then the record, then made loads. Raises INVALID_ARGUMENT. */
export async function tracesOf(paths: readonly string[], reading: Reading): Promise<readonly ReadTrace[]> {
  const { options } = reading;
  const traces: ReadTrace[] = [];
  for (const path of paths) traces.push(await fileTrace(path, reading));
  if (options.history !== undefined && options.target !== undefined) {
    traces.push(await recordedTrace(options.history, options.target, reading));
  }
  if (options.synthetic !== undefined) {
    const { syntheticTrace } = await import('../../planner/traces/synthetic.ts');
    const { seed, cores = DEFAULT_CORES, hours } = options;
    for (const pattern of options.synthetic)
      traces.push(whole(syntheticTrace(pattern, { seed, cores, hours })));
  }
  return withOwnNames(traces).map((read) => withWorkingSet(read, options.workingSet ?? null));
}

/** CPUs that the busiest second of a made load needs. */
export const DEFAULT_CORES = 4;

function whole(trace: Trace): ReadTrace {
  return { trace, cpuCeilingCores: null };
}

async function fileTrace(path: string, { options, context, progress }: Reading): Promise<ReadTrace> {
  const { readTraceFile } = await import('./read-trace.ts');
  return await readTraceFile(path, {
    periodSeconds: options.period ?? null,
    unit: options.unit ?? null,
    vcpus: options.vcpus ?? null,
    coresPerRequest: options.coresPerRequest ?? null,
    stdin: context.stdin,
    onProgress: (bytes, ofBytes) =>
      progress.show(
        ofBytes === null ? `reading, ${Math.round(bytes / 1e6)} MB so far` : `reading ${path}`,
        ofBytes === null || ofBytes === 0 ? null : bytes / ofBytes,
      ),
  });
}

async function recordedTrace(
  folder: string,
  target: string,
  { options, progress }: Reading,
): Promise<ReadTrace> {
  const { openReadHistory } = await import('./recorded-history.ts');
  const { historyTrace } = await import('./history-trace.ts');
  const history = await openReadHistory(folder);
  try {
    const trace = await historyTrace({
      history,
      target,
      days: null,
      onProgress: (share) => progress.show(`reading the record of ${target}`, share),
    });
    if (options.optimizedReads !== true) return whole(trace);
    const { recordedReads } = await import('./recorded-reads.ts');
    const reads = await recordedReads(history, target);
    return reads === null ? whole(trace) : { ...whole(trace), reads };
  } finally {
    await history.close();
  }
}

/** Two of one name could not be told apart in the reports. */
function withOwnNames(traces: readonly ReadTrace[]): readonly ReadTrace[] {
  const seen = new Map<string, number>();
  return traces.map((read) => {
    const nth = (seen.get(read.trace.name) ?? 0) + 1;
    seen.set(read.trace.name, nth);
    return nth === 1 ? read : { ...read, trace: { ...read.trace, name: `${read.trace.name} (${nth})` } };
  });
}

/** A load that says nothing of memory gets what was given for it. */
function withWorkingSet(read: ReadTrace, gib: number | null): ReadTrace {
  if (gib === null) return read;
  const { trace } = read;
  const notes =
    trace.memoryBytes === null
      ? `A working set of ${gib} GiB was given; it is taken as always the same.`
      : 'The load says itself how much memory it needs, so --working-set was not used.';
  const memoryBytes = trace.memoryBytes ?? new Float32Array(trace.length).fill(gib * GIB);
  return { ...read, trace: { ...trace, memoryBytes, notes: [...trace.notes, notes] } };
}
