import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { PointMean } from './point-mean.ts';
import { firstAcu, memoryToAcu, utilisationOf, withinBounds } from './within-bounds.ts';

const UP_CPU = 0.85;
const UP_MEMORY = 0.85;
const DOWN_CPU = 0.55;
const DOWN_MEMORY = 0.4;
/** Assumed: the documentation does not say how often it looks. */
const POINT_MS = 10_000;
/** Assumed: the step is not documented either; to the middle between both thresholds, where neither is met again. */
const AIM_CPU = (UP_CPU + DOWN_CPU) / 2;
const AIM_MEMORY = (UP_MEMORY + DOWN_MEMORY) / 2;

export const polardb: PlannedPolicy = {
  name: 'polardb',
  title: 'PolarDB serverless',
  rules:
    'Up above 85 % of CPU or memory, down below 55 % of CPU and 40 % of memory (PolarDB for PostgreSQL). Assumed, as it is not ' +
    'documented: looks every 10 s, and goes to where CPU is at 70 % and memory at 62.5 %. Memory is what cannot be evicted; steps ' +
    'are 0.5 ACU instead of its own unit of 1 CPU and 2 GB.',
  source:
    'https://www.alibabacloud.com/help/en/polardb (manage-the-serverless-feature-of-a-fixed-specification-cluster)',
  kind: 'causal',
  start: (context) => new PolardbRun(context),
};

class PolardbRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause = false;
  readonly #context: PolicyContext;
  readonly #cpus = new PointMean(POINT_MS);
  #acu: number;

  constructor(context: PolicyContext) {
    this.startAcu = firstAcu(context);
    this.#context = context;
    this.#acu = this.startAcu;
  }

  decide(seen: Seen): number {
    if (!this.#cpus.add(seen.cpuUsed, seen.durationMs)) return this.#acu;
    const { shape } = this.#context.database;
    const cpu = utilisationOf(this.#cpus.mean, this.#acu, shape);
    const memoryAcu = memoryToAcu(seen.unevictableBytes, shape);
    const memory = memoryAcu / this.#acu;
    const isShort = cpu > UP_CPU || memory > UP_MEMORY;
    const isTooMuch = cpu < DOWN_CPU && memory < DOWN_MEMORY;
    if (!isShort && !isTooMuch) return this.#acu;
    const aimAcu = Math.max((this.#acu * cpu) / AIM_CPU, memoryAcu / AIM_MEMORY);
    this.#acu = withinBounds(
      isShort ? Math.max(aimAcu, this.#acu) : Math.min(aimAcu, this.#acu),
      this.#context.bounds,
    );
    return this.#acu;
  }
}
