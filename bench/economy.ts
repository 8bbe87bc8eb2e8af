import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { roundUpToGrid } from '../src/capacity/acu.ts';
import { acuHours, clairvoyantPath, workPerSecond } from './economy/clairvoyant.ts';
import { dayLevels, MEAN_LEVEL, toSegments } from './economy/day.ts';
import { meanCost, WORK_KINDS } from './load/arrivals.ts';
import type { WorkMix } from './load/arrivals.ts';
import { BenchDatabase } from './load/database.ts';
import type { Generator } from './load/generator.ts';
import { accountBetween, meanCpus, otherCpus } from './load/group-figures.ts';
import type { LoadPlan, LoadResult } from './load/plan.ts';
import { percentile, summarizeLatency } from './load/statistics.ts';
import type { LatencySummary } from './load/statistics.ts';
import { figure, machine, Table } from './load/table.ts';
import { timeline } from './load/timeline.ts';
import { parsePolicyNames, policyByName, startAcuOf } from './policies/by-name.ts';
import type { PolicyName } from './policies/by-name.ts';

const USAGE = `npm run bench -- economy [--minutes 5] [--policies airglow,fixed-max,fixed-mean,tracker] [--peak-cpus 1.2] [--max 6.5]
                         [--pauses] [--pause-after 10] [--mean-acu N] [--burn-ms 5] [--connections 64] [--seed 7] [--trace FILE] [--verbose]
A day in miniature, open loop: quiet, steps, spikes out of nothing, a batch; mean demand a quarter of the peak. Each policy
plays the same day: ACU-hours from the meter and what requests feel, beside the cheapest path that knows the day in
advance. Takes (policies x minutes) and a little: 20 minutes unless told otherwise; the whole day is --minutes 30, two
hours. fixed-mean has the size that Airglow had on average, rounded up, or --mean-acu; --policies also takes those of
the planner that need not know the load in advance, as in neon or aurora-v2. The maximum is what the published
sizing rule gives for that peak: 130 % of it, rounded up. --pauses: a day whose nights have no request at all, played by Airglow with
a minimum of 0 that pauses after --pause-after seconds (airglow-pauses), by Airglow without, and by the fixed maximum. A try:
--minutes 1. Needs root and cgroups.`;

const MIN_ACU = 0.5;
const DRAIN_MS = 30_000;
const PROGRESS_EVERY_S = 30;
const POLICIES = 'airglow,fixed-max,fixed-mean,tracker';
const PAUSING_POLICIES = 'airglow-pauses,airglow,fixed-max';
const MIX: WorkMix = { burn: 0.8, read: 0.15, write: 0.05 };

interface Row {
  readonly policy: PolicyName;
  readonly acuHours: number;
  /** The same from the kernel's limits, read from outside; these are in force while it is paused, too. */
  readonly grantedAcuHours: number;
  readonly changes: number;
  readonly pausedSeconds: number;
  readonly wakes: number;
  readonly latency: LatencySummary;
  readonly usedCpus: number;
  readonly throttledCpuSeconds: number;
  readonly generatorCpus: number;
  /** What else the machine did meanwhile, the daemon included: much of it, and latencies mean little. */
  readonly otherCpus: number;
  readonly latenessP99Ms: number | null;
  readonly disconnects: number;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '5' },
      policies: { type: 'string' },
      pauses: { type: 'boolean' },
      'pause-after': { type: 'string', default: '10' },
      'peak-cpus': { type: 'string', default: '1.2' },
      max: { type: 'string', default: '6.5' },
      'mean-acu': { type: 'string' },
      'burn-ms': { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      seed: { type: 'string', default: '7' },
      trace: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const hasPauses = values.pauses === true;
  const policies = parsePolicyNames(values.policies ?? (hasPauses ? PAUSING_POLICIES : POLICIES));
  const seconds = Math.round(Number(values.minutes) * 60);
  const database = await BenchDatabase.open({
    minAcu: MIN_ACU,
    maxAcu: Number(values.max),
    burnMs: Number(values['burn-ms']),
    isVerbose: values.verbose === true,
  });
  const peakCpus = Number(values['peak-cpus']);
  const rows: Row[] = [];
  const traces: object[] = [];
  let clairvoyant: Clairvoyant | null = null;
  try {
    const generator = await database.connect(Number(values.connections));
    try {
      await database.calibrateUnderLoad(generator, MIX, peakCpus);
      const day = new Day(database, peakCpus, dayLevels(seconds, Number(values.seed), hasPauses), {
        seed: Number(values.seed),
        pauseAfterSeconds: Number(values['pause-after']),
      });
      day.printHead(policies.length);
      for (const name of policies) {
        const meanAcu = values['mean-acu'] === undefined ? day.meanAcu(rows) : Number(values['mean-acu']);
        const { row, result, trace } = await day.play(generator, name, meanAcu);
        clairvoyant ??= day.clairvoyant(result, hasPauses ? 0 : MIN_ACU);
        rows.push(row);
        traces.push({ policy: name, rows: trace });
        printRow(row, rows, clairvoyant);
      }
    } finally {
      await generator.end();
    }
  } finally {
    await database.close();
  }
  if (clairvoyant !== null) printTable(rows, clairvoyant);
  if (values.trace !== undefined) writeFileSync(values.trace, JSON.stringify(traces));
  const { cpus } = machine();
  console.log(
    JSON.stringify({
      bench: 'economy',
      date: new Date().toISOString(),
      cores: cpus,
      seconds,
      clairvoyant,
      rows,
    }),
  );
}

interface Clairvoyant {
  readonly acuHours: number;
  /** Mean of the work that comes in, in CPUs and as a share of the peak. */
  readonly meanCpus: number;
  readonly peakCpus: number;
}

class Day {
  readonly #database: BenchDatabase;
  readonly #levels: readonly number[];
  readonly #plan: LoadPlan;
  readonly #peakCpus: number;
  readonly #pauseAfterSeconds: number;

  constructor(
    database: BenchDatabase,
    peakCpus: number,
    levels: readonly number[],
    { seed, pauseAfterSeconds }: { readonly seed: number; readonly pauseAfterSeconds: number },
  ) {
    const { burnRounds, costMs } = database.calibration;
    this.#database = database;
    this.#peakCpus = peakCpus;
    this.#levels = levels;
    this.#pauseAfterSeconds = pauseAfterSeconds;
    this.#plan = {
      seed,
      segments: toSegments(this.#levels, (peakCpus * 1000) / meanCost(MIX, costMs)),
      mix: MIX,
      burnRounds,
      wideRows: 0,
      drainMs: DRAIN_MS,
    };
  }

  get #seconds(): number {
    return this.#levels.length;
  }

  printHead(policies: number): void {
    const { cpus, memoryGib } = machine();
    const { costMs } = this.#database.calibration;
    const minutes = (policies * (this.#seconds + 5)) / 60;
    console.log(
      `${cpus} processors, ${memoryGib} GiB, shared by server, generator and daemon. A day of ${this.#seconds} s with a peak of ` +
        `${this.#peakCpus} CPUs and a mean of ${MEAN_LEVEL * 100} % of it; ${policies} policies, about ${minutes.toFixed(0)} minutes. ` +
        `Latency in ms. (ms at the peak: burn ${costMs.burn.toFixed(2)}, read ${costMs.read.toFixed(3)}, write ${costMs.write.toFixed(3)})`,
    );
  }

  /** What Airglow had on average, on the grid; before it has played, what a mean demand at our target would take. */
  meanAcu(rows: readonly Row[]): number {
    const own = rows.find(({ policy }) => policy === 'airglow');
    const hours = this.#seconds / 3600;
    return roundUpToGrid(
      own === undefined
        ? (MEAN_LEVEL * this.#peakCpus) / 0.7 / this.#database.cpusOf(1)
        : own.acuHours / hours,
    );
  }

  async play(
    generator: Generator,
    name: PolicyName,
    meanAcu: number,
  ): Promise<{ row: Row; result: LoadResult; trace: object }> {
    const database = this.#database;
    const maxAcu = database.describe().capacity.max;
    const label = name === 'fixed-mean' ? `${name} (${meanAcu} ACU)` : name;
    await this.#letPause(name === 'airglow-pauses');
    await database.runBy(policyByName(name, meanAcu), startAcuOf(name, { minAcu: MIN_ACU, maxAcu, meanAcu }));
    const { acuHours: before, pause: pausesBefore } = database.describe();
    let shownAtS = 0;
    let atEndOfDay: number | null = null;
    const result = await generator.run(this.#plan, ({ atMs, due, answered, failed }) => {
      // Backlog that is worked off after the day is not of the day.
      if (atMs >= this.#seconds * 1000) atEndOfDay ??= database.describe().acuHours;
      if (atMs / 1000 < shownAtS + PROGRESS_EVERY_S) return;
      shownAtS = atMs / 1000;
      const { current } = database.describe().capacity;
      console.error(
        `${label}: ${shownAtS.toFixed(0)} of ${this.#seconds} s, ${current} ACU, ${due - answered - failed} requests under way, ${failed} failed`,
      );
    });
    const acuHoursUsed = (atEndOfDay ?? database.describe().acuHours) - before;
    const trace = database.policy.takeTrace();
    const { pausedSeconds, wakes } = database.describe().pause;
    const pauses = {
      pausedSeconds: pausedSeconds - pausesBefore.pausedSeconds,
      wakes: wakes - pausesBefore.wakes,
    };
    const row = { ...this.#toRow(name, result, acuHoursUsed), ...pauses };
    return { row, result, trace: timeline(result, trace) };
  }

  /** Wakes it where the day before ended in a pause. */
  async #letPause(isAllowed: boolean): Promise<void> {
    await this.#database.modify(
      isAllowed
        ? { minCapacity: 0, secondsUntilAutoPause: this.#pauseAfterSeconds }
        : { minCapacity: MIN_ACU },
    );
  }

  clairvoyant(result: LoadResult, minAcu: number): Clairvoyant {
    const { costMs } = this.#database.calibration;
    const costOf = (index: number): number => costMs[WORK_KINDS[result.kinds[index] ?? 0] ?? 'burn'];
    const workMs = workPerSecond(result.dueMs, costOf, this.#seconds);
    const path = clairvoyantPath(workMs, {
      minAcu,
      maxAcu: this.#database.describe().capacity.max,
      cpusPerAcu: this.#database.cpusOf(1),
    });
    const total = workMs.reduce((sum, ms) => sum + ms, 0);
    return {
      acuHours: acuHours(path),
      meanCpus: total / 1000 / this.#seconds,
      peakCpus: Math.max(...workMs) / 1000,
    };
  }

  #toRow(policy: PolicyName, result: LoadResult, metered: number): Omit<Row, 'pausedSeconds' | 'wakes'> {
    const endMs = result.startAtMs + this.#seconds * 1000;
    const account = accountBetween(result.group, result.startAtMs, endMs);
    const acu = meanCpus(result.group, result.startAtMs, endMs) / this.#database.cpusOf(1);
    return {
      policy,
      acuHours: metered,
      grantedAcuHours: (acu * this.#seconds) / 3600,
      changes: Math.max(0, result.group.limits.length - 1),
      latency: summarizeLatency(result),
      usedCpus: account.usedMs / (endMs - result.startAtMs),
      throttledCpuSeconds: account.throttledMs / 1000,
      generatorCpus: result.generatorCpuMs / (result.endAtMs - result.startAtMs),
      otherCpus: otherCpus(result),
      latenessP99Ms: percentile(result.latenessMs.toSorted(), 0.99),
      disconnects: result.disconnects,
    };
  }
}

const TABLE = new Table(
  [
    'policy',
    'ACU-hours',
    'of maximum',
    'of clairv.',
    'p50',
    'p95',
    'p99',
    'max',
    'p95 ratio',
    'changes',
    'paused, s',
    'wakes',
    'throttled',
    'others',
    'failed',
    'open',
  ],
  15,
);

function printTable(rows: readonly Row[], clairvoyant: Clairvoyant): void {
  console.log('');
  TABLE.printHeader();
  for (const row of rows) printRow(row, rows, clairvoyant);
  const maximum = rows.find(({ policy }) => policy === 'fixed-max');
  const share = maximum === undefined ? null : (100 * clairvoyant.acuHours) / maximum.acuHours;
  TABLE.printRow(['clairvoyant', figure(clairvoyant.acuHours, 4), `${figure(share, 1)}%`, '1.00']);
  console.log(
    `Work that came in: ${clairvoyant.meanCpus.toFixed(3)} CPUs on average, ${clairvoyant.peakCpus.toFixed(2)} in the busiest second.`,
  );
}

function printRow(row: Row, rows: readonly Row[], clairvoyant: Clairvoyant): void {
  const maximum = rows.find(({ policy }) => policy === 'fixed-max');
  const { p50, p95, p99, max, failed, unfinished } = row.latency;
  const base = maximum?.latency.p95 ?? null;
  TABLE.printRow([
    row.policy,
    figure(row.acuHours, 4),
    maximum === undefined ? '-' : `${figure((100 * row.acuHours) / maximum.acuHours, 1)}%`,
    figure(row.acuHours / clairvoyant.acuHours, 2),
    figure(p50, 1),
    figure(p95, 1),
    figure(p99, 1),
    figure(max, 0),
    p95 === null || base === null ? '-' : figure(p95 / base, 2),
    String(row.changes),
    figure(row.pausedSeconds, 0),
    String(row.wakes),
    figure(row.throttledCpuSeconds, 1),
    figure(row.otherCpus, 2),
    String(failed),
    String(unfinished),
  ]);
}
