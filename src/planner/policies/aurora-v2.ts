import { roundDownToGrid } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { AuroraReserve } from './aurora-v2-reserve.ts';
import { IdlePause } from './idle-pause.ts';
import { SlidingMaximum } from './sliding-maximum.ts';
import { firstAcu, memoryToAcu, utilisationOf, withinBounds } from './within-bounds.ts';

/** Measured in the 2020 preview: CPU used was 75 to 78 % of what capacity gave. */
const TARGET_UTILISATION = 0.77;
/** Above it there is not enough, and how much would be shows in who waits. Assumed. */
const STARVED_UTILISATION = 0.95;
/** Seen between 78 and 293 s after a load ended, and as long again between two lowerings. */
const LOWER_AFTER_MS = 180_000;
const LOWER_TO = 0.5;
/** What AWS's trace of a wake begins with. */
const AWAKE_ACU = 2;
const WAKE_MS = 15_000;
const DEEP_WAKE_MS = 30_000;
const DEEP_AFTER_MS = 24 * 3_600_000;

/** AWS publishes no thresholds: a model of what others measured from outside. */
export const auroraV2: PlannedPolicy = {
  name: 'aurora-v2',
  title: 'Aurora Serverless v2 (modelled)',
  rules:
    'A model, as AWS publishes no thresholds: fitted to capacity that others measured. Aims at 77 % of CPU (and, assumed, of ' +
    'network), keeps what memory is worth having; the first 3 ACU within seconds, then growth that depends on capacity and on ' +
    'what it stood at before; above 10 ACU its rates are extrapolated. Nothing is lowered for 180 s (seen: 78 to 293 s), then it ' +
    'is halved every 180 s. Paused after 300 s or more; idle connections, which hinder that on AWS, do not count here. Wakes in ' +
    '15 s, after a day in 30 s, with 2 ACU.',
  source:
    'growth and lowering: https://www.keisuke.dev/2024/03/13/study_aws_aurora_serverless_v2.html; utilisation: ' +
    'https://www.dbi-services.com/blog/aurora-serverless-v2-ram/; pauses: https://docs.aws.amazon.com/AmazonRDS/latest/' +
    'AuroraUserGuide/aurora-serverless-v2-auto-pause.html',
  kind: 'causal',
  start: (context) => new AuroraV2Run(context),
};

class AuroraV2Run implements PolicyRun {
  readonly startAcu: number;
  readonly canPause: boolean;
  readonly #context: PolicyContext;
  readonly #pause: IdlePause;
  readonly #needed = new SlidingMaximum(LOWER_AFTER_MS);
  readonly #reserve: AuroraReserve;
  #acu: number;
  #notLoweredBeforeMs = 0;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#pause = new IdlePause(context.bounds);
    this.canPause = this.#pause.isAllowed;
    this.#acu = this.startAcu;
    this.#reserve = new AuroraReserve(this.startAcu);
  }

  decide(seen: Seen, nowMs: number): number {
    const neededAcu = withinBounds(this.#neededAcu(seen), this.#context.bounds);
    this.#needed.add(neededAcu, nowMs);
    if (this.#pause.isDue(seen, nowMs)) return 0;
    const seconds = seen.durationMs / 1000;
    if (neededAcu > this.#acu) this.#acu = this.#reserve.grow(this.#acu, neededAcu, seconds);
    else this.#lower(nowMs);
    this.#reserve.follow(this.#acu, seconds);
    return roundDownToGrid(this.#acu);
  }

  wakeMs(pausedMs: number): number {
    return pausedMs >= DEEP_AFTER_MS ? DEEP_WAKE_MS : WAKE_MS;
  }

  wake(nowMs: number): number {
    this.#acu = withinBounds(AWAKE_ACU, this.#context.bounds);
    this.#needed.clear();
    this.#needed.add(this.#acu, nowMs);
    this.#reserve.restart(this.#acu);
    this.#pause.restart(nowMs);
    return this.#acu;
  }

  #neededAcu({ capacityAcu, cpuUsed, cpuWaiting, networkBytesPerSecond, wantedMemoryBytes }: Seen): number {
    const { shape } = this.#context.database;
    const isStarved = utilisationOf(cpuUsed, capacityAcu, shape) > STARVED_UTILISATION;
    const cpus = isStarved ? cpuUsed + cpuWaiting : cpuUsed;
    const cpuAcu = cpus / TARGET_UTILISATION / shape.cpus;
    const networkAcu = networkBytesPerSecond / TARGET_UTILISATION / shape.networkBytesPerSecond;
    return Math.max(cpuAcu, networkAcu, memoryToAcu(wantedMemoryBytes, shape));
  }

  /** By half at most, and to no less than was needed meanwhile. */
  #lower(nowMs: number): void {
    const lowestAcu = this.#needed.highest;
    if (lowestAcu >= this.#acu || nowMs < this.#notLoweredBeforeMs) return;
    this.#acu = Math.max(lowestAcu, withinBounds(this.#acu * LOWER_TO, this.#context.bounds));
    this.#notLoweredBeforeMs = nowMs + LOWER_AFTER_MS;
  }
}
