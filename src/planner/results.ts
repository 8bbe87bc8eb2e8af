/** What a plan says: the answer of `plan.ts`, and what its reports are made from. Plain data, as `--json` prints it. */
import type { Bounds } from './model.ts';
import type { OptimizedReadsPlan } from './optimized-reads/model.ts';

/** How a policy did on a trace. Capacity and demand in ACU; shares from 0 to 1; null where it does not apply. */
export interface PolicyScore {
  readonly policy: string;
  readonly title: string;
  readonly kind: 'causal' | 'static' | 'clairvoyant';
  readonly bounds: Bounds;
  readonly hours: number;
  readonly acuHours: number;
  readonly meanAcu: number;
  /** Of the ACU-hours at the price list's ACU-hour, in US dollars, over the trace; and as a month of 730 hours. */
  readonly cost: number;
  readonly monthlyCost: number;
  /** ACU-hours over those of the clairvoyant without rate limits, and with ours. */
  readonly ratioToClairvoyant: number | null;
  readonly ratioToRateLimitedClairvoyant: number | null;
  /** SPEC RG (Herbst and others, 2016): share of the time with too little, or with more than demand and a step. */
  readonly underProvisionedTimeShare: number;
  readonly overProvisionedTimeShare: number;
  /** SPEC RG accuracy: mean of what was missing, or too much, relative to demand. */
  readonly underProvisioningAccuracy: number;
  readonly overProvisioningAccuracy: number;
  readonly shortfallAcuSeconds: number;
  /** Of the demand, in ACU-seconds. */
  readonly shortfallShare: number;
  /** Seconds a request took, over all requests. */
  readonly latency: LatencyFigures;
  /** p95 over that on the same trace where nothing is ever short (the unlimited database). */
  readonly latencyInflation: number;
  /** From demand rising above capacity until capacity was there, 95th percentile, seconds; null where it never did. */
  readonly reactionP95Seconds: number | null;
  readonly resizesPerHour: number;
  /** Changes of direction. */
  readonly reversalsPerHour: number;
  /** Raises in which waiting for locks was the reason: without the waiters the same policy had less. */
  readonly lockScaleUps: number;
  readonly pauses: number;
  readonly pausedHours: number;
  readonly coldStartSeconds: number;
  /** Share of the time at the maximum with demand at or above it. */
  readonly cappedTimeShare: number;
  /** Nobody who cannot see the future had both less cost and less shortfall; null for clairvoyants. */
  readonly isOnParetoFront: boolean | null;
}

export interface LatencyFigures {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A run for a picture: at most so many points, each the mean of its part of the time, and the extremes. */
export interface RunChart {
  readonly policy: string;
  readonly title: string;
  readonly secondsPerPoint: number;
  readonly meanAcu: readonly number[];
  readonly maxAcu: readonly number[];
  readonly shortfallAcu: readonly number[];
}

export interface DemandChart {
  readonly secondsPerPoint: number;
  readonly meanAcu: readonly number[];
  readonly maxAcu: readonly number[];
}

/** What the same load comes to where it does not vary within its steps: what was measured, without what was assumed. */
export interface WithoutBursts {
  /** Of the means of the steps, ACU. */
  readonly peakAcu: number;
  /** With the same bounds, a month at the price list's ACU-hour. */
  readonly policies: readonly {
    readonly policy: string;
    readonly title: string;
    readonly monthlyCost: number;
    readonly shortfallShare: number;
  }[];
}

/** A time in which capacity was short. */
export interface ShortPeriod {
  /** Seconds since the start of the load. */
  readonly fromSecond: number;
  readonly seconds: number;
  readonly shortfallAcuSeconds: number;
  /** The most that was missing in one second, ACU. */
  readonly mostShortAcu: number;
}

export interface TraceSummary {
  readonly name: string;
  /** ISO 8601; null for a series without times. */
  readonly start: string | null;
  readonly hours: number;
  readonly stepSeconds: number;
  /** Of the demand, ACU, one value a second. */
  readonly demand: Distribution;
  /** The share of the time in which nobody used it. */
  readonly idleShare: number;
  readonly hasLocks: boolean;
  /** Every policy sits at the minimum all the time: says nothing of policies. */
  readonly isFlat: boolean;
  readonly notes: readonly string[];
}

export interface Distribution {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What one choice of bounds costs, and what it leaves short, with the policy that is planned for. */
export interface BoundsChoice {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly acuHours: number;
  readonly monthlyCost: number;
  readonly shortfallShare: number;
  readonly latencyP95: number;
  readonly pauses: number;
  readonly coldStartSeconds: number;
}

export interface Recommendation {
  readonly policy: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** Capacity alone, US dollars a month of 730 hours. */
  readonly monthlyCost: number;
  /** Whole sentences, the most important first: why this minimum, why this maximum, what to know. */
  readonly reasons: readonly string[];
  /** Other minimums with this maximum, then other maximums with this minimum; the chosen one is among both. */
  readonly minimums: readonly BoundsChoice[];
  readonly maximums: readonly BoundsChoice[];
  /** No bounds meet the objective: demand is above the most there is, for instance. */
  readonly isObjectiveMet: boolean;
}

/** One way to buy it, a month, US dollars. */
export interface Offer {
  readonly name: string;
  readonly capacityCost: number;
  readonly storageCost: number;
  readonly ioCost: number;
  readonly total: number;
  /** How it was reckoned, so that a reader can do it by hand. */
  readonly formula: string;
}

export interface CostComparison {
  readonly region: string;
  /** Of the price list. */
  readonly date: string;
  readonly source: string;
  /** Cheapest first. */
  readonly offers: readonly Offer[];
  /** Whole sentences: when the other storage kind would be cheaper, for instance. */
  readonly remarks: readonly string[];
}

export interface TracePlan {
  readonly trace: TraceSummary;
  readonly scores: readonly PolicyScore[];
  readonly recommendation: Recommendation;
  readonly costs: CostComparison;
  readonly demandChart: DemandChart;
  readonly charts: readonly RunChart[];
  /** Null for a load by the second, which has no assumed bursts. */
  readonly withoutBursts: WithoutBursts | null;
  /** With the planned policy and the recommended bounds: the worst, in the order in which they came. */
  readonly shortPeriods: readonly ShortPeriod[];
  /** Not there unless asked for. */
  readonly optimizedReads?: OptimizedReadsPlan;
}

/** Of several traces: medians over those that are not flat, and the worst. */
export interface PolicySummary {
  readonly policy: string;
  readonly title: string;
  readonly ratioToClairvoyant: MedianAndWorst | null;
  readonly shortfallShare: MedianAndWorst;
  readonly resizesPerHour: MedianAndWorst;
  readonly lockScaleUps: number;
  /** On how many of the traces. */
  readonly onParetoFront: number;
  readonly traces: number;
}

export interface MedianAndWorst {
  readonly median: number;
  readonly worst: number;
  readonly worstTrace: string;
}

export interface Plan {
  readonly airglow: string;
  readonly madeAt: string;
  readonly objective: string;
  readonly assumptions: readonly string[];
  readonly traces: readonly TracePlan[];
  /** Null for a single trace. */
  readonly summary: readonly PolicySummary[] | null;
}
