import type { PlanOptions, PlanProgress } from './options.ts';
import { planTrace, runsOf } from './plan-trace.ts';
import type { LoadToPlan } from './plan-trace.ts';
import { planOptimizedReads } from './optimized-reads/what-if.ts';
import { policyNamed } from './policies/catalog.ts';
import type { DatabaseModel, Imperfections, Trace } from './model.ts';
import type { Plan } from './results.ts';
import { OBJECTIVE_UTILISATION } from './score/demand.ts';
import { summarise } from './score/summary.ts';
import { toSeconds } from './traces/bursts.ts';
import { BURSTS } from './traces/burst-weights.ts';
import type { ReadTrace } from './traces/units.ts';
import { SHORTFALL_OBJECTIVE } from './recommend.ts';

/** About how many the what-if of a second tier takes: bounds and a run, twice. */
const WHAT_IF_RUNS = 20;

/**
 * Replays each trace with every policy, keeps the score and recommends bounds for the first policy. Raises
 * INVALID_ARGUMENT for what cannot be planned: an unknown policy or region, bounds that exclude each other.
 */
export function plan(
  traces: readonly ReadTrace[],
  options: PlanOptions,
  onProgress: (progress: PlanProgress) => void,
  version: string,
): Plan {
  const policies = options.policies.map(policyNamed);
  const wish = options.optimizedReads;
  const perTrace = runsOf(policies) + (wish === undefined ? 0 : WHAT_IF_RUNS);
  const plans = traces.map(({ trace, cpuCeilingCores, reads }, index) => {
    let done = 0;
    const onRun = (policy: string, share: number): void => {
      const within = Math.min(1, (done + share) / perTrace);
      if (share === 1) done++;
      onProgress({ trace: trace.name, policy, share: (index + within) / traces.length });
    };
    onRun('bursts', 0);
    const load = toLoad(trace, cpuCeilingCores, options);
    const planned = planTrace(load, policies, options, onRun);
    if (wish === undefined) return planned;
    const whatIf = { trace: load.trace, reads: reads ?? null, options, wish, onRun };
    return { ...planned, optimizedReads: planOptimizedReads(whatIf) };
  });
  return {
    airglow: version,
    madeAt: options.madeAt,
    objective:
      `A second's work takes at most ${percent(OBJECTIVE_UTILISATION)} of the CPU of its capacity, and its memory and network fit; ` +
      `at most ${percent(SHORTFALL_OBJECTIVE)} of the demand is short.`,
    assumptions: assumptionsOf(
      options,
      traces.some(({ trace }) => trace.stepSeconds > 1),
    ),
    traces: plans,
    summary: plans.length > 1 ? summarise(plans) : null,
  };
}

function toLoad(trace: Trace, cpuCeilingCores: number | null, { bursts, seed }: PlanOptions): LoadToPlan {
  const isCoarse = trace.stepSeconds > 1;
  return {
    trace: toSeconds(trace, { bursts, seed, cpuCeilingCores }),
    stepSeconds: trace.stepSeconds,
    smooth: bursts && isCoarse ? toSeconds(trace, { bursts: false, seed }) : null,
  };
}

function assumptionsOf({ database, imperfections, bursts, seed }: PlanOptions, hasCoarse: boolean): string[] {
  return [
    ...ofDatabase(database),
    ...ofImperfections(imperfections),
    ...(hasCoarse && bursts
      ? [
          `Steps longer than a second are filled with bursts from seed ${seed} that keep their means: noise of ${percent(BURSTS.variation)} ` +
            `that hangs together for ${BURSTS.correlationSeconds} s, and bursts of ${BURSTS.leastHeight} to ${BURSTS.mostHeight} times the load for about ${BURSTS.meanSeconds} s about every ` +
            `${BURSTS.everySeconds} s. How rough your load really is decides what a scaler has to pay: a trace by the second says it.`,
        ]
      : []),
  ];
}

function ofDatabase({ shape, requestCpuSeconds, connections }: DatabaseModel): string[] {
  return [
    `1 ACU is ${(shape.memoryBytes / 1024 ** 3).toFixed(0)} GiB of memory and ${shape.cpus} CPU.`,
    `A request takes ${(requestCpuSeconds * 1000).toFixed(1)} ms of CPU, and ${connections} connections are open: latencies depend on it, capacity hardly does.`,
  ];
}

function ofImperfections({ arrivalNoise, samplingNoise, controlDelayMs }: Imperfections): string[] {
  return [
    arrivalNoise
      ? 'Requests come at random within each second.'
      : 'Within a second work comes as a steady flow (--noise lets requests come at random).',
    ...(samplingNoise ? ['Sessions are counted by one sample a second.'] : []),
    `A change of capacity is in force ${controlDelayMs} ms after its decision, and later where a policy's own rules say so.`,
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
