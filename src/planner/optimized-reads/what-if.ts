import { MOST_ACU, roundUpToGrid } from '../../capacity/acu.ts';
import {
  LOCAL_READ_SECONDS,
  MOST_TIER_TO_MEMORY,
  PAGES_PER_BLOCK,
} from '../../capacity/optimized-reads/devices.ts';
import { estimateOptimizedReads } from '../../capacity/optimized-reads/estimate.ts';
import { milliseconds } from '../../capacity/optimized-reads/verdict.ts';
import type { OptimizedReadsEstimate, Verdict } from '../../capacity/optimized-reads/model.ts';
import type { TierModel, Trace } from '../model.ts';
import type { PlanOptions } from '../options.ts';
import { Replays } from '../plan-trace.ts';
import type { OnRun } from '../plan-trace.ts';
import { airglowPlanned } from '../policies/airglow.ts';
import { distributionOf } from '../score/distribution.ts';
import { fittedLoad, meanOf } from './fitted-load.ts';
import type { LoadAndDatabase } from './fitted-load.ts';
import { LoadMeans } from './load-means.ts';
import type {
  LoadRow,
  OptimizedReadsOptions,
  OptimizedReadsPlan,
  RecordedReads,
  TieredRun,
} from './model.ts';
import { capacityRemark, replayVerdict } from './words.ts';

const GIB = 1024 ** 3;

export interface WhatIf {
  /** At steps of one second. */
  readonly trace: Trace;
  /** Null for a load that was not recorded by Airglow. */
  readonly reads: RecordedReads | null;
  readonly options: PlanOptions;
  readonly wish: OptimizedReadsOptions;
  readonly onRun: OnRun;
}

/** Plans a load with Airglow's policy with and without a second tier, and says what it would change. */
export function planOptimizedReads(whatIf: WhatIf): OptimizedReadsPlan {
  return whatIf.reads === null ? byReplay(whatIf) : byRecord(whatIf, whatIf.reads);
}

/** What was recorded tells the load; the replays of the model fitted to it tell capacity. */
function byRecord(whatIf: WhatIf, recorded: RecordedReads): OptimizedReadsPlan {
  const { wish, trace, options } = whatIf;
  const localSeconds = wish.localSeconds ?? recorded.localSeconds ?? LOCAL_READ_SECONDS;
  const storageSeconds = wish.storageSeconds === null ? null : wish.storageSeconds / PAGES_PER_BLOCK;
  const reads = { ...recorded, storageSeconds };
  const estimate = estimateOptimizedReads(reads, {
    tierBytes: wish.tierBytes,
    tierSeconds: localSeconds,
    workingSetBytes: wish.workingSetBytes,
  });
  const { verdict, tierBytes } = estimate;
  const said = { verdict, estimate, localSeconds, assumptions: estimate.assumptions };
  if (estimate.missing.length > 0 || verdict.kind === 'on-already' || tierBytes === null)
    return { ...planOf(whatIf, estimate, null), ...said, ...none(estimate) };
  const fitted = fittedLoad({ trace, database: options.database }, reads, estimate);
  const runs = bothRuns(whatIf, fitted, { bytes: tierBytes, missSeconds: localSeconds * PAGES_PER_BLOCK });
  return { ...planOf(whatIf, estimate, runs), ...said, loadSource: 'recorded', load: rowsOf(estimate) };
}

/** Without a record the model is all there is. */
function byReplay(whatIf: WhatIf): OptimizedReadsPlan {
  const { wish, trace, options } = whatIf;
  const localSeconds = wish.localSeconds ?? LOCAL_READ_SECONDS;
  const { memoryBytes } = trace;
  if (memoryBytes === null)
    return { ...planOf(whatIf, null, null), ...UNKNOWN, localSeconds, assumptions: [] };
  const database = { ...options.database, missSeconds: wish.storageSeconds ?? options.database.missSeconds };
  const wantedBytes = distributionOf(memoryBytes).p95;
  const workingSetBytes = Math.max(0, wantedBytes - database.baseMemoryBytes) * database.cacheShare;
  const mostBytes = MOST_TIER_TO_MEMORY * (options.maxAcu ?? MOST_ACU) * database.shape.memoryBytes;
  const tierBytes = wish.tierBytes ?? Math.min(Math.ceil(workingSetBytes / GIB) * GIB, mostBytes);
  const runs = bothRuns(
    whatIf,
    { trace, database },
    { bytes: tierBytes, missSeconds: localSeconds * PAGES_PER_BLOCK },
  );
  const sizes = {
    workingSetBytes,
    tierBytes,
    enoughMemoryBytes: wantedBytes,
    storageSeconds: database.missSeconds / PAGES_PER_BLOCK,
  };
  const load = replayedRows(trace, runs);
  return {
    ...planOf(whatIf, sizes, runs),
    verdict: replayVerdict({ ...sizes, localSeconds, load, without: runs.without.run, with: runs.with.run }),
    loadSource: 'replayed',
    load,
    localSeconds,
    estimate: null,
    assumptions: [
      `Nothing was recorded of reads, so the load is the model's: ${database.pagesPerCpuSecond} pages touched in each CPU-second, each of the working set as likely as any other.`,
      wish.storageSeconds === null
        ? `Storage is assumed to take ${milliseconds(database.missSeconds)} for a block of 8 KiB (--storage-latency-us gives yours).`
        : `Storage takes ${milliseconds(database.missSeconds)} for a block of 8 KiB.`,
      wish.localSeconds === null
        ? `Local storage is assumed to take ${milliseconds(localSeconds)} for a page of 4 KiB (--local-latency-us gives yours).`
        : `Local storage takes ${milliseconds(localSeconds)} for a page of 4 KiB.`,
    ],
  };
}

const MISSING =
  'the memory that the load needs: a column memory_gib, --working-set, or a record of a database that Airglow runs (--history)';

const UNKNOWN = {
  verdict: {
    kind: 'unknown',
    sentence: `Whether a second cache tier would help cannot be said: it takes ${MISSING}.`,
  } satisfies Verdict,
  loadSource: null,
  load: [],
  estimate: null,
};

interface FinishedRun {
  readonly run: TieredRun;
  readonly means: ReturnType<LoadMeans['finish']>;
}

interface BothRuns {
  readonly without: FinishedRun;
  readonly with: FinishedRun;
}

function bothRuns(whatIf: WhatIf, load: LoadAndDatabase, tier: TierModel): BothRuns {
  return { without: runOf(whatIf, load, null), with: runOf(whatIf, load, tier) };
}

/** With bounds of its own, by the same rules: less memory may be asked for. */
function runOf(
  { options, onRun }: WhatIf,
  { trace, database }: LoadAndDatabase,
  tier: TierModel | null,
): FinishedRun {
  const replays = new Replays(trace, { ...options, database: { ...database, tier } }, onRun);
  const { minCapacity, maxCapacity } = replays.recommend(airglowPlanned);
  const autoPauseMs = minCapacity === 0 ? options.autoPauseMs : null;
  const bounds = { minAcu: minCapacity, maxAcu: maxCapacity, autoPauseMs };
  const { acuHours, monthlyCost, shortfallShare, latencyP95 } = replays.choice(airglowPlanned, bounds);
  const means = new LoadMeans();
  replays.replay(airglowPlanned, bounds, means);
  const meanAcu = trace.length > 0 ? (acuHours * 3600) / trace.length : 0;
  return {
    run: { bounds, acuHours, meanAcu, monthlyCost, shortfallShare, latencyP95 },
    means: means.finish(),
  };
}

type Sizes = Pick<
  OptimizedReadsEstimate,
  'workingSetBytes' | 'tierBytes' | 'enoughMemoryBytes' | 'storageSeconds'
>;

/** What both kinds have in common. */
function planOf({ options }: WhatIf, sizes: Sizes | null, runs: BothRuns | null) {
  const enoughMemoryBytes = sizes?.enoughMemoryBytes ?? null;
  const { memoryBytes } = options.database.shape;
  return {
    without: runs?.without.run ?? null,
    with: runs?.with.run ?? null,
    remarks: runs === null ? [] : [capacityRemark(runs.without.run, runs.with.run)],
    tierBytes: sizes?.tierBytes ?? null,
    workingSetBytes: sizes?.workingSetBytes ?? null,
    enoughMemoryBytes,
    enoughMemoryAcu: enoughMemoryBytes === null ? null : roundUpToGrid(enoughMemoryBytes / memoryBytes),
    storageSeconds: sizes?.storageSeconds ?? null,
  };
}

/** The recorded load is shown even where nothing can be said of another. */
function none(estimate: OptimizedReadsEstimate) {
  return { loadSource: 'recorded', load: rowsOf(estimate) } as const;
}

function rowsOf({ before, after }: OptimizedReadsEstimate): LoadRow[] {
  const keys = [...new Set([...before.waits, ...after.waits].map(({ key }) => key))];
  const aasOf = (waits: OptimizedReadsEstimate['before']['waits'], key: string): number =>
    waits.find((one) => one.key === key)?.aas ?? 0;
  const rows = keys.map((key) => ({
    name: key,
    before: aasOf(before.waits, key),
    after: aasOf(after.waits, key),
  }));
  return [...rows, { name: 'all', before: before.total, after: after.total }];
}

function replayedRows({ ioSessions }: Trace, runs: BothRuns): LoadRow[] {
  const otherIo = ioSessions === null ? 0 : meanOf(ioSessions);
  const [before, after] = [runs.without.means, runs.with.means];
  const row = (name: string, value: (means: FinishedRun['means']) => number): LoadRow => ({
    name,
    before: value(before),
    after: value(after),
  });
  const rows = [
    row('running', ({ running }) => running),
    row('waiting for CPU', ({ waiting }) => waiting),
    row('pages from storage', ({ io }) => Math.max(0, io - otherIo)),
    row('pages from the tier', ({ tier }) => tier),
    row('other I/O, as given', () => otherIo),
    row('locks', ({ locks }) => locks),
  ].filter((one) => one.before > 0 || one.after > 0);
  const sum = (side: 'before' | 'after'): number => rows.reduce((total, one) => total + one[side], 0);
  return [...rows, { name: 'all', before: sum('before'), after: sum('after') }];
}
