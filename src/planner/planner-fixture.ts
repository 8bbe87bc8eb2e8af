import { DEFAULT_SHAPE } from '../capacity/acu.ts';
import type { DatabaseModel, PlannedPolicy, PolicyRun, RunSecond, RunSink, Trace } from './model.ts';

export const GIB = 1024 ** 3;

export const DATABASE: DatabaseModel = {
  shape: DEFAULT_SHAPE,
  hostCpus: 64,
  requestCpuSeconds: 0.005,
  requestVariation: 1,
  requestOtherSeconds: 0,
  connections: 100,
  baseMemoryBytes: 0.2 * GIB,
  cacheShare: 0.8,
  missSeconds: 0.0005,
  pagesPerCpuSecond: 20_000,
  idleBelowCpus: 0.002,
};

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
