import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { RecentPoints } from './recent-points.ts';
import { firstAcu, memoryToAcu, withinBounds } from './within-bounds.ts';

const POINT_MS = 10_000;
const HELD_POINTS = 6;

export const aasTarget: PlannedPolicy = {
  name: 'aas-target',
  title: 'AAS below vCPU (straw man)',
  rules:
    "Our own straw man, nobody's product: as many CPUs as there are average active sessions, whatever they wait for, locks too, so " +
    'that the load stays below the vCPU line. Means over 10 s, up at once, down to the highest of the last minute. It shows ' +
    'what waits that are not told apart lead to.',
  source: 'none: the rule of thumb that AAS should stay below vCPU, taken literally',
  kind: 'causal',
  start: (context) => new AasTargetRun(context),
};

class AasTargetRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #context: PolicyContext;
  readonly #sessions = new PointMean(POINT_MS);
  readonly #points = new RecentPoints(HELD_POINTS);
  #acu: number;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen): number {
    if (!this.#sessions.add(seen.activeSessions, seen.durationMs)) return this.#acu;
    this.#points.add(this.#sessions.mean);
    const { database, bounds } = this.#context;
    const cpuAcu = this.#points.highest() / database.shape.cpus;
    this.#acu = withinBounds(Math.max(cpuAcu, memoryToAcu(seen.unevictableBytes, database.shape)), bounds);
    return this.#acu;
  }
}
