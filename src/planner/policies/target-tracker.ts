import { roundUpToGrid } from '../../capacity/acu.ts';
import type { PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { RecentPoints } from './recent-points.ts';
import { firstAcu, utilisationOf, withinBounds } from './within-bounds.ts';

/** How a published autoscaler follows CPU utilisation. */
export interface TrackingRule {
  /** Utilisation to be kept, as a share of what is allowed. */
  readonly target: number;
  /** Utilisation is known as one mean per so many seconds. */
  readonly pointSeconds: number;
  /** Raised after so many points in a row above the target and its tolerance, to what the last one asks for. */
  readonly upPoints: number;
  readonly upTolerance: number;
  /** Lowered after so many points in a row below it, at least `upPoints`, to the most that one of them asked for. */
  readonly downPoints: number;
  readonly downTolerance: number;
  /** At most to this at once. */
  readonly mostAfter: (acu: number) => number;
  readonly downCooldownSeconds: number;
}

/** Follows CPU utilisation: keeps what each point asked for. */
export class TargetTracker implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #rule: TrackingRule;
  readonly #context: PolicyContext;
  readonly #cpus: PointMean;
  readonly #asked: RecentPoints;
  #acu: number;
  #loweredAtMs = Number.NEGATIVE_INFINITY;

  constructor(rule: TrackingRule, context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#rule = rule;
    this.#context = context;
    this.#cpus = new PointMean(rule.pointSeconds * 1000);
    this.#asked = new RecentPoints(Math.max(rule.upPoints, rule.downPoints));
    this.#acu = this.startAcu;
  }

  decide(seen: Seen, nowMs: number): number {
    if (!this.#cpus.add(seen.cpuUsed, seen.durationMs)) return this.#acu;
    this.#asked.add(this.#recommend());
    const nextAcu = withinBounds(this.#follow(nowMs), this.#context.bounds);
    if (nextAcu < this.#acu) this.#loweredAtMs = nowMs;
    this.#acu = nextAcu;
    return nextAcu;
  }

  /** What a point asks for: the capacity at which it would have been on target. */
  #recommend(): number {
    const { target, upTolerance, downTolerance } = this.#rule;
    const ratio = utilisationOf(this.#cpus.mean, this.#acu, this.#context.database.shape) / target;
    const isNear = ratio <= 1 + upTolerance && ratio >= 1 - downTolerance;
    return isNear ? this.#acu : roundUpToGrid(this.#acu * ratio);
  }

  #follow(nowMs: number): number {
    const { upPoints, downPoints, mostAfter, downCooldownSeconds } = this.#rule;
    const isShort = this.#asked.count >= upPoints && this.#asked.lowest(upPoints) > this.#acu;
    if (isShort) return Math.min(this.#asked.at(0), mostAfter(this.#acu));
    const mayLower =
      this.#asked.count >= downPoints && nowMs - this.#loweredAtMs >= downCooldownSeconds * 1000;
    return mayLower ? Math.min(this.#acu, this.#asked.highest()) : this.#acu;
  }
}
