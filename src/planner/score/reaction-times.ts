import type { RunSecond } from '../model.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** Less is what rounding to 32 bits leaves. */
const SHORT_ACU_SECONDS = 1e-6;

/**
 * How long it takes from demand rising above capacity until capacity holds it. Time at the maximum does not count: there
 * is nothing left to react with. Where demand falls back first, that ends it.
 *
 * Demand is the same all through a second, so that what was missing over a second in which capacity rose once tells when
 * it rose.
 */
export class ReactionTimes {
  readonly #maxAcu: number;
  readonly #times = new LatencyHistogram();
  #seconds = 0;
  #beforeAcu = Number.NaN;
  #nextSecondMs = 0;

  constructor(maxAcu: number) {
    this.#maxAcu = maxAcu;
  }

  second(second: RunSecond): void {
    const beforeAcu = Number.isNaN(this.#beforeAcu) ? second.capacityAcu : this.#beforeAcu;
    this.#beforeAcu = second.endCapacityAcu;
    this.#nextSecondMs = (second.index + 1) * 1000;
    if (second.shortfallAcuSeconds <= SHORT_ACU_SECONDS) {
      this.#end();
      return;
    }
    const reachedAcu = Math.min(second.demandAcu, this.#maxAcu);
    if (second.endCapacityAcu < reachedAcu) {
      this.#seconds += 1;
      return;
    }
    this.#seconds += secondsBelow(reachedAcu, beforeAcu, second);
    this.#end();
  }

  /** One that comes in force on the border of two seconds is there from the beginning of the later one. */
  change(toAcu: number, atMs: number): void {
    if (atMs === this.#nextSecondMs) this.#beforeAcu = toAcu;
  }

  /** Null where nothing was ever short below the maximum. What is short when the run ends counts as long as it was. */
  p95Seconds(): number | null {
    this.#end();
    return this.#times.total > 0 ? this.#times.percentile(0.95) : null;
  }

  #end(): void {
    if (this.#seconds > 0) this.#times.add(this.#seconds, 1);
    this.#seconds = 0;
  }
}

/** Of a second that ends with `reachedAcu` or more, how long there was less. */
function secondsBelow(
  reachedAcu: number,
  beforeAcu: number,
  { demandAcu, shortfallAcuSeconds }: RunSecond,
): number {
  if (beforeAcu >= reachedAcu) return 0;
  const share = (shortfallAcuSeconds - (demandAcu - reachedAcu)) / (reachedAcu - beforeAcu);
  return Math.min(Math.max(share, 0), 1);
}
