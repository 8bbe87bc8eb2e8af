import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { RecentPoints } from './recent-points.ts';
import { firstAcu, memoryToAcu, withinBounds } from './within-bounds.ts';

const MEAN_FACTOR = 4;
const PEAK_FACTOR = 1.33;
/** Assumed. */
const POINT_MS = 10_000;
const POINTS = 30;

export const cockroachdb: PlannedPolicy = {
  name: 'cockroachdb',
  title: 'CockroachDB Serverless (unverified)',
  rules:
    'CPUs for the larger of 4 x the mean and 1.33 x the peak of the last 5 minutes; the formula is unverified. Assumed: both from ' +
    'means over 10 s, applied every 10 s up and down, in steps of 0.5 ACU; never less than what cannot be evicted.',
  source:
    'CockroachDB Serverless, SIGMOD 2025, second-hand: https://muratbuffalo.blogspot.com (January 2026)',
  kind: 'causal',
  start: (context) => new CockroachdbRun(context),
};

class CockroachdbRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #context: PolicyContext;
  readonly #cpus = new PointMean(POINT_MS);
  readonly #points = new RecentPoints(POINTS);
  #acu: number;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen): number {
    if (!this.#cpus.add(seen.cpuUsed, seen.durationMs)) return this.#acu;
    this.#points.add(this.#cpus.mean);
    const { database, bounds } = this.#context;
    const cpus = Math.max(MEAN_FACTOR * this.#points.mean(), PEAK_FACTOR * this.#points.highest());
    const memoryAcu = memoryToAcu(seen.unevictableBytes, database.shape);
    this.#acu = withinBounds(Math.max(cpus / database.shape.cpus, memoryAcu), bounds);
    return this.#acu;
  }
}
