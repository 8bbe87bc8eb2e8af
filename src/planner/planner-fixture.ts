import { DEFAULT_DATABASE } from './database/default-database.ts';
import type { DatabaseModel, PlannedPolicy, PolicyRun, RunSecond, RunSink, Trace } from './model.ts';

export const GIB = 1024 ** 3;

export const DATABASE: DatabaseModel = DEFAULT_DATABASE;

export const EXACT = { arrivalNoise: false, samplingNoise: false, controlDelayMs: 0 };

/** Seconds of CPU; the other columns are not known unless told. */
export function traceOf(cpus: readonly number[], columns: Partial<Trace> = {}): Trace {
  return {
    name: 'scripted',
    startMs: null,
    stepSeconds: 1,
    length: cpus.length,
    cpuCores: Float32Array.from(cpus),
    ioSessions: null,
    lockSessions: null,
    memoryBytes: null,
    networkBytesPerSecond: null,
    notes: [],
    ...columns,
  };
}

export function policyOf(run: Partial<PolicyRun> & Pick<PolicyRun, 'decide'>): PlannedPolicy {
  return {
    name: 'scripted',
    title: 'Scripted',
    rules: 'As the test says.',
    source: 'a test',
    kind: 'causal',
    start: () => ({ startAcu: 1, canPause: false, ...run }),
  };
}

export const fixedAt = (acu: number): PlannedPolicy => policyOf({ startAcu: acu, decide: () => acu });

/** Keeps everything that a run tells. */
export class Tape implements RunSink {
  readonly seconds: RunSecond[] = [];
  readonly changes: { fromAcu: number; toAcu: number; atMs: number }[] = [];
  readonly latencies: { requests: number; seconds: number }[] = [];

  second(second: RunSecond): void {
    this.seconds.push({ ...second });
  }

  change(fromAcu: number, toAcu: number, atMs: number): void {
    this.changes.push({ fromAcu, toAcu, atMs });
  }

  latency(requests: number, seconds: number): void {
    this.latencies.push({ requests, seconds });
  }
}
