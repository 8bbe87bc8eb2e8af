import { MOST_ACU, roundUpToGrid } from '../capacity/acu.ts';
import { rateLimitedPath, scorePath, unconstrainedPath } from './clairvoyant.ts';
import type { Bounds, PlannedPolicy, RunSink, Trace } from './model.ts';
import type { PlanOptions } from './options.ts';
import { policyNamed } from './policies/catalog.ts';
import { staticPeak } from './policies/static-size.ts';
import { compareCosts } from './prices/compare-costs.ts';
import { HOURS_A_MONTH, pricesOf } from './prices/price-list.ts';
import { recommend } from './recommend.ts';
import type {
  BoundsChoice,
  PolicyScore,
  Recommendation,
  RunChart,
  TracePlan,
  TraceSummary,
  WithoutBursts,
} from './results.ts';
import { ChartSampler, demandChart } from './score/chart-sampler.ts';
import { completeScores } from './score/complete-scores.ts';
import { demandOfTrace, idleStepsOf, longestIdleSteps } from './score/demand.ts';
import { distributionOf } from './score/distribution.ts';
import { CapacityTimeline, LockRaises } from './score/lock-raises.ts';
import { Scorer } from './score/scorer.ts';
import { ShortPeriods } from './score/short-periods.ts';
import type { RunFigures } from './score/scorer.ts';
import { Tee } from './score/tee.ts';
import { simulate } from './simulate.ts';

/** Runs that bounds are chosen with, the most there may be. */
const RUNS_FOR_BOUNDS = 8;
/** The two clairvoyants, the unlimited database, without bursts, the short periods. */
const OTHER_RUNS = 6;
const AURORA = 'aurora-v2';
const AIRGLOW = 'airglow';
/** Where the cheapest path costs hardly more than staying at the minimum, a trace tells policies apart in nothing. */
const FLAT_SHARE = 1.01;

const MEMORY_NOTE =
  'The load does not say how much memory it needs, so capacity follows from the rest alone. A working set of 24 GiB takes 12 ACU at ' +
  'least, whatever the CPU does: --working-set, or a column memory_gib.';

/** The name of the policy that is running, and the share of its run that is done. */
export type OnRun = (policy: string, share: number) => void;

/** About how many runs a trace takes. */
export function runsOf(policies: readonly PlannedPolicy[]): number {
  return RUNS_FOR_BOUNDS + policies.length + OTHER_RUNS;
}

/** A load at steps of a second, and what it was before. */
export interface LoadToPlan {
  readonly trace: Trace;
  readonly stepSeconds: number;
  /** The same without bursts; null where none were assumed. */
  readonly smooth: Trace | null;
}

export function planTrace(
  { trace, stepSeconds, smooth }: LoadToPlan,
  policies: readonly PlannedPolicy[],
  options: PlanOptions,
  onRun: OnRun,
): TracePlan {
  const planned = policies[0] ?? policyNamed(AIRGLOW);
  const bench = new Replays(trace, options, onRun);
  const recommendation = bench.recommend(planned);
  const bounds = boundsOf(recommendation, options);
  const withoutBursts = smooth === null ? null : withoutBurstsOf(smooth, planned, bounds, options, onRun);
  const shortPeriods = new ShortPeriods();
  bench.replay(planned, bounds, shortPeriods);
  const runs = policies.map((policy) => bench.run(policy, bounds));
  const clairvoyants = bench.clairvoyants(bounds);
  const [unconstrained, rateLimited] = clairvoyants;
  const scores = completeScores(
    [...runs, ...clairvoyants].map(({ figures }) => figures),
    {
      clairvoyantAcuHours: unconstrained.figures.acuHours,
      rateLimitedAcuHours: rateLimited.figures.acuHours,
      unlimitedP95Seconds: bench.unlimitedP95Seconds(),
    },
  );
  return {
    trace: bench.summary(stepSeconds, unconstrained.figures),
    scores,
    recommendation,
    costs: bench.costs(scores, bounds, withoutBursts?.peakAcu ?? null),
    demandChart: demandChart(bench.demandAcu, options.chartPoints),
    charts: [...runs, ...clairvoyants].map(({ chart }) => chart),
    withoutBursts,
    shortPeriods: shortPeriods.finish(),
  };
}

function withoutBurstsOf(
  trace: Trace,
  planned: PlannedPolicy,
  bounds: Bounds,
  options: PlanOptions,
  onRun: OnRun,
): WithoutBursts {
  const bench = new Replays(trace, options, onRun);
  const policies = [...new Set([planned, policyNamed(AIRGLOW), policyNamed(AURORA)])];
  return {
    peakAcu: distributionOf(bench.demandAcu).max,
    policies: policies.map((policy) => {
      const { monthlyCost, shortfallShare } = bench.choice(policy, bounds);
      return { policy: policy.name, title: policy.title, monthlyCost, shortfallShare };
    }),
  };
}

function boundsOf({ minCapacity, maxCapacity }: Recommendation, { autoPauseMs }: PlanOptions): Bounds {
  return { minAcu: minCapacity, maxAcu: maxCapacity, autoPauseMs: minCapacity === 0 ? autoPauseMs : null };
}

interface FinishedRun {
  readonly figures: RunFigures;
  readonly chart: RunChart;
}

/** One trace, replayed as often as it takes. */
export class Replays {
  readonly demandAcu: Float32Array;
  readonly #trace: Trace;
  readonly #idle: Uint8Array;
  readonly #options: PlanOptions;
  readonly #acuHourPrice: number;
  readonly #onRun: OnRun;

  constructor(trace: Trace, options: PlanOptions, onRun: OnRun) {
    this.#trace = trace;
    this.#options = options;
    this.#onRun = onRun;
    this.demandAcu = demandOfTrace(trace, options.database);
    this.#idle = idleStepsOf(trace, options.database);
    this.#acuHourPrice = pricesOf(options.prices.region).acuHour.standard;
  }

  recommend(policy: PlannedPolicy): Recommendation {
    const { database, prices, autoPauseMs, minAcu, maxAcu } = this.#options;
    const { memoryBytes } = this.#trace;
    return recommend((bounds) => this.choice(policy, bounds), {
      policy: policy.name,
      demandAcu: this.demandAcu,
      longestIdleSeconds: longestIdleSteps(this.#idle),
      autoPauseMs,
      mostAcu: Math.min(MOST_ACU, Math.floor((2 * database.hostCpus) / database.shape.cpus) / 2),
      workingSetAcu:
        memoryBytes === null ? null : distributionOf(memoryBytes).p95 / database.shape.memoryBytes,
      acuHourPrice: this.#acuHourPrice,
      priceName: `Standard, ${prices.region}`,
      minAcu,
      maxAcu,
    });
  }

  /** With its score, its picture, and what it did because of locks. */
  run(policy: PlannedPolicy, bounds: Bounds): FinishedRun {
    const locks =
      this.#trace.lockSessions === null ? null : new LockRaises(this.#withoutLocks(policy, bounds));
    const scorer = new Scorer(bounds);
    const sampler = new ChartSampler(this.#trace.length, this.#options.chartPoints);
    this.replay(policy, bounds, new Tee(locks === null ? [scorer, sampler] : [scorer, sampler, locks]));
    return this.#finish(policy, scorer, sampler, locks?.count ?? 0);
  }

  clairvoyants(bounds: Bounds): [FinishedRun, FinishedRun] {
    const input = { demandAcu: this.demandAcu, idle: this.#idle, bounds };
    return [
      this.#follow(
        { name: 'clairvoyant', title: 'Clairvoyant', kind: 'clairvoyant' },
        unconstrainedPath(input),
        bounds,
      ),
      this.#follow(
        { name: 'clairvoyant-limited', title: "Clairvoyant, Airglow's limits", kind: 'clairvoyant' },
        rateLimitedPath(input),
        bounds,
      ),
    ];
  }

  /** Where nothing is ever short. */
  unlimitedP95Seconds(): number {
    const unlimited: Bounds = { minAcu: MOST_ACU, maxAcu: MOST_ACU, autoPauseMs: null };
    return this.choice(staticPeak, unlimited).latencyP95;
  }

  /** `measuredPeakAcu`: what a machine is sized for, where the peak of the demand is assumed. */
  costs(scores: readonly PolicyScore[], bounds: Bounds, measuredPeakAcu: number | null): TracePlan['costs'] {
    const peakAcu = distributionOf(this.demandAcu).max;
    const monthly = (name: string): number => {
      const known =
        scores.find(({ policy }) => policy === name) ?? this.run(policyNamed(name), bounds).figures;
      return known.meanAcu * HOURS_A_MONTH;
    };
    return compareCosts(
      {
        auroraAcuHours: monthly(AURORA),
        airglowAcuHours: monthly(AIRGLOW),
        peakDemandAcu: measuredPeakAcu ?? peakAcu,
        isPeakOfMeans: measuredPeakAcu !== null,
        hostAcu: Math.min(bounds.maxAcu, roundUpToGrid(peakAcu)),
        shape: this.#options.database.shape,
      },
      this.#options.prices,
    );
  }

  summary(stepSeconds: number, clairvoyant: RunFigures): TraceSummary {
    const { name, startMs, length, lockSessions, memoryBytes, notes } = this.#trace;
    const { minAcu } = clairvoyant.bounds;
    return {
      name,
      start: startMs === null ? null : new Date(startMs).toISOString(),
      hours: length / 3600,
      stepSeconds,
      demand: distributionOf(this.demandAcu),
      idleShare: this.#idle.reduce((sum, one) => sum + one, 0) / length,
      hasLocks: lockSessions !== null,
      isFlat: minAcu > 0 && clairvoyant.meanAcu <= minAcu * FLAT_SHARE,
      notes: memoryBytes === null ? [...notes, MEMORY_NOTE] : notes,
    };
  }

  choice(policy: PlannedPolicy, bounds: Bounds): BoundsChoice {
    const scorer = new Scorer(bounds);
    this.replay(policy, bounds, scorer);
    const { acuHours, monthlyCost, shortfallShare, latency, pauses, coldStartSeconds } = scorer.finish({
      policy,
      acuHourPrice: this.#acuHourPrice,
      lockScaleUps: 0,
    });
    return {
      minCapacity: bounds.minAcu,
      maxCapacity: bounds.maxAcu,
      acuHours,
      monthlyCost,
      shortfallShare,
      latencyP95: latency.p95,
      pauses,
      coldStartSeconds,
    };
  }

  #withoutLocks(policy: PlannedPolicy, bounds: Bounds): CapacityTimeline {
    const timeline = new CapacityTimeline(this.#trace.length);
    this.replay(policy, bounds, timeline, { ...this.#trace, lockSessions: null });
    return timeline;
  }

  #follow(
    policy: Pick<PlannedPolicy, 'name' | 'title' | 'kind'>,
    path: Float32Array,
    bounds: Bounds,
  ): FinishedRun {
    const scorer = new Scorer(bounds);
    const sampler = new ChartSampler(path.length, this.#options.chartPoints);
    scorePath(path, this.demandAcu, new Tee([scorer, sampler]));
    this.#onRun(policy.name, 1);
    return this.#finish(policy, scorer, sampler, 0);
  }

  #finish(
    policy: Pick<PlannedPolicy, 'name' | 'title' | 'kind'>,
    scorer: Scorer,
    sampler: ChartSampler,
    lockScaleUps: number,
  ): FinishedRun {
    const figures = scorer.finish({ policy, acuHourPrice: this.#acuHourPrice, lockScaleUps });
    return { figures, chart: sampler.finish(policy) };
  }

  replay(policy: PlannedPolicy, bounds: Bounds, sink: RunSink, trace = this.#trace): void {
    const { database, imperfections, seed } = this.#options;
    const onProgress = (share: number): void => this.#onRun(policy.name, share);
    simulate(
      { trace, policy, bounds, database, imperfections, seed, demandAcu: this.demandAcu, onProgress },
      sink,
    );
    this.#onRun(policy.name, 1);
  }
}
