import type { LoadAnswer } from '../../../../src/api/answers.ts';
import { stackingOrder } from '../../color/layer-colors.ts';
import { stackLayers } from '../../charts/stack.ts';

export interface SparkArea {
  readonly key: string;
  /** For the `d` of a path in a box of `width` by `height`. */
  readonly path: string;
}

export interface Spark {
  /** In the order in which they are to be painted: each covers the lower part of the one before. */
  readonly areas: readonly SparkArea[];
  /** Where it was observed: a line of one unit along the ground. */
  readonly ground: string;
  /** Where it was asleep, over the whole height. */
  readonly pauses: string;
  readonly highest: number;
}

/** Load over time as stacked steps in a small box; gaps have not even a ground. `least` is the least load that fills the box. */
export function sparkAreas(answer: LoadAnswer, width: number, height: number, least: number): Spark {
  const byKey = new Map(answer.series.map(({ key, aas }) => [key, { key, values: aas }]));
  const layers = stackingOrder('db.wait_event', [...byKey.keys()]).flatMap((key) => byKey.get(key) ?? []);
  const count = answer.atMs.length;
  const { tops, highest } = stackLayers(layers, count);
  const scale = height / Math.max(highest, least);
  const step = count === 0 ? 0 : width / count;
  const areas = layers.map(({ key }, index) => ({
    key,
    path: stepsOf(tops[index] ?? [], step, height, scale),
  }));
  const observed = answer.coveredMs.map((ms) => (ms > 0 ? 1 : null));
  return {
    areas: areas.toReversed(),
    ground: stepsOf(observed, step, height, 1),
    pauses: pausesOf(answer, width, height),
    highest,
  };
}

function pausesOf({ meta: { fromMs, toMs, pauses } }: LoadAnswer, width: number, height: number): string {
  const at = (ms: number): number => round(((ms - fromMs) / (toMs - fromMs)) * width);
  return pauses.map((pause) => `M${at(pause.fromMs)} ${height}V0H${at(pause.toMs)}V${height}z`).join('');
}

function stepsOf(values: readonly (number | null)[], step: number, height: number, scale: number): string {
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null || value * scale < 0.05) continue;
    const [left, top] = [round(index * step), round(height - value * scale)];
    path += `M${left} ${height}V${top}H${round((index + 1) * step)}V${height}z`;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
