import { awakeMinimum, roundDownToGrid } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { IdlePause } from './idle-pause.ts';
import { PointMean } from './point-mean.ts';
import { firstAcu, memoryToAcu, utilisationOf, withinBounds } from './within-bounds.ts';

const UP_UTILISATION = 0.9;
const GROWTH = 1.25;
const POINT_MS = 10_000;
/** Assumed, all three: nothing is documented of lowering and of the time that a wake takes. */
const DOWN_UTILISATION = 0.6;
const DOWN_POINTS = 6;
const WAKE_MS = 1_000;

export const scaleway: PlannedPolicy = {
  name: 'scaleway',
  title: 'Scaleway Serverless SQL',
  rules:
    'Above 90 % of CPU for 10 s a quarter more, rounded up (here to 0.5 ACU, there to a CPU). Assumed, as only growth is documented: ' +
    'points of 10 s one after the other; below 60 % for a minute a fifth less; never less than what cannot be evicted. Idle after 5 ' +
    'minutes or more; wakes, assumed, in 1 s as large as before.',
  source: 'https://www.scaleway.com/en/docs/serverless-sql-databases/reference-content/',
  kind: 'causal',
  start: (context) => new ScalewayRun(context),
};

class ScalewayRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause: boolean;
  readonly #context: PolicyContext;
  readonly #pause: IdlePause;
  readonly #cpus = new PointMean(POINT_MS);
  #acu: number;
  #quietPoints = 0;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#pause = new IdlePause(context.bounds);
    this.canPause = this.#pause.isAllowed;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen, nowMs: number): number {
    if (this.#pause.isDue(seen, nowMs)) return 0;
    if (!this.#cpus.add(seen.cpuUsed, seen.durationMs)) return this.#acu;
    const { database, bounds } = this.#context;
    const utilisation = utilisationOf(this.#cpus.mean, this.#acu, database.shape);
    this.#quietPoints = utilisation < DOWN_UTILISATION ? this.#quietPoints + 1 : 0;
    const memoryAcu = memoryToAcu(seen.unevictableBytes, database.shape);
    this.#acu = withinBounds(Math.max(this.#next(utilisation), memoryAcu), bounds);
    return this.#acu;
  }

  wakeMs(): number {
    return WAKE_MS;
  }

  wake(nowMs: number): number {
    this.#pause.restart(nowMs);
    this.#cpus.clear();
    this.#quietPoints = 0;
    return this.#acu;
  }

  #next(utilisation: number): number {
    if (utilisation > UP_UTILISATION) return this.#acu * GROWTH;
    if (this.#quietPoints < DOWN_POINTS) return this.#acu;
    this.#quietPoints = 0;
    return Math.max(awakeMinimum(0), roundDownToGrid(this.#acu / GROWTH));
  }
}
