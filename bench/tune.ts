import { parseArgs } from 'node:util';
import { DEFAULT_DATABASE as DATABASE } from '../src/planner/database/default-database.ts';
import { RULES } from '../src/capacity/rules.ts';
import type { CapacityRules } from '../src/capacity/rules.ts';
import { unconstrainedPath } from '../src/planner/clairvoyant.ts';
import { airglowBy } from '../src/planner/policies/airglow.ts';
import { demandOfTrace } from '../src/planner/score/demand.ts';
import { Scorer } from '../src/planner/score/scorer.ts';
import { simulate } from '../src/planner/simulate.ts';
import type { Trace } from '../src/planner/model.ts';
import { toSeconds } from '../src/planner/traces/bursts.ts';
import { median } from './load/statistics.ts';
import { nabTraces, syntheticTraces } from './planner/traces.ts';

const USAGE = `npm run bench -- tune [--rules '{"holdMs":5000}']... [--sweep] [--noise] [--days 4] [--each]
Replays the traces that are for tuning (synthetic patterns, every second file of bench/traces/nab) with Airglow's own
decision and other rules: ACU-hours over those of the clairvoyant, and shortfall over demand; median and worst. --sweep
goes over a grid and shows what meets the targets with the fewest changes. --noise lets requests come at random, which
takes ten times as long. --days: of each real trace. --each: every trace. Says nothing of the other half, on purpose.`;

const BOUNDS = { minAcu: 0.5, maxAcu: 128, autoPauseMs: null };
const SEED = 17;
const MOST_RATIO = 1.25;
const MOST_SHORT = 0.005;

interface Case {
  readonly trace: Trace;
  readonly demandAcu: Float32Array;
  readonly clairvoyantAcuHours: number;
}

interface Result {
  readonly rules: Partial<CapacityRules>;
  readonly ratio: number;
  readonly worstRatio: number;
  readonly short: number;
  readonly worstShort: number;
  readonly changesPerHour: number;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rules: { type: 'string', multiple: true },
      sweep: { type: 'boolean' },
      noise: { type: 'boolean' },
      each: { type: 'boolean' },
      days: { type: 'string', default: '4' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const cases = await casesOf(Number(values.days));
  console.log(`${cases.length} traces: ${cases.map(({ trace }) => trace.name).join(', ')}`);
  const given = (values.rules ?? ['{}']).map((text) => JSON.parse(text) as Partial<CapacityRules>);
  const tried = values.sweep === true ? grid() : given;
  const results: Result[] = [];
  for (const rules of tried) {
    const result = tryRules(rules, cases, values.noise === true, values.each === true);
    results.push(result);
    if (values.sweep !== true) print(result);
  }
  if (values.sweep === true) printSweep(results);
  console.log(JSON.stringify({ bench: 'tune', date: new Date().toISOString(), results }));
}

async function casesOf(days: number): Promise<Case[]> {
  const real = (await nabTraces('tuning')).map((read) => ({
    ...read,
    trace: firstDays(read.trace, days),
  }));
  return [...real, ...syntheticTraces(SEED)].flatMap(({ trace, cpuCeilingCores }) => {
    const seconds = toSeconds(trace, { bursts: true, seed: SEED, cpuCeilingCores });
    const demandAcu = demandOfTrace(seconds, DATABASE);
    const path = unconstrainedPath({ demandAcu, idle: null, bounds: BOUNDS });
    const clairvoyantAcuHours = path.reduce((sum, acu) => sum + acu, 0) / 3600;
    const isFlat = clairvoyantAcuHours <= ((BOUNDS.minAcu * path.length) / 3600) * 1.01;
    return isFlat ? [] : [{ trace: seconds, demandAcu, clairvoyantAcuHours }];
  });
}

function firstDays(trace: Trace, days: number): Trace {
  const length = Math.min(trace.length, Math.round((days * 86_400) / trace.stepSeconds));
  const cut = (column: Float32Array | null) => column?.subarray(0, length) ?? null;
  return {
    ...trace,
    length,
    cpuCores: trace.cpuCores.subarray(0, length),
    networkBytesPerSecond: cut(trace.networkBytesPerSecond),
  };
}

function tryRules(
  rules: Partial<CapacityRules>,
  cases: readonly Case[],
  noise: boolean,
  each: boolean,
): Result {
  const policy = airglowBy({ ...RULES, ...rules });
  const scores = cases.map(({ trace, demandAcu, clairvoyantAcuHours }) => {
    const scorer = new Scorer(BOUNDS);
    const imperfections = { arrivalNoise: noise, samplingNoise: noise, controlDelayMs: 10 };
    simulate(
      { trace, policy, bounds: BOUNDS, database: DATABASE, imperfections, seed: SEED, demandAcu },
      scorer,
    );
    const { acuHours, shortfallShare, resizesPerHour, latency, meanAcu } = scorer.finish({
      policy,
      acuHourPrice: 0,
      lockScaleUps: 0,
    });
    const ratio = acuHours / clairvoyantAcuHours;
    if (each)
      console.log(
        `  ${trace.name.padEnd(44)} ${ratio.toFixed(3)}  ${(shortfallShare * 100).toFixed(3).padStart(6)} %  ${resizesPerHour.toFixed(0).padStart(5)}/h  ` +
          `p95 ${(latency.p95 * 1000).toFixed(1)} ms  mean ${meanAcu.toFixed(1)} ACU`,
      );
    return { ratio, shortfallShare, resizesPerHour };
  });
  const ratios = scores.map(({ ratio }) => ratio);
  const shorts = scores.map(({ shortfallShare }) => shortfallShare);
  return {
    rules,
    ratio: median(ratios) ?? 0,
    worstRatio: Math.max(...ratios),
    short: median(shorts) ?? 0,
    worstShort: Math.max(...shorts),
    changesPerHour: median(scores.map(({ resizesPerHour }) => resizesPerHour)) ?? 0,
  };
}

function* grid(): Generator<Partial<CapacityRules>> {
  for (const targetUtilisation of [0.68, 0.71, 0.74, 0.77])
    for (const queueAllowance of [0.3, 0.6])
      for (const holdMs of [3_000, 4_000, 5_000, 8_000])
        for (const leastLoweringShare of [0, 0.08])
          yield { targetUtilisation, queueAllowance, holdMs, leastLoweringShare };
}

function print({ rules, ratio, worstRatio, short, worstShort, changesPerHour }: Result): void {
  console.log(
    `${JSON.stringify(rules).padEnd(100)} ratio ${ratio.toFixed(3)} (worst ${worstRatio.toFixed(2)})  ` +
      `short ${(short * 100).toFixed(3)} % (worst ${(worstShort * 100).toFixed(2)} %)  ${changesPerHour.toFixed(0)} changes/h`,
  );
}

function printSweep(results: readonly Result[]): void {
  const meeting = results.filter(({ ratio, short }) => ratio <= MOST_RATIO && short <= MOST_SHORT);
  console.log(`${results.length} tried, ${meeting.length} meet both targets. Fewest changes first:`);
  for (const result of meeting.toSorted((a, b) => a.changesPerHour - b.changesPerHour).slice(0, 15))
    print(result);
  console.log('Cheapest for what they leave short:');
  const front = results.filter(
    (one) => !results.some((other) => other.ratio < one.ratio && other.short < one.short),
  );
  for (const result of front.toSorted((a, b) => a.ratio - b.ratio)) print(result);
}
