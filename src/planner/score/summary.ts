import type { MedianAndWorst, PolicyScore, PolicySummary, TracePlan } from '../results.ts';

interface TracedScore {
  readonly trace: string;
  readonly score: PolicyScore;
}

/**
 * Of every policy, over the traces that say something of policies: flat ones are left out. Policies are in the order in
 * which they first appear; empty where all traces are flat.
 */
export function summarise(plans: readonly Pick<TracePlan, 'trace' | 'scores'>[]): readonly PolicySummary[] {
  const byPolicy = new Map<string, TracedScore[]>();
  for (const { trace, scores } of plans.filter((plan) => !plan.trace.isFlat)) {
    for (const score of scores) {
      const traced = byPolicy.get(score.policy) ?? [];
      traced.push({ trace: trace.name, score });
      byPolicy.set(score.policy, traced);
    }
  }
  return [...byPolicy.values()].map(summaryOf);
}

function summaryOf(traced: readonly TracedScore[]): PolicySummary {
  const first = traced[0]!.score;
  const ratios = traced.filter(({ score }) => score.ratioToClairvoyant !== null);
  return {
    policy: first.policy,
    title: first.title,
    ratioToClairvoyant:
      ratios.length === 0 ? null : medianAndWorst(ratios, (score) => score.ratioToClairvoyant ?? 0),
    shortfallShare: medianAndWorst(traced, (score) => score.shortfallShare),
    resizesPerHour: medianAndWorst(traced, (score) => score.resizesPerHour),
    lockScaleUps: traced.reduce((sum, { score }) => sum + score.lockScaleUps, 0),
    onParetoFront: traced.filter(({ score }) => score.isOnParetoFront === true).length,
    traces: traced.length,
  };
}

/** The greatest is the worst, of all that is summarised. */
function medianAndWorst(
  traced: readonly TracedScore[],
  valueOf: (score: PolicyScore) => number,
): MedianAndWorst {
  const values = traced.map(({ score }) => valueOf(score)).sort((one, other) => one - other);
  const worst = values.at(-1)!;
  const worstTrace = traced.find(({ score }) => valueOf(score) === worst)!.trace;
  return { median: medianOf(values), worst, worstTrace };
}

function medianOf(ordered: readonly number[]): number {
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}
