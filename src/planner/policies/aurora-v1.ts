import { awakeMinimum, clamp } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { maxConnections } from './aurora-connections.ts';
import { IdlePause } from './idle-pause.ts';
import { PointMean } from './point-mean.ts';
import { firstAcu, utilisationOf } from './within-bounds.ts';

/** The least of PostgreSQL. */
const LEAST_ACU = 2;
const UP_UTILISATION = 0.7;
const UP_CONNECTIONS = 0.9;
const DOWN_UTILISATION = 0.3;
const DOWN_CONNECTIONS = 0.4;
const UP_COOLDOWN_MS = 180_000;
const DOWN_AFTER_UP_MS = 900_000;
const DOWN_AFTER_DOWN_MS = 310_000;
/** Assumed: AWS does not say over how long a load is measured. */
const POINT_MS = 60_000;
/** Assumed: from the decision until a scaling point was found and sessions were moved. */
const ACTUATION_MS = 30_000;
const WAKE_MS = 30_000;

export const auroraV1: PlannedPolicy = {
  name: 'aurora-v1',
  title: 'Aurora Serverless v1 (2018)',
  rules:
    'Doubled above 70 % of CPU or 90 % of max_connections, halved below 30 % and 40 %: 2, 4, 8 ... ACU, the last step cut at ' +
    'the bounds. No sooner than 3 minutes after a change up; 15 minutes after a raise or 310 s after a lowering down. Assumed: CPU ' +
    'is a mean over a minute, a scaling point is always found within 30 s, and max_connections of each capacity are those of v2 ' +
    'with that maximum. Paused after 5 minutes or more, wakes in 30 s as large as before.',
  source:
    'https://github.com/awsdocs/amazon-aurora-user-guide (commit bd3bb28, 31 August 2018); wake: ' +
    'https://www.percona.com/blog/2019/01/09/amazon-aurora-serverless-the-sleeping-beauty/',
  kind: 'causal',
  start: (context) => new AuroraV1Run(context),
};

class AuroraV1Run implements PolicyRun {
  readonly startAcu: number;
  readonly canPause: boolean;
  readonly actuationMs = ACTUATION_MS;
  readonly #context: PolicyContext;
  readonly #pause: IdlePause;
  readonly #utilisation = new PointMean(POINT_MS);
  #acu: number;
  #raisedAtMs = Number.NEGATIVE_INFINITY;
  #loweredAtMs = Number.NEGATIVE_INFINITY;

  constructor(context: PolicyContext) {
    this.#context = context;
    this.startAcu = this.#bounded(2 ** Math.ceil(Math.log2(Math.max(LEAST_ACU, firstAcu(context)))));
    this.#pause = new IdlePause(context.bounds);
    this.canPause = this.#pause.isAllowed;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen, nowMs: number): number {
    const { shape } = this.#context.database;
    const utilisation = utilisationOf(seen.cpuUsed, seen.capacityAcu, shape);
    if (this.#pause.isDue(seen, nowMs)) return 0;
    if (!this.#utilisation.add(utilisation, seen.durationMs)) return this.#acu;
    const connections = seen.connections / maxConnections(this.#acu);
    this.#step(this.#utilisation.mean, connections, nowMs);
    return this.#acu;
  }

  wakeMs(): number {
    return WAKE_MS;
  }

  wake(nowMs: number): number {
    this.#pause.restart(nowMs);
    this.#utilisation.clear();
    return this.#acu;
  }

  #step(utilisation: number, connections: number, nowMs: number): void {
    const isShort = utilisation > UP_UTILISATION || connections > UP_CONNECTIONS;
    const isTooMuch = utilisation < DOWN_UTILISATION && connections < DOWN_CONNECTIONS;
    const nextAcu = isShort ? this.#doubled() : isTooMuch ? this.#halved() : this.#acu;
    if (nextAcu > this.#acu && nowMs - Math.max(this.#raisedAtMs, this.#loweredAtMs) >= UP_COOLDOWN_MS) {
      this.#acu = nextAcu;
      this.#raisedAtMs = nowMs;
    } else if (nextAcu < this.#acu && this.#mayLower(nowMs)) {
      this.#acu = nextAcu;
      this.#loweredAtMs = nowMs;
    }
  }

  #mayLower(nowMs: number): boolean {
    return nowMs - this.#raisedAtMs >= DOWN_AFTER_UP_MS && nowMs - this.#loweredAtMs >= DOWN_AFTER_DOWN_MS;
  }

  /** The next power of two above, also from a bound between two. */
  #doubled(): number {
    return this.#bounded(2 ** (Math.floor(Math.log2(this.#acu)) + 1));
  }

  #halved(): number {
    return this.#bounded(Math.max(LEAST_ACU, 2 ** (Math.ceil(Math.log2(this.#acu)) - 1)));
  }

  #bounded(acu: number): number {
    const { minAcu, maxAcu } = this.#context.bounds;
    return clamp(acu, awakeMinimum(minAcu), maxAcu);
  }
}
