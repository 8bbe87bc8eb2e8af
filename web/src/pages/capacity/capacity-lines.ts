import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { Span } from '../../view/time-window.ts';
import type { Cell } from '../../ui/csv.ts';
import { RESOURCES, type Resource } from './resources.ts';

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
  const inForce = align(answer.acu).map(
    (value, index) => value ?? (isNewer(atMs[index] ?? 0) ? current : null),
  );
  // A limit holds until it is changed, also where its own record has a hole.
  const goOn = (figures: Figures): Figures => {
    let last: number | null = null;
    return align(figures).map((value, index) => {
      last = value ?? last;
      return (inForce[index] ?? null) === null ? value : last;
    });
  };
  const { cpu, memory, network, connections } = answer.demand;
  const demand = {
    cpu: align(cpu),
    memory: align(memory),
    network: align(network),
    connections: align(connections),
  };
  return {
    acu: inForce,
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

/** Also the present pause, which is recorded only when it ends; null where it does not sleep. */
export function pausesUpTo(
  pauses: readonly Span[],
  asleepSinceMs: number | null,
  untilMs: number,
): readonly Span[] {
  if (asleepSinceMs === null || asleepSinceMs >= untilMs) return pauses;
  // The same pause may be among them as far as it was known.
  const past = pauses.filter(({ toMs }) => toMs <= asleepSinceMs);
  return [...past, { fromMs: asleepSinceMs, toMs: untilMs }];
}

export function csvOfLines(
  atMs: readonly number[],
  { acu, minAcu, maxAcu, demand, binding }: CapacityLines,
): readonly (readonly Cell[])[] {
  return [
    ['at', 'acu', 'min_acu', 'max_acu', ...RESOURCES.map((resource) => `${resource}_acu`), 'asks_for_most'],
    ...atMs.map((at, index) => [
      new Date(at).toISOString(),
      acu[index] ?? null,
      minAcu[index] ?? null,
      maxAcu[index] ?? null,
      ...RESOURCES.map((resource) => demand[resource][index] ?? null),
      binding[index] ?? null,
    ]),
  ];
}
