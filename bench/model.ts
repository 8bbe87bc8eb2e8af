import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BenchDatabase } from './load/database.ts';
import type { Generator } from './load/generator.ts';
import { machine } from './load/table.ts';
import { ModelBench, planAgain } from './model/compare.ts';
import type { Comparison } from './model/compare.ts';
import { MIX, parseLoadNames } from './model/loads.ts';
import { otherMsOf } from './model/other-ms.ts';
import { printPaths, printRun, printRunHeader, printSummary, summarize, verdict } from './model/report.ts';
import { runSteady } from './model/steady.ts';

const USAGE = `npm run bench -- model [--repetitions 5] [--acu 2,1] [--loads steps,spikes,saturation,airglow] [--max 4] [--step-seconds 15]
                       [--burn-ms 5] [--connections 64] [--seed 1] [--trace FILE | --replay FILE] [--verbose]
The same load on a real database behind a real limit and in the planner's model of one, side by side: average active
sessions, and what requests feel. Open loop at a fixed capacity: steps (20 to 80 % of its CPU), spikes (200 % for 3 s), saturation
(120 % for 15 s, then until it is worked off); airglow: the steps with the production policy, up to --max. The model is told the
work as a monitor would have seen it, second by second. Repetitions are interleaved and have their own seeds. --trace keeps both
worlds second by second, and --replay asks the model again of what such a file holds, without a database. About 7 minutes a repetition. A try: --repetitions 1 --acu 2 --loads steps.
--steady [--seconds 12] [--utilisations 0.2,0.4,0.6,0.8]: what an even load waits for the limit at each capacity and
utilisation, as the daemon's looks have it, and what the queue law makes of it. Needs root and cgroups.`;

/** Of the database while it is prepared: leaves the generator processors of its own. */
const MOST_ACU = 4;
const MIN_ACU = 0.5;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      steady: { type: 'boolean' },
      acu: { type: 'string', default: '2,1' },
      loads: { type: 'string', default: 'steps,spikes,saturation,airglow' },
      max: { type: 'string', default: '4' },
      utilisations: { type: 'string', default: '0.2,0.4,0.6,0.8' },
      seconds: { type: 'string', default: '12' },
      'step-seconds': { type: 'string', default: '15' },
      repetitions: { type: 'string', default: '5' },
      'burn-ms': { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      seed: { type: 'string', default: '1' },
      trace: { type: 'string' },
      replay: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  if (values.replay !== undefined) {
    conclude(planAgain(JSON.parse(readFileSync(values.replay, 'utf8')) as Comparison[]));
    return;
  }
  const plan: BenchPlan = {
    capacitiesAcu: values.acu.split(',').map(Number),
    maxAcu: Number(values.max),
    repetitions: Number(values.repetitions),
    connections: Number(values.connections),
    stepSeconds: Number(values['step-seconds']),
    seed: Number(values.seed),
  };
  const names = parseLoadNames(values.loads);
  const database = await BenchDatabase.open({
    minAcu: MIN_ACU,
    maxAcu: Math.max(MOST_ACU, plan.maxAcu, ...plan.capacitiesAcu),
    burnMs: Number(values['burn-ms']),
    isVerbose: values.verbose === true,
  });
  let summary: object;
  try {
    const generator = await database.connect(plan.connections);
    try {
      const otherMs = await prepare(database, generator);
      summary =
        values.steady === true
          ? {
              rows: await runSteady(database, generator, {
                ...plan,
                otherMs,
                utilisations: values.utilisations.split(',').map(Number),
                seconds: Number(values.seconds),
              }),
            }
          : await compare(
              new ModelBench(database, generator, { ...plan, otherMs }),
              names,
              plan,
              values.trace,
            );
    } finally {
      await generator.end();
    }
  } finally {
    await database.close();
  }
  const date = new Date().toISOString();
  console.log(JSON.stringify({ bench: 'model', date, cores: machine().cpus, ...summary }));
}

interface BenchPlan {
  readonly capacitiesAcu: readonly number[];
  readonly maxAcu: number;
  readonly repetitions: number;
  readonly connections: number;
  readonly stepSeconds: number;
  readonly seed: number;
}

async function prepare(database: BenchDatabase, generator: Generator): Promise<number> {
  await database.calibrateUnderLoad(generator, MIX, 0.4);
  const otherMs = await otherMsOf(database, generator);
  const { cpus, memoryGib } = machine();
  const { costMs } = database.calibration;
  console.log(
    `${cpus} processors, ${memoryGib} GiB, shared by server, generator and daemon. A request, ms: burn ${costMs.burn.toFixed(2)}, ` +
      `read ${costMs.read.toFixed(3)}, write ${costMs.write.toFixed(3)}; beside CPU ${otherMs.toFixed(2)}. Latency in ms.`,
  );
  return otherMs;
}

async function compare(
  bench: ModelBench,
  names: ReturnType<typeof parseLoadNames>,
  { capacitiesAcu, maxAcu, repetitions }: BenchPlan,
  traceFile: string | undefined,
): Promise<object> {
  const runs: Comparison[] = [];
  printRunHeader();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const name of names) {
      for (const capacityAcu of name === 'airglow' ? [maxAcu] : capacitiesAcu) {
        const own = await bench.play(name, capacityAcu, repetition);
        for (const one of own) printRun(one);
        runs.push(...own);
      }
    }
  }
  if (traceFile !== undefined) writeFileSync(traceFile, JSON.stringify(runs));
  return conclude(runs);
}

function conclude(runs: readonly Comparison[]): object {
  const summary = summarize(runs);
  printSummary(summary);
  printPaths(runs);
  const conclusion = verdict(summary);
  console.log(conclusion);
  return { conclusion, summary };
}
