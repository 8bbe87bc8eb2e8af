import { useMemo } from 'react';
import type { LiveTick, LoadAnswer } from '../../../../src/api/answers.ts';
import { OTHER } from '../../../../src/history/history.ts';
import type { Dimension } from '../../../../src/load/model.ts';
import { useLoad, type Selection } from '../../api/queries.ts';
import { showsTicks } from '../../api/refresh.ts';
import { useLive, type Live } from '../../api/use-live.ts';
import { bridgePeriods, remainingGaps } from '../../charts/bridge.ts';
import { mergeLive, type LivePoint } from '../../charts/merge-live.ts';
import type { Layer } from '../../charts/stack.ts';
import { stackingOrder } from '../../color/layer-colors.ts';
import { spanOf, type Span } from '../../view/time-window.ts';

export interface ShownLoad {
  readonly answer: LoadAnswer;
  readonly span: Span;
  readonly periodMs: number;
  readonly atMs: readonly number[];
  /** From the bottom of the stack. */
  readonly layers: readonly Layer[];
  readonly labelOf: (key: string) => string;
  readonly idleInTransaction: readonly (number | null)[];
  readonly gaps: readonly Span[];
  readonly live: Live;
  /** A newer answer is on its way; what is shown may be of another window. */
  readonly isOlder: boolean;
}

const LAYERS = 10;

/** Load over time as the chart shows it: the record, and in short windows the newest ticks with it. */
export function useShownLoad(selection: Selection, slice: Dimension, nowMs: number, isOn = true) {
  const { window, filters, target } = selection;
  const load = useLoad({ ...selection, limit: LAYERS }, slice, isOn);
  const idle = useLoad({ ...selection, activity: 'idle in transaction' }, null);
  // The stream knows nothing of filters.
  const isLive = isOn && showsTicks(window) && filters.length === 0;
  const live = useLive(target, slice, isLive);
  const shown = useMemo((): ShownLoad | null => {
    const answer = load.data;
    if (answer === undefined || !isOn) return null;
    const span = load.isPlaceholderData ? spanOfAnswer(answer) : spanOf(window, nowMs);
    const labels = new Map(answer.series.map(({ key, label }) => [key, label]));
    const periodMs = answer.meta.periodSeconds * 1000;
    const grown = bridgePeriods(grow(answer, periodMs, span.toMs), periodMs);
    const points = live.ticks.map((tick) => pointOf(tick, slice));
    const { atMs, layers } = mergeLive(grown, periodMs, points, OTHER);
    const byKey = new Map(layers.map((layer) => [layer.key, layer]));
    const order = stackingOrder(slice, [...byKey.keys()]);
    return {
      answer,
      span,
      periodMs,
      atMs,
      layers: order.flatMap((key) => byKey.get(key) ?? []),
      labelOf: (key) => labels.get(key) ?? key,
      idleInTransaction: alignTo(atMs, idle.data),
      gaps: remainingGaps(answer.meta.gaps, grown, periodMs),
      live,
      isOlder: load.isPlaceholderData,
    };
  }, [load.data, load.isPlaceholderData, idle.data, live, nowMs, window, slice, isOn]);
  return { shown, error: load.error, isLoading: load.data === undefined && load.error === null };
}

function spanOfAnswer({ meta: { fromMs, toMs } }: LoadAnswer): Span {
  return { fromMs, toMs };
}

/** With empty periods up to now, for ticks that are newer than the answer. */
function grow(answer: LoadAnswer, periodMs: number, untilMs: number) {
  const atMs = [...answer.atMs];
  for (let next = (atMs.at(-1) ?? untilMs) + periodMs; next < untilMs; next += periodMs) atMs.push(next);
  const missing = Array.from({ length: atMs.length - answer.atMs.length }, () => null);
  return {
    atMs,
    coveredMs: [...answer.coveredMs, ...missing.map(() => 0)],
    layers: answer.series.map(({ key, aas }) => ({ key, values: [...aas, ...missing] })),
  };
}

function pointOf(tick: LiveTick, slice: Dimension): LivePoint {
  const groups = tick.by[slice] ?? [];
  return {
    endMs: tick.atMs,
    durationMs: tick.durationMs,
    byKey: new Map(groups.map(({ key, aas }) => [key, aas])),
  };
}

function alignTo(atMs: readonly number[], idle: LoadAnswer | undefined): readonly (number | null)[] {
  const known = new Map(idle?.atMs.map((at, index) => [at, idle.series[0]?.aas[index] ?? null]));
  // Where nobody is idle in a transaction there is no line.
  return atMs.map((at) => known.get(at) || null);
}
