import type { Bounds } from '../../planner/model.ts';
import type { OptimizedReadsPlan } from '../../planner/optimized-reads/model.ts';
import type {
  BoundsChoice,
  CostComparison,
  DemandChart,
  Plan,
  PolicyScore,
  PolicySummary,
  Recommendation,
  RunChart,
  TracePlan,
  TraceSummary,
} from '../../planner/results.ts';
import { seededRandom } from '../../random.ts';

/** A plan as the planner makes it, for the tests of its reports: fourteen days of a shop, with invented figures that fit. */

const POINTS = 336;
const HOURS = 336;
const MONTH_HOURS = 730;
const PRICE = 0.12;
const BOUNDS: Bounds = { minAcu: 1, maxAcu: 12, autoPauseMs: null };

interface Sketch {
  readonly policy: string;
  readonly title: string;
  readonly kind: PolicyScore['kind'];
  readonly ratio: number;
  readonly short: number;
  readonly p95: number;
  readonly resizes: number;
  readonly locks: number;
  readonly isOnFront: boolean | null;
}

const SKETCHES: readonly Sketch[] = [
  sketch('airglow', 'Airglow', 'causal', [1.14, 0.0021, 0.0142, 9.4, 0], true),
  sketch('aurora-v2', 'Aurora Serverless v2 (modelled)', 'causal', [1.39, 0.0118, 0.0214, 6.2, 4], false),
  sketch('aurora-v1', 'Aurora Serverless v1', 'causal', [2.21, 0.0387, 0.094, 0.4, 2], false),
  sketch('neon', 'Neon autoscaling', 'causal', [1.61, 0.0164, 0.0261, 7.9, 0], false),
  sketch('vpa', 'Kubernetes VPA', 'causal', [1.83, 0.0921, 1.84, 0.02, 0], false),
  sketch('polardb', 'PolarDB serverless rule', 'causal', [1.47, 0.0205, 0.0335, 5.1, 0], false),
  sketch('scaleway', 'Scaleway Serverless SQL rule', 'causal', [1.29, 0.0342, 0.071, 11.8, 0], false),
  sketch('cpu-target', 'CPU target tracking', 'causal', [1.31, 0.0247, 0.0412, 4.4, 0], false),
  sketch('static-peak', 'Static, at the peak', 'static', [3.86, 0, 0.0101, 0, 0], true),
  sketch('static-p95', 'Static, at the 95th percentile', 'static', [2.02, 0.0263, 0.412, 0, 0], false),
  sketch('clairvoyant', 'Clairvoyant', 'clairvoyant', [1, 0, 0.0121, 31.2, 0], null),
  sketch(
    'clairvoyant-limited',
    'Clairvoyant within our rate limits',
    'clairvoyant',
    [1.06, 0, 0.0121, 14.7, 0],
    null,
  ),
];

function sketch(
  policy: string,
  title: string,
  kind: PolicyScore['kind'],
  [ratio, short, p95, resizes, locks]: readonly [number, number, number, number, number],
  isOnFront: boolean | null,
): Sketch {
  return { policy, title, kind, ratio, short, p95, resizes, locks, isOnFront };
}

/** One trace, without a summary. */
export function shopPlan(): Plan {
  return planOf([tracePlan('shop', 7, 1)], null);
}

/** Three traces, one of them flat. */
export function severalPlan(): Plan {
  const traces = [tracePlan('shop', 7, 1), tracePlan('reports-nightly', 11, 1.3), flatTrace('wiki')];
  return planOf(traces, SKETCHES.map(summaryOf));
}

/** The same with the what-if of a second cache tier. */
export function tieredPlan(whatIf: Partial<OptimizedReadsPlan> = {}): Plan {
  const plan = shopPlan();
  return {
    ...plan,
    traces: plan.traces.map((trace) => ({ ...trace, optimizedReads: { ...WHAT_IF, ...whatIf } })),
  };
}

const GIB = 1024 ** 3;
const RUN = {
  bounds: BOUNDS,
  acuHours: 1004,
  meanAcu: 2.99,
  monthlyCost: 261.88,
  shortfallShare: 0.0021,
  latencyP95: 0.0142,
};

const WHAT_IF: OptimizedReadsPlan = {
  verdict: {
    kind: 'helps',
    sentence: 'A second cache tier of 8 GiB would help: waits for reads would fall by 95 %.',
  },
  remarks: ['The same policy would choose less capacity, 40 % fewer ACU-hours (1000 to 600 ACU-hours).'],
  loadSource: 'recorded',
  load: [
    { name: 'IO:DataFileRead', before: 2, after: 0 },
    { name: 'CPU:Running', before: 0.3, after: 0.32 },
    { name: 'IO:TieredCacheRead', before: 0, after: 0.1 },
    { name: 'all', before: 2.3, after: 0.42 },
  ],
  without: RUN,
  with: { ...RUN, bounds: { ...BOUNDS, minAcu: 0.5 }, acuHours: 602, meanAcu: 1.79, monthlyCost: 157.13 },
  tierBytes: 8 * GIB,
  workingSetBytes: 7.6 * GIB,
  enoughMemoryBytes: 8.6 * GIB,
  enoughMemoryAcu: 4.5,
  storageSeconds: 0.002,
  localSeconds: 0.0001,
  estimate: null,
  assumptions: ['The same work is done.'],
};

/** Text that would break out of HTML, or steer a terminal, were it not escaped. */
export function hostilePlan(): Plan {
  const plan = tracePlan('<script>alert(1)</script>\u001b[31m&"quotes"', 7, 1);
  const notes = ['</style></script><img src=x onerror=alert(2)>', ...plan.trace.notes];
  return planOf([{ ...plan, trace: { ...plan.trace, notes } }], null);
}

function planOf(traces: readonly TracePlan[], summary: Plan['summary']): Plan {
  return {
    airglow: '0.1.0',
    madeAt: '2026-11-23T06:00:00.000Z',
    objective:
      'Every second has the capacity at which its work uses 80% of its CPU, and the memory and network it needs.',
    assumptions: [
      'A request takes 5 ms of CPU.',
      'At most 100 connections are open.',
      '1 ACU is 2 GiB of memory and a quarter of a processor.',
      'A month has 730 hours; this load is taken as typical of it.',
    ],
    traces,
    summary,
  };
}

function tracePlan(name: string, seed: number, factor: number): TracePlan {
  const demand = demandChart(seed, factor);
  const mean = demand.meanAcu.reduce((sum, acu) => sum + acu, 0) / POINTS;
  const scores = SKETCHES.map((each) => scoreOf(each, mean));
  return {
    trace: summaryOfTrace(name, demand, mean),
    scores,
    recommendation: recommendation(scores),
    costs: costs(scores[0]?.monthlyCost ?? 0),
    demandChart: demand,
    charts: SKETCHES.map((each) => runChart(each, demand)),
    withoutBursts: {
      peakAcu: mean * 2,
      policies: scores.slice(0, 2).map(({ policy, title, monthlyCost, shortfallShare }) => ({
        policy,
        title,
        monthlyCost: monthlyCost * 0.8,
        shortfallShare,
      })),
    },
    shortPeriods: [
      { fromSecond: 37_205, seconds: 35, shortfallAcuSeconds: 41, mostShortAcu: 3.2 },
      { fromSecond: 290_011, seconds: 400, shortfallAcuSeconds: 320, mostShortAcu: 2.5 },
    ],
  };
}

function flatTrace(name: string): TracePlan {
  const plan = tracePlan(name, 3, 0.05);
  const demand = { mean: 0.11, p50: 0.1, p95: 0.2, p99: 0.3, max: 0.4 };
  return { ...plan, trace: { ...plan.trace, isFlat: true, demand } };
}

/** Days with a noon and a night, quieter at the weekend, and a spike on some. */
function demandChart(seed: number, factor: number): DemandChart {
  const random = seededRandom(seed, 'fixture');
  const meanAcu = Array.from({ length: POINTS }, (_, hour) => {
    const day = Math.floor(hour / 24);
    const isWeekend = day % 7 >= 5;
    const noon = 0.5 - 0.5 * Math.cos(((hour % 24) / 24) * 2 * Math.PI);
    const spike = hour % 101 === 60 ? 4.5 : 0;
    return factor * (0.7 + (isWeekend ? 1.4 : 3.9) * noon ** 1.5 + 0.5 * random() + spike);
  });
  return { secondsPerPoint: 3600, meanAcu, maxAcu: meanAcu.map((acu) => acu * (1.15 + 0.3 * random())) };
}

function runChart({ policy, title, kind, ratio, short }: Sketch, demand: DemandChart): RunChart {
  const most = Math.max(...demand.maxAcu);
  const follow = (acu: number, index: number, all: readonly number[]): number => {
    if (kind === 'static') return policy === 'static-peak' ? Math.ceil(most) : Math.ceil(most * 0.55);
    if (policy === 'vpa') return Math.ceil(most * 0.5);
    const earlier = all[Math.max(0, index - Math.round((ratio - 1) * 3))] ?? acu;
    return Math.max(1, Math.ceil(Math.max(acu, earlier * 0.9) * 2 * Math.min(ratio, 1.4)) / 2);
  };
  const meanAcu = demand.meanAcu.map(follow);
  return {
    policy,
    title,
    secondsPerPoint: demand.secondsPerPoint,
    meanAcu,
    maxAcu: meanAcu.map((acu) => acu + 0.5),
    shortfallAcu: demand.maxAcu.map((acu, index) =>
      short === 0 ? 0 : Math.max(0, acu - (meanAcu[index] ?? 0) - 1) / 2,
    ),
  };
}

function scoreOf(each: Sketch, meanDemand: number): PolicyScore {
  const meanAcu = meanDemand * 1.12 * each.ratio;
  const acuHours = meanAcu * HOURS;
  return {
    policy: each.policy,
    title: each.title,
    kind: each.kind,
    bounds: BOUNDS,
    hours: HOURS,
    acuHours,
    meanAcu,
    cost: acuHours * PRICE,
    monthlyCost: meanAcu * MONTH_HOURS * PRICE,
    ratioToClairvoyant: each.ratio,
    ratioToRateLimitedClairvoyant: each.ratio / 1.06,
    underProvisionedTimeShare: each.short * 2.5,
    overProvisionedTimeShare: 0.31,
    underProvisioningAccuracy: each.short,
    overProvisioningAccuracy: each.ratio - 1,
    shortfallAcuSeconds: each.short * meanDemand * HOURS * 3600,
    shortfallShare: each.short,
    latency: { mean: each.p95 / 2, p50: each.p95 / 3, p95: each.p95, p99: each.p95 * 2 },
    latencyInflation: each.p95 / 0.0101,
    reactionP95Seconds: each.kind === 'causal' ? 1.5 : null,
    resizesPerHour: each.resizes,
    reversalsPerHour: each.resizes / 2,
    lockScaleUps: each.locks,
    pauses: 0,
    pausedHours: 0,
    coldStartSeconds: 0,
    cappedTimeShare: 0.0004,
    isOnParetoFront: each.isOnFront,
  };
}

function recommendation(scores: readonly PolicyScore[]): Recommendation {
  const monthlyCost = scores[0]?.monthlyCost ?? 0;
  const choice = (minCapacity: number, maxCapacity: number, factor: number, short: number): BoundsChoice => ({
    minCapacity,
    maxCapacity,
    acuHours: (monthlyCost * factor * HOURS) / MONTH_HOURS / PRICE,
    monthlyCost: monthlyCost * factor,
    shortfallShare: short,
    latencyP95: 0.0142 * (1 + 20 * short),
    pauses: minCapacity === 0 ? 9 : 0,
    coldStartSeconds: minCapacity === 0 ? 2.7 : 0,
  });
  return {
    policy: 'airglow',
    minCapacity: 1,
    maxCapacity: 12,
    monthlyCost,
    reasons: [
      'A minimum of 1 ACU holds the working set of 1.7 GiB through the night.',
      'A maximum of 12 ACU is the demand at its highest, 11.6 ACU, rounded up to the next step; it was reached for 3 minutes.',
    ],
    minimums: [
      choice(0, 12, 0.97, 0.0048),
      choice(0.5, 12, 0.98, 0.0036),
      choice(1, 12, 1, 0.0021),
      choice(2, 12, 1.19, 0.0015),
    ],
    maximums: [
      choice(1, 6, 0.93, 0.0313),
      choice(1, 8, 0.98, 0.0102),
      choice(1, 12, 1, 0.0021),
      choice(1, 16, 1, 0.0021),
    ],
    isObjectiveMet: true,
  };
}

function costs(capacity: number): CostComparison {
  const hours = (capacity / PRICE).toFixed(2);
  return {
    region: 'us-east-1',
    date: '2026-03-28',
    source: 'https://aws.amazon.com/rds/aurora/pricing/',
    offers: [
      {
        name: 'Self-hosted with Airglow',
        capacityCost: 204.4,
        storageCost: 8,
        ioCost: 0,
        total: 212.4,
        formula: '12 ACU x 730 h x $0.0233 + 100 GiB x $0.08',
      },
      {
        name: 'Aurora Serverless v2, Standard',
        capacityCost: capacity,
        storageCost: 10,
        ioCost: 10,
        total: capacity + 20,
        formula: `${hours} ACU-hours x $0.12 + 100 GiB x $0.10 + 50 million I/O x $0.20`,
      },
      {
        name: 'Aurora Serverless v2, I/O-Optimized',
        capacityCost: capacity * 1.3,
        storageCost: 22.5,
        ioCost: 0,
        total: capacity * 1.3 + 22.5,
        formula: `${hours} ACU-hours x $0.156 + 100 GiB x $0.225`,
      },
      {
        name: 'Aurora provisioned, db.r6g.large',
        capacityCost: 379.6,
        storageCost: 10,
        ioCost: 10,
        total: 399.6,
        formula: '1 x 730 h x $0.52 + 100 GiB x $0.10 + 50 million I/O x $0.20',
      },
    ],
    remarks: ['I/O-Optimized would be cheaper above 480 million I/O requests a month.'],
  };
}

function summaryOfTrace(name: string, demand: DemandChart, mean: number): TraceSummary {
  return {
    name,
    start: '2026-11-02T00:00:00.000Z',
    hours: HOURS,
    stepSeconds: 300,
    demand: { mean, p50: mean * 0.9, p95: mean * 2.2, p99: mean * 2.9, max: Math.max(...demand.maxAcu) },
    idleShare: 0.04,
    hasLocks: false,
    isFlat: false,
    notes: [
      'The CPU percentage was taken as that of 4 processors.',
      'Steps of 5 min were filled with seeded bursts below a minute that keep their means.',
    ],
  };
}

function summaryOf({ policy, title, kind, ratio, short, resizes, locks, isOnFront }: Sketch): PolicySummary {
  const worst = (median: number, factor: number) => ({
    median,
    worst: median * factor,
    worstTrace: 'reports-nightly',
  });
  return {
    policy,
    title,
    ratioToClairvoyant: kind === 'clairvoyant' && ratio === 1 ? null : worst(ratio, 1.2),
    shortfallShare: worst(short, 1.8),
    resizesPerHour: worst(resizes, 1.4),
    lockScaleUps: locks,
    onParetoFront: isOnFront === true ? 2 : 0,
    traces: 2,
  };
}
