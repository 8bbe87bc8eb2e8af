import { setTimeout as sleep } from 'node:timers/promises';
import { WORK_KINDS } from '../load/arrivals.ts';
import type { BenchDatabase } from '../load/database.ts';
import { workPerSecond } from '../economy/clairvoyant.ts';
import type { DatabaseModel } from '../../src/planner/model.ts';
import type { Generator } from '../load/generator.ts';
import { otherCpus } from '../load/group-figures.ts';
import type { LoadResult } from '../load/plan.ts';
import { median, percentile } from '../load/statistics.ts';
import { machine } from '../load/table.ts';
import { policyByName } from '../policies/by-name.ts';
import { fixedPolicy } from '../policies/fixed.ts';
import type { TracedDecision } from '../policies/switched.ts';
import { costFactor, fullPerSecond } from './cost.ts';
import { measuredFigures, seenSessions } from './figures.ts';
import type { ClientSide, Figures } from './figures.ts';
import { loadOf, MIX, SETTLE_MS, toSegments } from './loads.ts';
import type { Load, LoadName } from './loads.ts';
import { plannedFigures } from './planned.ts';
import type { Offered } from './planned.ts';

const DRAIN_MS = 30_000;
const MIN_ACU = 0.5;

/** A part of a load, once, in both worlds. */
export interface Comparison {
  readonly load: LoadName;
  readonly part: string;
  /** Fixed, or the maximum. */
  readonly capacityAcu: number;
  readonly repetition: number;
  readonly measured: Figures;
  readonly planned: Figures;
  /** What the model was given: with it a run can be planned again. */
  readonly offered: Offered;
  /** By Airglow's observer. */
  readonly seenAas: number;
  /** What the work really cost, over what calibration said. */
  readonly costFactor: number;
  readonly otherCpus: number;
  readonly latenessP99Ms: number | null;
  readonly failed: number;
}

export interface CompareOptions {
  readonly connections: number;
  readonly otherMs: number;
  readonly stepSeconds: number;
  readonly seed: number;
}

/** Plays loads on the real database, and the very same work in the model. */
export class ModelBench {
  readonly #database: BenchDatabase;
  readonly #generator: Generator;
  readonly #options: CompareOptions;
  /** Requests that use up a capacity. */
  readonly #perSecond = new Map<number, number>();

  constructor(database: BenchDatabase, generator: Generator, options: CompareOptions) {
    this.#database = database;
    this.#generator = generator;
    this.#options = options;
  }

  async play(name: LoadName, capacityAcu: number, repetition: number): Promise<Comparison[]> {
    const load = loadOf(name, this.#options.stepSeconds);
    const { burnRounds } = this.#database.calibration;
    const perSecond = await this.#fullPerSecond(capacityAcu);
    await this.#prepare(name, capacityAcu);
    const result = await this.#generator.run({
      seed: this.#options.seed + repetition,
      segments: toSegments(load, perSecond),
      mix: MIX,
      burnRounds,
      wideRows: 0,
      drainMs: DRAIN_MS,
    });
    return this.#compare(load, result, this.#database.policy.takeTrace(), { capacityAcu, repetition });
  }

  async #prepare(name: LoadName, capacityAcu: number): Promise<void> {
    const startAcu = name === 'airglow' ? MIN_ACU : capacityAcu;
    await this.#database.modify({ maxCapacity: capacityAcu });
    await this.#database.runBy(fixedPolicy('idle', startAcu), startAcu);
    await sleep(SETTLE_MS);
    if (name === 'airglow') await this.#database.runBy(policyByName(name, MIN_ACU), startAcu);
    this.#database.policy.takeTrace();
  }

  #compare(
    load: Load,
    result: LoadResult,
    trace: readonly TracedDecision[],
    at: Pick<Comparison, 'capacityAcu' | 'repetition'>,
  ): Comparison[] {
    const client: ClientSide = { ...this.#options, cpusPerAcu: this.#database.cpusOf(1) };
    const run = {
      ...at,
      load: load.name,
      otherCpus: otherCpus(result),
      latenessP99Ms: percentile(result.latenessMs.toSorted(), 0.99),
      failed: Object.values(result.errors).reduce((sum, count) => sum + count, 0),
    };
    const cpus = this.#offeredCpus(load, result);
    const database = this.#describe(cpus, result, trace);
    const bounds = { minAcu: MIN_ACU, maxAcu: at.capacityAcu };
    return load.parts.map((part) => {
      const { name, fromSecond, toSecond } = part;
      const offered: Offered = {
        cpus: cpus.slice(fromSecond, toSecond),
        database,
        bounds,
        seed: this.#options.seed + at.repetition,
      };
      const [fromMs, toMs] = [fromSecond * 1000, toSecond * 1000];
      return {
        ...run,
        part: name,
        measured: measuredFigures(result, part, client),
        planned: plannedFigures(load.name, offered),
        offered,
        costFactor: costFactor(this.#database, result, fromMs, toMs),
        seenAas: seenSessions(trace, result.startAtMs + fromMs, result.startAtMs + toMs),
      };
    });
  }

  /**
   * The work is told to the model as a monitor would have seen it: when it came, and what it cost by the account. Where a
   * load has parts, each has its own cost, since the same work costs more on a busier machine.
   */
  #offeredCpus({ levels, parts }: Load, result: LoadResult): number[] {
    const { costMs } = this.#database.calibration;
    const costOf = (index: number): number => costMs[WORK_KINDS[result.kinds[index] ?? 0] ?? 'burn'];
    const work = workPerSecond(result.dueMs, costOf, levels.length);
    const whole = costFactor(this.#database, result);
    const factors = levels.map(() => whole);
    for (const { fromSecond, toSecond } of parts.slice(1)) {
      const own = costFactor(this.#database, result, fromSecond * 1000, toSecond * 1000);
      factors.fill(own, fromSecond, toSecond);
    }
    return work.map((ms, second) => (ms * (factors[second] ?? whole)) / 1000);
  }

  #describe(cpus: readonly number[], result: LoadResult, trace: readonly TracedDecision[]): DatabaseModel {
    const { costMs } = this.#database.calibration;
    const unevictable = trace.flatMap(({ seen: { memory } }) =>
      memory === null ? [] : [memory.unevictableBytes],
    );
    return {
      shape: this.#database.describe().shape,
      hostCpus: machine().cpus,
      requestCpuSeconds: cpus.reduce((sum, one) => sum + one, 0) / result.dueMs.length,
      requestVariation: variationOf(Array.from(result.kinds, (kind) => costMs[WORK_KINDS[kind] ?? 'burn'])),
      requestOtherSeconds: this.#options.otherMs / 1000,
      connections: this.#options.connections,
      baseMemoryBytes: median(unevictable) ?? 0,
      cacheShare: 0,
      missSeconds: 0,
      pagesPerCpuSecond: 0,
      tier: null,
      idleBelowCpus: 0.005,
    };
  }

  async #fullPerSecond(capacityAcu: number): Promise<number> {
    const known = this.#perSecond.get(capacityAcu);
    if (known !== undefined) return known;
    await this.#database.modify({ maxCapacity: capacityAcu });
    const found = await fullPerSecond(this.#database, this.#generator, capacityAcu);
    this.#perSecond.set(capacityAcu, found);
    return found;
  }
}

/** The same runs, with what the model says of them now. */
export function planAgain(runs: readonly Comparison[]): Comparison[] {
  return runs.map((run) => ({ ...run, planned: plannedFigures(run.load, run.offered) }));
}

/** Standard deviation over mean. */
function variationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Math.sqrt(square) / mean;
}
