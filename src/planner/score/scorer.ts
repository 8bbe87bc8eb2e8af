import { ACU_STEP, awakeMinimum } from '../../capacity/acu.ts';
import type { Bounds, PlannedPolicy, RunSecond, RunSink } from '../model.ts';
import { HOURS_A_MONTH } from '../prices/price-list.ts';
import type { PolicyScore } from '../results.ts';
import { neededAcu } from './demand.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { ReactionTimes } from './reaction-times.ts';

/** Means of seconds in which capacity was changed are sums of fractions. */
const EXACT_ACU = 1e-6;

/** What a run says by itself; {@link completeScores} adds what takes other runs. */
export type RunFigures = Omit<
  PolicyScore,
  'ratioToClairvoyant' | 'ratioToRateLimitedClairvoyant' | 'latencyInflation' | 'isOnParetoFront'
>;

export interface RunFacts {
  readonly policy: Pick<PlannedPolicy, 'name' | 'title' | 'kind'>;
  /** US dollars. */
  readonly acuHourPrice: number;
  /** Of `lock-raises.ts`; 0 where the trace has no lock waiters. */
  readonly lockScaleUps: number;
}

/**
 * Keeps the score of one run, second by second, in constant memory.
 *
 * What a second needed is its demand rounded up to the grid, within the bounds. It has the right capacity from that up
 * to a step more. While it is paused and nobody waits, nothing is needed; while somebody waits for a wake, all of it is
 * missing. Accuracy relates what was missing or too much to what was needed, without the step of tolerance.
 */
export class Scorer implements RunSink {
  readonly #bounds: Bounds;
  readonly #leastAcu: number;
  readonly #latency = new LatencyHistogram();
  readonly #reaction: ReactionTimes;
  #seconds = 0;
  #acuSeconds = 0;
  #demandAcuSeconds = 0;
  #shortfallAcuSeconds = 0;
  #underSeconds = 0;
  #overSeconds = 0;
  #underRelative = 0;
  #overRelative = 0;
  #cappedSeconds = 0;
  #pausedSeconds = 0;
  #coldStartSeconds = 0;
  #pauses = 0;
  #resizes = 0;
  #reversals = 0;
  #direction = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
    this.#leastAcu = awakeMinimum(bounds.minAcu);
    this.#reaction = new ReactionTimes(bounds.maxAcu);
  }

  second(second: RunSecond): void {
    const { demandAcu, capacityAcu } = second;
    this.#seconds += 1;
    this.#acuSeconds += capacityAcu;
    this.#demandAcuSeconds += demandAcu;
    this.#shortfallAcuSeconds += second.shortfallAcuSeconds;
    this.#coldStartSeconds += second.coldStartSeconds;
    if (second.isPaused) this.#pausedSeconds += 1;
    if (!second.isPaused || second.coldStartSeconds > 0) this.#judge(demandAcu, capacityAcu);
    const { maxAcu } = this.#bounds;
    if (demandAcu >= maxAcu && second.endCapacityAcu >= maxAcu) this.#cappedSeconds += 1;
    this.#reaction.second(second);
  }

  change(fromAcu: number, toAcu: number, atMs: number): void {
    this.#reaction.change(toAcu, atMs);
    if (toAcu === 0 && fromAcu > 0) this.#pauses += 1;
    if (toAcu === 0 || fromAcu === 0) {
      this.#direction = 0;
      return;
    }
    const direction = Math.sign(toAcu - fromAcu);
    if (direction === 0) return;
    this.#resizes += 1;
    if (direction === -this.#direction) this.#reversals += 1;
    this.#direction = direction;
  }

  latency(requests: number, seconds: number): void {
    this.#latency.add(seconds, requests);
  }

  /** Once, when the run is over. Latency is NaN (null in JSON) where no request was told. */
  finish({ policy, acuHourPrice, lockScaleUps }: RunFacts): RunFigures {
    const hours = this.#seconds / 3600;
    const meanAcu = this.#share(this.#acuSeconds);
    const acuHours = this.#acuSeconds / 3600;
    return {
      policy: policy.name,
      title: policy.title,
      kind: policy.kind,
      bounds: this.#bounds,
      hours,
      acuHours,
      meanAcu,
      cost: acuHours * acuHourPrice,
      monthlyCost: meanAcu * HOURS_A_MONTH * acuHourPrice,
      underProvisionedTimeShare: this.#share(this.#underSeconds),
      overProvisionedTimeShare: this.#share(this.#overSeconds),
      underProvisioningAccuracy: this.#share(this.#underRelative),
      overProvisioningAccuracy: this.#share(this.#overRelative),
      shortfallAcuSeconds: this.#shortfallAcuSeconds,
      shortfallShare: ratio(this.#shortfallAcuSeconds, this.#demandAcuSeconds),
      latency: this.#latency.figures(),
      reactionP95Seconds: this.#reaction.p95Seconds(),
      resizesPerHour: ratio(this.#resizes, hours),
      reversalsPerHour: ratio(this.#reversals, hours),
      lockScaleUps,
      pauses: this.#pauses,
      pausedHours: this.#pausedSeconds / 3600,
      coldStartSeconds: this.#coldStartSeconds,
      cappedTimeShare: this.#share(this.#cappedSeconds),
    };
  }

  #judge(demandAcu: number, capacityAcu: number): void {
    const needed = neededAcu(demandAcu, this.#leastAcu, this.#bounds);
    const excess = capacityAcu - needed;
    if (excess < -EXACT_ACU) {
      this.#underSeconds += 1;
      this.#underRelative -= excess / needed;
    } else if (excess > 0) {
      if (excess > ACU_STEP + EXACT_ACU) this.#overSeconds += 1;
      this.#overRelative += excess / needed;
    }
  }

  #share(sum: number): number {
    return ratio(sum, this.#seconds);
  }
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
