import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BenchDatabase } from './load/database.ts';
import type { Generator } from './load/generator.ts';
import { meanCost } from './load/arrivals.ts';
import type { WorkMix } from './load/arrivals.ts';
import { accountBetween, grantedAfterMs, limitAt, meanCpus, otherCpus } from './load/group-figures.ts';
import type { LoadResult } from './load/plan.ts';
import { drainedAfterMs, outstanding, percentile, summarizeLatency } from './load/statistics.ts';
import { machine } from './load/table.ts';
import { timeline } from './load/timeline.ts';
import { fixedPolicy } from './policies/fixed.ts';
import { parsePolicyNames, policyByName, startAcuOf } from './policies/by-name.ts';
import type { PolicyName } from './policies/by-name.ts';
import { printRun, printRunHeader, printSummary, summarize } from './reaction/report.ts';
import type { Run } from './reaction/report.ts';

const USAGE = `npm run bench -- reaction [--repetitions 5] [--seconds 20] [--cpus 1.1] [--max 8] [--policies airglow,fixed-max,tracker]
                          [--burn-ms 5] [--connections 64] [--seed 1] [--trace FILE] [--verbose]
From idle at the minimum of 0.5 ACU to a load that needs --cpus processors of database work, open loop: how long until
enough is allowed and the backlog is gone, and what requests feel in the first 10 s, beside the same step on a fixed
maximum and on a tracker of CPU utilisation. Repetitions are interleaved. Policies: airglow, fixed-max, tracker,
tracker-aws, and every one of the planner that need not know the load in advance, as in neon or aurora-v2. --trace keeps what happened every 100 ms. A try: --repetitions 1 --seconds 12. Needs root and cgroups.`;

const MIN_ACU = 0.5;
const SETTLE_MS = 2_000;
const IDLE_MS = 3_000;
const WINDOW_MS = 10_000;
const STEP_MS = 20;
/** Backlog counts as gone when it has stayed for so long where the fixed maximum keeps it. */
const CALM_MS = 1_000;
const DRAIN_MS = 20_000;
const MIX: WorkMix = { burn: 0.8, read: 0.15, write: 0.05 };

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      repetitions: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '20' },
      cpus: { type: 'string', default: '1.1' },
      max: { type: 'string', default: '8' },
      policies: { type: 'string', default: 'airglow,fixed-max,tracker' },
      'burn-ms': { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      seed: { type: 'string', default: '1' },
      trace: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  // The fixed maximum is what the others are held against.
  const policies = [...new Set<PolicyName>(['fixed-max', ...parsePolicyNames(values.policies)])];
  const database = await BenchDatabase.open({
    minAcu: MIN_ACU,
    maxAcu: Number(values.max),
    burnMs: Number(values['burn-ms']),
    isVerbose: values.verbose === true,
  });
  const cpusWanted = Number(values.cpus);
  let bench: ReactionBench;
  try {
    const generator = await database.connect(Number(values.connections));
    try {
      await database.calibrateUnderLoad(generator, MIX, cpusWanted);
      bench = new ReactionBench(database, cpusWanted, Number(values.seconds) * 1000, Number(values.seed));
      bench.printHead();
      for (let repetition = 0; repetition < Number(values.repetitions); repetition++) {
        await bench.repeat(generator, policies, repetition);
      }
    } finally {
      await generator.end();
    }
  } finally {
    await database.close();
  }
  const summary = summarize(bench.runs, policies);
  printSummary(summary);
  if (values.trace !== undefined) writeFileSync(values.trace, JSON.stringify(bench.traces));
  const { cpus } = machine();
  console.log(
    JSON.stringify({
      bench: 'reaction',
      date: new Date().toISOString(),
      cores: cpus,
      summary,
      runs: bench.runs,
    }),
  );
}

class ReactionBench {
  readonly runs: Run[] = [];
  readonly traces: object[] = [];
  readonly #database: BenchDatabase;
  readonly #perSecond: number;
  readonly #offeredCpus: number;
  readonly #stepMs: number;
  readonly #seed: number;

  constructor(database: BenchDatabase, cpus: number, stepMs: number, seed: number) {
    this.#database = database;
    this.#perSecond = (cpus * 1000) / meanCost(MIX, database.calibration.costMs);
    this.#offeredCpus = cpus;
    this.#stepMs = stepMs;
    this.#seed = seed;
  }

  printHead(): void {
    const { costMs } = this.#database.calibration;
    const { cpus, memoryGib } = machine();
    console.log(
      `${cpus} processors, ${memoryGib} GiB, shared by server, generator and daemon. ${this.#perSecond.toFixed(0)} requests/s = ` +
        `${this.#offeredCpus} CPUs of database work (ms: burn ${costMs.burn.toFixed(2)}, read ${costMs.read.toFixed(3)}, ` +
        `write ${costMs.write.toFixed(3)}). Latency in ms, first ${WINDOW_MS / 1000} s of the step.`,
    );
    printRunHeader();
  }

  async repeat(generator: Generator, policies: readonly PolicyName[], repetition: number): Promise<void> {
    // Every policy is the first one in some repetition.
    const shift = repetition % policies.length;
    const order = [...policies.slice(shift), ...policies.slice(0, shift)];
    const results = new Map<PolicyName, LoadResult>();
    for (const name of order) results.set(name, await this.#play(generator, name, repetition));
    const steady = steadyBacklog(
      results.get('fixed-max'),
      IDLE_MS + this.#stepMs / 2,
      IDLE_MS + this.#stepMs,
    );
    for (const name of order) {
      const result = results.get(name);
      if (result === undefined) continue;
      const one = this.#toRun(name, repetition, result, steady);
      this.runs.push(one);
      printRun(one);
    }
  }

  async #play(generator: Generator, name: PolicyName, repetition: number): Promise<LoadResult> {
    const { maxAcu, minAcu } = { maxAcu: this.#database.describe().capacity.max, minAcu: MIN_ACU };
    const startAcu = startAcuOf(name, { minAcu, maxAcu, meanAcu: minAcu });
    // What the change itself costs is over before the policy sees anything.
    await this.#database.runBy(fixedPolicy('idle', startAcu), startAcu);
    await sleep(SETTLE_MS);
    await this.#database.runBy(policyByName(name, minAcu), startAcu);
    const result = await generator.run({
      seed: this.#seed + repetition,
      segments: [
        { untilMs: IDLE_MS, perSecond: 0 },
        { untilMs: IDLE_MS + this.#stepMs, perSecond: this.#perSecond },
      ],
      mix: MIX,
      burnRounds: this.#database.calibration.burnRounds,
      wideRows: 0,
      drainMs: DRAIN_MS,
    });
    const trace = this.#database.policy.takeTrace();
    this.traces.push({ policy: name, repetition, rows: timeline(result, trace, 100) });
    return result;
  }

  #toRun(policy: PolicyName, repetition: number, result: LoadResult, steady: number | null): Run {
    const stepAtMs = result.startAtMs + IDLE_MS;
    const windowEndMs = stepAtMs + Math.min(WINDOW_MS, this.#stepMs);
    const before = limitAt(result.group.limits, stepAtMs);
    const first = result.group.limits.find(({ atMs, cpus }) => atMs > stepAtMs && cpus !== before?.cpus);
    const account = accountBetween(result.group, stepAtMs, windowEndMs);
    const durationMs = result.endAtMs - result.startAtMs;
    const cpusPerAcu = this.#database.cpusOf(1);
    return {
      policy,
      repetition,
      window: summarizeLatency(result, IDLE_MS, IDLE_MS + WINDOW_MS),
      whole: summarizeLatency(result),
      grantedMs: grantedAfterMs(result.group, stepAtMs, this.#offeredCpus),
      firstRaiseMs: policy === 'fixed-max' || first === undefined ? null : first.atMs - stepAtMs,
      drainedMs:
        steady === null
          ? null
          : drainedAfterMs(outstanding(result, STEP_MS), STEP_MS, {
              fromMs: IDLE_MS,
              most: steady,
              calmMs: CALM_MS,
            }),
      throttledCpuSeconds: account.throttledMs / 1000,
      meanAcu: meanCpus(result.group, stepAtMs, windowEndMs) / cpusPerAcu,
      usedCpus: account.usedMs / (windowEndMs - stepAtMs),
      offeredCpus: this.#offeredCpus,
      latenessP99Ms: percentile(result.latenessMs.toSorted(), 0.99),
      generatorCpus: result.generatorCpuMs / durationMs,
      otherCpus: otherCpus(result),
      startAcu: (before?.cpus ?? Number.NaN) / cpusPerAcu,
      disconnects: result.disconnects,
    };
  }
}

/** What the fixed maximum keeps waiting once it is under way: nearly the most of it. Null where it did not keep up. */
function steadyBacklog(result: LoadResult | undefined, fromMs: number, toMs: number): number | null {
  if (result === undefined || result.endAtMs - result.startAtMs > toMs + CALM_MS) return null;
  const counts = outstanding(result, STEP_MS).slice(Math.ceil(fromMs / STEP_MS), Math.floor(toMs / STEP_MS));
  return percentile(counts.sort(), 0.99) ?? 0;
}
