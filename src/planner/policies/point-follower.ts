import type { PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { RecentPoints } from './recent-points.ts';
import { firstAcu, memoryToAcu, withinBounds } from './within-bounds.ts';

/** How capacity follows the last points of a signal. */
export interface PointRule {
  readonly pointMs: number;
  readonly points: number;
  readonly signal: (seen: Seen) => number;
  /** Processors that the points ask for. */
  readonly wantedCpus: (points: RecentPoints) => number;
}

/** Gives what the last points ask for, and never less than what cannot be evicted. */
export class PointFollower implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #context: PolicyContext;
  readonly #rule: PointRule;
  readonly #point: PointMean;
  readonly #points: RecentPoints;
  #acu: number;

  constructor(context: PolicyContext, rule: PointRule) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#rule = rule;
    this.#point = new PointMean(rule.pointMs);
    this.#points = new RecentPoints(rule.points);
    this.#acu = this.startAcu;
  }

  decide(seen: Seen): number {
    if (!this.#point.add(this.#rule.signal(seen), seen.durationMs)) return this.#acu;
    this.#points.add(this.#point.mean);
    const { database, bounds } = this.#context;
    const cpuAcu = this.#rule.wantedCpus(this.#points) / database.shape.cpus;
    this.#acu = withinBounds(Math.max(cpuAcu, memoryToAcu(seen.unevictableBytes, database.shape)), bounds);
    return this.#acu;
  }
}
