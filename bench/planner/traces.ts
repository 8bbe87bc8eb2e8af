import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTraceFile } from '../../src/cli/plan/read-trace.ts';
import { PATTERN_NAMES, syntheticTrace } from '../../src/planner/traces/synthetic.ts';
import type { ReadTrace } from '../../src/planner/traces/units.ts';

const FOLDER = join(import.meta.dirname, '..', 'traces', 'nab');
/** Nobody knows how big the machines were. */
export const VCPUS = 8;
export const CPU_SECONDS_PER_REQUEST = 1;
const PERIOD_SECONDS = 300;

const UNKNOWN = { periodSeconds: null, unit: null, vcpus: null, coresPerRequest: null };

/** What rules are tuned on, and what is reported: never the same. */
export type Half = 'tuning' | 'held-out';

/** Real traces: every second file, by name. */
export async function nabTraces(half: Half): Promise<ReadTrace[]> {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.csv'))
    .toSorted();
  const wanted = files.filter((_, index) => index % 2 === (half === 'tuning' ? 0 : 1));
  return Promise.all(wanted.map(readNab));
}

/** Made ones, of which the busiest second needs four processors. */
export function syntheticTraces(seed: number): ReadTrace[] {
  return PATTERN_NAMES.map((pattern) => ({
    trace: syntheticTrace(pattern, { seed, cores: 4 }),
    cpuCeilingCores: null,
  }));
}

async function readNab(name: string): Promise<ReadTrace> {
  const path = join(FOLDER, name);
  if (name.startsWith('elb_')) {
    return readTraceFile(path, { ...UNKNOWN, unit: 'requests', coresPerRequest: CPU_SECONDS_PER_REQUEST });
  }
  const read = await readTraceFile(path, { ...UNKNOWN, unit: 'cpu-percent', vcpus: VCPUS });
  return name.includes('network') ? asNetwork(read) : read;
}

/** Bytes a period, which the unit of the reader took for per cent. */
function asNetwork({ trace }: ReadTrace): ReadTrace {
  const bytesPerSecond = trace.cpuCores.map((cores) => ((cores / VCPUS) * 100) / PERIOD_SECONDS);
  return {
    trace: {
      ...trace,
      cpuCores: new Float32Array(trace.length),
      networkBytesPerSecond: bytesPerSecond,
      notes: [],
    },
    cpuCeilingCores: null,
  };
}
