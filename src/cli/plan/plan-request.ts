import { rangeFault } from '../../api/cluster-rules.ts';
import { AirglowError } from '../../errors.ts';
import { DEFAULT_DATABASE } from '../../planner/database/default-database.ts';
import type { PlanOptions } from '../../planner/options.ts';
import type { Pattern } from '../../planner/traces/synthetic.ts';
import type { ValueUnit } from '../../planner/traces/columns.ts';

/** The options of `airglow plan` as they were typed, each checked by itself; those with a default always there. */
export interface PlanCommandOptions {
  readonly policy?: readonly (readonly string[])[];
  readonly min?: number;
  readonly max?: number;
  readonly vcpus?: number;
  readonly unit?: ValueUnit;
  readonly period?: number;
  readonly coresPerRequest?: number;
  readonly history?: string;
  readonly target?: string;
  readonly synthetic?: readonly Pattern[];
  readonly hours?: number;
  readonly cores?: number;
  readonly seed: number;
  readonly bursts: boolean;
  readonly noise?: boolean;
  readonly controlDelay: number;
  readonly secondsUntilAutoPause: number;
  readonly workingSet?: number;
  readonly requestMs: number;
  readonly connections: number;
  readonly hostCpus?: number;
  readonly region: string;
  readonly storageGib: number;
  readonly ioMillions: number;
  readonly hostPrice?: number;
  readonly optimizedReads?: boolean;
  readonly tieredCache?: number;
  readonly localLatencyUs?: number;
  readonly storageLatencyUs?: number;
  readonly listPolicies?: boolean;
  readonly json?: boolean;
  readonly charts?: boolean;
  readonly html?: string;
}

/** So many fill a wide screen. */
const CHART_POINTS = 480;
const GIB = 1024 ** 3;

const EXAMPLES = [
  'airglow plan cpu.csv --unit cpu-percent --vcpus 4',
  'airglow plan --history ./airglow-data --target shop',
  'airglow plan --synthetic diurnal --cores 4',
];

/** Refuses what is possible by itself but not together. Raises INVALID_ARGUMENT. */
export function checkTogether(paths: readonly string[], options: PlanCommandOptions): void {
  const { min, max, history, target, synthetic, hours, cores } = options;
  if (paths.length === 0 && history === undefined && synthetic === undefined && target === undefined) {
    throw invalid(
      `there is no load to plan for; name a CSV file, a record of airglow, or a made load:\n${EXAMPLES.map((line) => `  ${line}\n`).join('')}airglow plan --help says more`,
    );
  }
  const fault = min === undefined || max === undefined ? null : rangeFault(min, max);
  if (fault !== null) throw invalid(fault);
  if ((history === undefined) !== (target === undefined)) {
    throw invalid('--history FOLDER and --target NAME belong together: whose record, and where it is');
  }
  if (synthetic === undefined && (hours !== undefined || cores !== undefined)) {
    throw invalid(`${hours === undefined ? '--cores' : '--hours'} is for --synthetic; files have their own`);
  }
  checkOptimizedReads(options);
  if (options.charts === true && options.json !== true) {
    throw invalid('--charts puts the points of the charts into JSON: use it with --json');
  }
  if (paths.filter((path) => path === '-').length > 1)
    throw invalid('standard input (-) can be read only once');
}

function checkOptimizedReads(options: PlanCommandOptions): void {
  const { optimizedReads, tieredCache, localLatencyUs, storageLatencyUs } = options;
  if (optimizedReads === true) return;
  const named = [
    tieredCache === undefined ? [] : ['--tiered-cache'],
    localLatencyUs === undefined ? [] : ['--local-latency-us'],
    storageLatencyUs === undefined ? [] : ['--storage-latency-us'],
  ].flat();
  if (named.length > 0)
    throw invalid(`${named.join(', ')}: give --optimized-reads too, whose figures these are`);
}

/** What was given as microseconds, and what nobody gave. */
function secondsOf(microseconds: number | undefined): number | null {
  return microseconds === undefined ? null : microseconds / 1e6;
}

function optimizedReadsOf(options: PlanCommandOptions): Pick<PlanOptions, 'optimizedReads'> {
  if (options.optimizedReads !== true) return {};
  const { tieredCache, workingSet } = options;
  return {
    optimizedReads: {
      tierBytes: tieredCache === undefined ? null : tieredCache * GIB,
      localSeconds: secondsOf(options.localLatencyUs),
      storageSeconds: secondsOf(options.storageLatencyUs),
      workingSetBytes: workingSet === undefined ? null : workingSet * GIB,
    },
  };
}

/** `allNames` in the order in which they are compared unless told otherwise. Raises INVALID_ARGUMENT. */
export function planOptions(
  options: PlanCommandOptions,
  allNames: readonly string[],
  madeAt: string,
): PlanOptions {
  return {
    policies: policiesOf(options.policy?.flat() ?? ['all'], allNames),
    minAcu: options.min ?? null,
    maxAcu: options.max ?? null,
    autoPauseMs: options.secondsUntilAutoPause * 1000,
    database: {
      ...DEFAULT_DATABASE,
      hostCpus: options.hostCpus ?? DEFAULT_DATABASE.hostCpus,
      requestCpuSeconds: options.requestMs / 1000,
      connections: options.connections,
    },
    imperfections: {
      arrivalNoise: options.noise === true,
      samplingNoise: options.noise === true,
      controlDelayMs: options.controlDelay,
    },
    seed: options.seed,
    bursts: options.bursts,
    prices: {
      region: options.region,
      storageGib: options.storageGib,
      ioMillions: options.ioMillions,
      hostPricePerAcuHour: options.hostPrice ?? null,
    },
    chartPoints: CHART_POINTS,
    madeAt,
    ...optimizedReadsOf(options),
  };
}

/** The first is planned for; `all` stands for those that were not named, each once. */
function policiesOf(named: readonly string[], allNames: readonly string[]): readonly string[] {
  return [...new Set(named.flatMap((name) => (name === 'all' ? allNames : [name])))];
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', message);
}
