import { parseArgs } from 'node:util';
import { DEFAULT_DATABASE as DATABASE } from '../src/planner/database/default-database.ts';
import { PLANNED_POLICIES } from '../src/planner/policies/catalog.ts';
import { plan } from '../src/planner/plan.ts';
import type { PlanOptions } from '../src/planner/options.ts';
import type { Plan, PolicySummary, TracePlan } from '../src/planner/results.ts';
import { toSeconds } from '../src/planner/traces/bursts.ts';
import { BURSTS, CALM_BURSTS, ROUGH_BURSTS } from '../src/planner/traces/burst-weights.ts';
import type { BurstParameters } from '../src/planner/traces/burst-weights.ts';
import type { ReadTrace } from '../src/planner/traces/units.ts';
import { machine } from './load/table.ts';
import { measureSpeed } from './planner/speed.ts';
import { CPU_SECONDS_PER_REQUEST, nabTraces, VCPUS } from './planner/traces.ts';

const USAGE = `npm run bench -- planner [--speed] [--compare] [--sensitivity] [--noise] [--policies NAME,...] [--repetitions 5]
--speed: 30 days at a second, each policy, seconds that it takes. --compare: every policy on the half of the real traces
that nothing was tuned on, minimum 0.5 ACU, the maximum that the planner recommends. --sensitivity: the same for rougher and calmer
bursts within the five minutes, and for none. --noise lets requests come at random. All of it unless told otherwise.`;

const SEED = 17;
const ROUGHNESS: Readonly<Record<string, BurstParameters | null>> = {
  'no bursts': null,
  calm: CALM_BURSTS,
  'as planned': BURSTS,
  rough: ROUGH_BURSTS,
};

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      speed: { type: 'boolean' },
      compare: { type: 'boolean' },
      sensitivity: { type: 'boolean' },
      noise: { type: 'boolean' },
      policies: { type: 'string' },
      repetitions: { type: 'string', default: '5' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const all = !values.speed && !values.compare && !values.sensitivity;
  const names = values.policies?.split(',') ?? PLANNED_POLICIES.map(({ name }) => name);
  const options = optionsFor(names, values.noise === true);
  const { cpus } = machine();
  const result: Record<string, unknown> = { bench: 'planner', date: new Date().toISOString(), cores: cpus };
  if (all || values.speed) result['speed'] = measureSpeed(names, Number(values.repetitions));
  if (all || values.compare) result['compare'] = await compare(options);
  if (all || values.sensitivity) result['sensitivity'] = await sensitivity(options);
  console.log(JSON.stringify(result));
}

function optionsFor(policies: readonly string[], noise: boolean): PlanOptions {
  return {
    policies,
    minAcu: 0.5,
    maxAcu: null,
    autoPauseMs: 300_000,
    database: DATABASE,
    imperfections: { arrivalNoise: noise, samplingNoise: noise, controlDelayMs: 10 },
    seed: SEED,
    bursts: true,
    prices: { region: 'us-east-1', storageGib: 0, ioMillions: 0, hostPricePerAcuHour: null },
    chartPoints: 10,
    madeAt: new Date().toISOString(),
  };
}

async function compare(options: PlanOptions): Promise<object> {
  const traces = await nabTraces('held-out');
  const made = makePlan(traces, options);
  console.log(
    `Held-out half, ${VCPUS} processors assumed, ${CPU_SECONDS_PER_REQUEST} s of CPU a request; bursts from seed ${SEED}.\n`,
  );
  for (const one of made.traces) printTrace(one);
  printSummary(made.summary ?? []);
  return { summary: made.summary, traces: made.traces.map(({ trace, scores }) => ({ trace, scores })) };
}

async function sensitivity(options: PlanOptions): Promise<object> {
  const traces = await nabTraces('held-out');
  const rows = Object.entries(ROUGHNESS).map(([name, parameters]) => {
    const seconds = traces.map((read) => withBursts(read, parameters));
    const { summary } = makePlan(seconds, { ...options, policies: ['airglow', 'neon', 'cpu-target'] });
    console.log(`\nWithin five minutes: ${name}`);
    printSummary(summary ?? []);
    return { name, summary };
  });
  return rows;
}

function withBursts({ trace, cpuCeilingCores }: ReadTrace, parameters: BurstParameters | null): ReadTrace {
  const how = parameters === null ? { bursts: false } : { bursts: true, parameters };
  return { trace: toSeconds(trace, { ...how, seed: SEED, cpuCeilingCores }), cpuCeilingCores };
}

function makePlan(traces: readonly ReadTrace[], options: PlanOptions): Plan {
  let shown = '';
  return plan(
    traces,
    options,
    ({ trace, policy }) => {
      const now = `${trace} ${policy}`;
      if (process.stderr.isTTY && now !== shown) process.stderr.write(`\r${(shown = now)}\u001b[K`);
    },
    'bench',
  );
}

function printTrace({ trace, scores, recommendation }: TracePlan): void {
  const { demand, isFlat } = trace;
  console.log(
    `### ${trace.name}${isFlat ? ' (flat: at the minimum whatever the policy)' : ''}\n\n${trace.hours.toFixed(0)} h, demand ${demand.mean.toFixed(1)} ACU on average, ` +
      `p95 ${demand.p95.toFixed(1)}, at most ${demand.max.toFixed(1)}; 0.5 to ${recommendation.maxCapacity} ACU.\n`,
  );
  if (isFlat) return;
  console.log(
    '| policy | ACU-hours | x clairvoyant | short | time short | time over | p95 | resizes/h | front |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const score of scores.toSorted((a, b) => a.acuHours - b.acuHours)) {
    console.log(
      `| ${score.title} | ${score.acuHours.toFixed(0)} | ${figure(score.ratioToClairvoyant, 2)} | ${percent(score.shortfallShare)} | ` +
        `${percent(score.underProvisionedTimeShare)} | ${percent(score.overProvisionedTimeShare)} | ` +
        `${Number.isFinite(score.latency.p95) ? milliseconds(score.latency.p95) : ''} | ${score.resizesPerHour.toFixed(1)} | ${score.isOnParetoFront === true ? 'yes' : ''} |`,
    );
  }
  console.log('');
}

function printSummary(summary: readonly PolicySummary[]): void {
  console.log(
    '| policy | x clairvoyant, median (worst) | short, median (worst) | resizes/h | on the front |',
  );
  console.log('|---|---|---|---|---|');
  for (const {
    title,
    ratioToClairvoyant,
    shortfallShare,
    resizesPerHour,
    onParetoFront,
    traces,
  } of summary) {
    console.log(
      `| ${title} | ${figure(ratioToClairvoyant?.median ?? null, 2)} (${figure(ratioToClairvoyant?.worst ?? null, 2)}) | ` +
        `${percent(shortfallShare.median)} (${percent(shortfallShare.worst)}) | ${resizesPerHour.median.toFixed(1)} | ${onParetoFront} of ${traces} |`,
    );
  }
}

function figure(value: number | null, decimals: number): string {
  return value === null ? '' : value.toFixed(decimals);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}

function milliseconds(seconds: number): string {
  return seconds >= 1 ? `${seconds.toFixed(seconds >= 10 ? 0 : 1)} s` : `${(seconds * 1000).toFixed(0)} ms`;
}
