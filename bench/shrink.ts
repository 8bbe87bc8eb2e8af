import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { airglowPolicy } from '../src/capacity/decide.ts';
import { meanCost } from './load/arrivals.ts';
import type { WorkMix } from './load/arrivals.ts';
import { BenchDatabase } from './load/database.ts';
import { GENERATOR_LEAD_MS } from './load/generator.ts';
import type { Generator } from './load/generator.ts';
import { limitAt } from './load/group-figures.ts';
import type { LimitReading } from './load/group-watch.ts';
import { monotonicMs } from './load/plan.ts';
import type { LoadPlan, LoadResult } from './load/plan.ts';
import { summarizeLatency } from './load/statistics.ts';
import type { LatencySummary } from './load/statistics.ts';
import { figure, machine, Table } from './load/table.ts';
import { timeline } from './load/timeline.ts';
import { fillCache } from './load/work.ts';

const SCENARIOS = ['falls', 'cache', 'forced'] as const;
type Scenario = (typeof SCENARIOS)[number];

const USAGE = `npm run bench -- shrink [--scenarios ${SCENARIOS.join(',')}] [--seconds 120] [--cache-gb 2] [--cpus 1.5] [--max 8] [--seed 1]
                        [--trace FILE] [--verbose]
From the maximum to the minimum of 0.5 ACU, with a light load of reads and writes before, meanwhile and after: seconds
until the minimum is in force, failed requests (none may), what the light load feels.
  falls   a load of --cpus stops; little is cached
  cache   the same with a page cache of --cache-gb, read a moment before: memory is given back step by step
  forced  the same, and 1.5 s before the load stops the maximum is changed to the minimum
--seconds is how long the light load goes on after the heavy one. A try: --seconds 40 --cache-gb 0.5. Needs root and cgroups.`;

const MIN_ACU = 0.5;
const HEAVY_MS = 10_000;
/** So the change of the maximum meets the full load. */
const FORCE_BEFORE_MS = 1_500;
const LIGHT_PER_SECOND = 20;
const BURN_MS = 5;
const HEAVY_MIX: WorkMix = { burn: 0.8, read: 0.15, write: 0.05 };
/** Scattered reads find their page in the cache or go to the disk. */
const LIGHT_MIX: WorkMix = { read: 0.5, write: 0.2, scattered: 0.3 };
const PHASES = ['before', 'shrinking', 'at the minimum'] as const;

interface Row {
  readonly scenario: Scenario;
  readonly fromAcu: number;
  readonly cachedMib: number;
  /** Until CPUs and memory were limited to that, since the load stopped or the maximum was changed; null if never. */
  readonly firstStepS: number | null;
  readonly halfwayS: number | null;
  readonly minimumS: number | null;
  /** How long changing the maximum took to return; null where nobody did. */
  readonly modifyS: number | null;
  readonly lowestAcu: number;
  readonly steps: number;
  readonly light: Readonly<Record<(typeof PHASES)[number], LatencySummary>>;
  readonly failed: number;
  readonly unfinished: number;
  readonly disconnects: number;
  readonly errors: Readonly<Record<string, number>>;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      scenarios: { type: 'string', default: SCENARIOS.join(',') },
      seconds: { type: 'string', default: '120' },
      'cache-gb': { type: 'string', default: '2' },
      cpus: { type: 'string', default: '1.5' },
      max: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      trace: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const scenarios = parseScenarios(values.scenarios);
  const { cpus, memoryGib } = machine();
  const rows: Row[] = [];
  const traces: object[] = [];
  console.log(
    `${cpus} processors, ${memoryGib} GiB, shared by server, generator and daemon. Light load: ${LIGHT_PER_SECOND} requests/s.`,
  );
  printHeader();
  for (const scenario of scenarios) {
    // A database each: what one has cached must not be there for the next.
    const database = await BenchDatabase.open({
      minAcu: MIN_ACU,
      maxAcu: Number(values.max),
      burnMs: BURN_MS,
      wideBytes: scenario === 'falls' ? 0 : Number(values['cache-gb']) * 1024 ** 3,
      isVerbose: values.verbose === true,
    });
    try {
      const played = await play(database, scenario, {
        afterMs: Number(values.seconds) * 1000,
        cpus: Number(values.cpus),
        seed: Number(values.seed),
      });
      rows.push(played.row);
      traces.push(played.trace);
      printRow(played.row);
    } finally {
      await database.close();
    }
  }
  if (values.trace !== undefined) writeFileSync(values.trace, JSON.stringify(traces));
  console.log(JSON.stringify({ bench: 'shrink', date: new Date().toISOString(), cores: cpus, rows }));
}

interface Settings {
  readonly afterMs: number;
  readonly cpus: number;
  readonly seed: number;
}

async function play(
  database: BenchDatabase,
  scenario: Scenario,
  { afterMs, cpus, seed }: Settings,
): Promise<{ row: Row; trace: object }> {
  const { calibration, wideRows } = database;
  const plan = (perSecond: number, untilMs: number, mix: WorkMix): LoadPlan => ({
    seed,
    segments: [{ untilMs, perSecond }],
    mix,
    burnRounds: calibration.burnRounds,
    wideRows,
    drainMs: 30_000,
  });
  const generators: Generator[] = [];
  try {
    const light = await database.connect(8);
    generators.push(light);
    const heavy = await database.connect(64);
    generators.push(heavy);
    if (wideRows > 0) await readAll(database.url);
    await database.runBy(airglowPolicy, database.describe().capacity.max);
    const lightMix = wideRows > 0 ? LIGHT_MIX : { ...LIGHT_MIX, scattered: 0 };
    const lightRun = light.run(plan(LIGHT_PER_SECOND, HEAVY_MS + afterMs, lightMix));
    const heavyRun = heavy.run(
      plan((cpus * 1000) / meanCost(HEAVY_MIX, calibration.costMs), HEAVY_MS, HEAVY_MIX),
    );
    const change = scenario === 'forced' ? force(database) : Promise.resolve(null);
    const [ofLight, ofHeavy, forced] = await Promise.all([lightRun, heavyRun, change]);
    const trace = timeline(ofLight, database.policy.takeTrace());
    return { row: toRow(scenario, ofLight, ofHeavy, forced, database), trace: { scenario, rows: trace } };
  } finally {
    for (const generator of generators) await generator.end();
  }
}

interface Forced {
  readonly atMs: number;
  readonly tookMs: number;
}

async function force(database: BenchDatabase): Promise<Forced> {
  await sleep(GENERATOR_LEAD_MS + HEAVY_MS - FORCE_BEFORE_MS);
  const atMs = monotonicMs();
  await database.modify({ maxCapacity: MIN_ACU });
  return { atMs, tookMs: monotonicMs() - atMs };
}

async function readAll(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  await fillCache(client);
  await client.end();
}

function toRow(
  scenario: Scenario,
  light: LoadResult,
  heavy: LoadResult,
  forced: Forced | null,
  database: BenchDatabase,
): Row {
  const { shape } = database.describe();
  const { limits, accounts } = light.group;
  /** Both are limited, so the higher one counts: memory comes down after CPU. */
  const acuOf = ({ cpus, memoryBytes }: LimitReading): number =>
    Math.max(
      (cpus ?? Number.POSITIVE_INFINITY) / shape.cpus,
      (memoryBytes ?? Number.POSITIVE_INFINITY) / shape.memoryBytes,
    );
  const fallAtMs = forced?.atMs ?? light.startAtMs + HEAVY_MS;
  const fallMs = fallAtMs - light.startAtMs;
  const before = limitAt(limits, fallAtMs);
  const fromAcu = before === undefined ? Number.NaN : acuOf(before);
  const after = limits.filter(({ atMs }) => atMs > fallAtMs);
  const since = (acu: number): number | null => {
    const first = after.find((reading) => acuOf(reading) <= acu + 1e-6);
    return first === undefined ? null : (first.atMs - fallAtMs) / 1000;
  };
  const minimumS = since(MIN_ACU);
  const minimumMs = minimumS === null ? Number.POSITIVE_INFINITY : fallMs + minimumS * 1000;
  return {
    scenario,
    fromAcu,
    cachedMib: Math.round((accounts.findLast(({ atMs }) => atMs <= fallAtMs)?.memoryBytes ?? 0) / 1024 ** 2),
    firstStepS: since(fromAcu - 0.5),
    halfwayS: since((fromAcu + MIN_ACU) / 2),
    minimumS,
    modifyS: forced === null ? null : forced.tookMs / 1000,
    lowestAcu: Math.min(fromAcu, ...after.map(acuOf)),
    steps: after.filter(({ cpus }, index) => cpus !== (after[index - 1] ?? before)?.cpus).length,
    light: {
      before: summarizeLatency(light, 0, fallMs),
      shrinking: summarizeLatency(light, fallMs, minimumMs),
      'at the minimum': summarizeLatency(light, minimumMs),
    },
    failed: failures(light) + failures(heavy),
    unfinished: summarizeLatency(light).unfinished + summarizeLatency(heavy).unfinished,
    disconnects: light.disconnects + heavy.disconnects,
    errors: { ...light.errors, ...heavy.errors },
  };
}

function failures(result: LoadResult): number {
  return summarizeLatency(result).failed;
}

function parseScenarios(text: string): Scenario[] {
  return text.split(',').map((name) => {
    const known = SCENARIOS.find((one) => one === name);
    if (known === undefined) throw new Error(`There is no scenario ${name}.\n${USAGE}`);
    return known;
  });
}

const TABLE = new Table(
  [
    'scenario',
    'from ACU',
    'memory MiB',
    'first s',
    'halfway s',
    'minimum s',
    'modify s',
    'lowest',
    'steps',
    'failed',
    'open',
    'before p50/p99',
    'shrinking p50/p99',
    'minimum p50/p99',
    'max',
  ],
  10,
);

function printHeader(): void {
  TABLE.printHeader();
}

function printRow(row: Row): void {
  const pair = ({ p50, p99 }: LatencySummary): string => `${figure(p50, 1)}/${figure(p99, 1)}`;
  const summaries = PHASES.map((phase) => row.light[phase]);
  TABLE.printRow([
    row.scenario,
    figure(row.fromAcu, 1),
    String(row.cachedMib),
    figure(row.firstStepS, 1),
    figure(row.halfwayS, 1),
    figure(row.minimumS, 1),
    figure(row.modifyS, 2),
    figure(row.lowestAcu, 1),
    String(row.steps),
    String(row.failed),
    String(row.unfinished),
    ...summaries.map(pair),
    figure(Math.max(...summaries.map(({ max }) => max ?? 0)), 0),
  ]);
  for (const [message, times] of Object.entries(row.errors)) console.log(`  ${times} times: ${message}`);
}
