import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { DAY_MS, VpaRecommender } from './vpa-recommender.ts';
import { firstAcu, withinBounds, workingSetBytes } from './within-bounds.ts';

const POINT_MS = 60_000;
const LEAST_CHANGE = 0.1;
const LEAST_LIFETIME_MS = DAY_MS / 2;

export const vpa: PlannedPolicy = {
  name: 'vpa',
  title: 'Kubernetes VPA',
  rules:
    'P90 x 1.15 of CPU (a sample a minute) and of the daily peaks of memory, from histograms whose weights halve in 24 h; changed when ' +
    'it leaves P50 x 1.15 to P95 x 1.15, both widened while little is known, or by more than 10 % after 12 h. Made to find a size ' +
    'over days. Steps are 0.5 ACU, capacity is the larger need and a limit as well, so that use above it is never seen; the ' +
    'restart of the pod that each change takes is left out, which favours it, and it does not react to being out of memory.',
  source:
    'https://github.com/kubernetes/autoscaler (commit 55c37cd5eb55: vertical-pod-autoscaler/pkg/recommender)',
  kind: 'causal',
  start: (context) => new VpaRun(context),
};

class VpaRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #context: PolicyContext;
  readonly #cpus = new PointMean(POINT_MS);
  readonly #recommender: VpaRecommender;
  #acu: number;
  #memoryPeak = 0;
  #changedAtMs = Number.NaN;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#recommender = new VpaRecommender(context.database.shape);
    this.#acu = this.startAcu;
  }

  decide(seen: Seen, nowMs: number): number {
    if (Number.isNaN(this.#changedAtMs)) this.#changedAtMs = nowMs;
    this.#memoryPeak = Math.max(this.#memoryPeak, workingSetBytes(seen));
    if (!this.#cpus.add(seen.cpuUsed, seen.durationMs)) return this.#acu;
    const requestedCpus = this.#acu * this.#context.database.shape.cpus;
    this.#recommender.add(this.#cpus.mean, requestedCpus, this.#memoryPeak, nowMs);
    this.#memoryPeak = 0;
    this.#update(nowMs);
    return this.#acu;
  }

  #update(nowMs: number): void {
    const { bounds } = this.#context;
    const { targetAcu, lowerAcu, upperAcu } = this.#recommender.recommend(nowMs);
    const nextAcu = withinBounds(targetAcu, bounds);
    const isOutside = this.#acu < lowerAcu || this.#acu > withinBounds(upperAcu, bounds);
    const isChange = Math.abs(nextAcu - this.#acu) > LEAST_CHANGE * this.#acu;
    const isOld = nowMs - this.#changedAtMs >= LEAST_LIFETIME_MS;
    if (nextAcu === this.#acu || !(isOutside || (isChange && isOld))) return;
    this.#acu = nextAcu;
    this.#changedAtMs = nowMs;
  }
}
