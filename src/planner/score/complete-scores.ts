import type { PolicyScore } from '../results.ts';
import type { RunFigures } from './scorer.ts';

/** What the scores of a trace are related to. */
export interface TraceReference {
  /** Of the clairvoyants; null where they were not reckoned. */
  readonly clairvoyantAcuHours: number | null;
  readonly rateLimitedAcuHours: number | null;
  /** p95 on the same trace where nothing is ever short, seconds. */
  readonly unlimitedP95Seconds: number;
}

/** Costs and shortfalls that differ by less than this share are equal. */
const EQUAL_SHARE = 1e-9;

/** All policies of one trace. */
export function completeScores(
  figures: readonly RunFigures[],
  { clairvoyantAcuHours, rateLimitedAcuHours, unlimitedP95Seconds }: TraceReference,
): readonly PolicyScore[] {
  const rivals = figures.filter(({ kind }) => kind !== 'clairvoyant');
  return figures.map((run) => ({
    ...run,
    ratioToClairvoyant: ratioOf(run.acuHours, clairvoyantAcuHours),
    ratioToRateLimitedClairvoyant: ratioOf(run.acuHours, rateLimitedAcuHours),
    latencyInflation: run.latency.p95 / unlimitedP95Seconds,
    isOnParetoFront: run.kind === 'clairvoyant' ? null : !rivals.some((rival) => dominates(rival, run)),
  }));
}

function ratioOf(acuHours: number, optimum: number | null): number | null {
  return optimum === null || optimum === 0 ? null : acuHours / optimum;
}

/** In nothing worse and in one of cost and shortfall better. Those that are equal leave each other on the front. */
function dominates(one: RunFigures, other: RunFigures): boolean {
  return (
    !isLess(other.acuHours, one.acuHours) &&
    !isLess(other.shortfallAcuSeconds, one.shortfallAcuSeconds) &&
    (isLess(one.acuHours, other.acuHours) || isLess(one.shortfallAcuSeconds, other.shortfallAcuSeconds))
  );
}

function isLess(one: number, other: number): boolean {
  return other - one > EQUAL_SHARE * Math.max(Math.abs(one), Math.abs(other));
}
