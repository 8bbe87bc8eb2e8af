import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { Resource } from './resources.ts';
import { RESOURCES } from './resources.ts';

type Figures = readonly (number | null)[];

export interface CapacityLines {
  readonly acu: Figures;
  readonly minAcu: Figures;
  readonly maxAcu: Figures;
  readonly demand: Readonly<Record<Resource, Figures>>;
  /** Which resource asks for most; null where none is known. */
  readonly binding: readonly (Resource | null)[];
}

/** How long the newest answer may be behind what is drawn. */
const MOST_BEHIND_MS = 15_000;

/**
 * The figures at the periods of another chart, so that one pointer is at the same place in all of them. Periods that are
 * newer than the answer have `current` in force; of what asked for it nothing is known yet.
 */
export function linesAt(
  atMs: readonly number[],
  answer: CapacityAnswer,
  current: number | null,
): CapacityLines {
  const indexOf = new Map(answer.atMs.map((at, index) => [at, index]));
  const lastIndex = answer.acu.findLastIndex((acu) => acu !== null);
  const lastMs = answer.atMs[lastIndex] ?? -1;
  const align = (figures: Figures): Figures =>
    atMs.map((at) => {
      const index = indexOf.get(at);
      return index === undefined ? null : (figures[index] ?? null);
    });
  const isNewer = (at: number): boolean => lastMs >= 0 && at > lastMs && at <= lastMs + MOST_BEHIND_MS;
  const goOn = (figures: Figures): Figures => {
    const last = figures.findLast((value) => value !== null) ?? null;
    return align(figures).map((value, index) => value ?? (isNewer(atMs[index] ?? 0) ? last : null));
  };
  const { cpu, memory, network, connections } = answer.demand;
  const demand = {
    cpu: align(cpu),
    memory: align(memory),
    network: align(network),
    connections: align(connections),
  };
  return {
    acu: align(answer.acu).map((value, index) => value ?? (isNewer(atMs[index] ?? 0) ? current : null)),
    minAcu: goOn(answer.minAcu),
    maxAcu: goOn(answer.maxAcu),
    demand,
    binding: atMs.map((_at, index) => bindingAt(demand, index)),
  };
}

function bindingAt(demand: CapacityLines['demand'], index: number): Resource | null {
  let [most, mostAcu]: [Resource | null, number] = [null, 0];
  for (const resource of RESOURCES) {
    const acu = demand[resource][index] ?? null;
    if (acu !== null && acu > mostAcu) [most, mostAcu] = [resource, acu];
  }
  return most;
}

export function highestOf(...lists: readonly Figures[]): number {
  return lists.reduce(
    (highest, list) => list.reduce((top: number, value) => Math.max(top, value ?? 0), highest),
    0,
  );
}
