import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { IDLE_IN_TRANSACTION_COLOR } from '../color/palette.ts';
import type { ColorOf } from '../color/layer-colors.ts';
import { formatCount, formatLoad } from '../format/numbers.ts';
import type { Ink } from '../app/theme.ts';
import type { Span } from '../view/time-window.ts';
import { drawGaps, drawLevelName, drawPauses, type LevelName } from './marks.ts';
import type { PlotSeries } from './plot-drawing.ts';
import { Plot } from './plot.tsx';
import { axisTop, highestOf, stackLayers, type Layer } from './stack.ts';
import { withEnd, withEnds } from './steps.ts';

export interface LoadChartProps {
  readonly label: string;
  readonly span: Span;
  readonly periodMs: number;
  /** Start of each period. */
  readonly atMs: readonly number[];
  /** From the bottom. */
  readonly layers: readonly Layer[];
  readonly colorOf: ColorOf;
  /** Beside the stack: sessions that are not active, and yet hold something. */
  readonly idleInTransaction?: readonly (number | null)[];
  /** Processors of the capacity in force; one for each period. */
  readonly vcpus?: readonly (number | null)[];
  readonly vcpusName?: string;
  /** Processors of the maximum capacity. */
  readonly mostVcpus?: number | null;
  readonly gaps: readonly Span[];
  readonly pauses: readonly Span[];
  readonly ink: Ink;
  readonly heightPx?: number;
  readonly syncKey?: string;
  readonly onZoom?: (fromMs: number, toMs: number) => void;
  readonly onHover?: (index: number | null) => void;
  /** The end of the axis where several charts are to have the same. */
  readonly top?: number;
}

const HEIGHT_PX = 300;

/** Average active sessions as stacked areas, against the processors that there are. */
export function LoadChart(props: LoadChartProps) {
  const { layers, atMs, periodMs, colorOf, idleInTransaction, vcpus, ink, gaps, pauses } = props;
  const mostVcpus = props.mostVcpus ?? null;
  const stack = useMemo(() => stackLayers(layers, atMs.length), [layers, atMs.length]);
  const top = useMemo(() => {
    const highestIdle = highestOf(idleInTransaction ?? []);
    return props.top ?? axisTop(Math.max(stack.highest, highestIdle), [highestOf(vcpus ?? []), mostVcpus]);
  }, [stack, idleInTransaction, vcpus, mostVcpus, props.top]);
  const series = useMemo((): readonly PlotSeries[] => {
    // Painted from the top of the stack down, each over the one before, so that no colour shines through another.
    const areas = layers.map(({ key }, index) => ({
      name: key,
      fill: colorOf(key),
      values: withEnd(stack.tops[index] ?? []),
    }));
    return [
      ...areas.toReversed(),
      ...line('idle in transaction', idleInTransaction, IDLE_IN_TRANSACTION_COLOR, [2, 3]),
      ...line(props.vcpusName ?? 'vCPUs', vcpus, ink.line, [7, 4]),
      ...line('vCPUs of the maximum', constant(mostVcpus, atMs.length), ink.limit, [2, 4]),
    ];
  }, [layers, stack, colorOf, idleInTransaction, vcpus, props.vcpusName, mostVcpus, atMs.length, ink]);
  const levels = useMemo(
    () => levelNames(vcpus, props.vcpusName, mostVcpus, ink),
    [vcpus, props.vcpusName, mostVcpus, ink],
  );
  const drawBelow = useCallback((plot: uPlot) => drawPauses(plot, pauses, ink), [pauses, ink]);
  const drawAbove = useCallback(
    (plot: uPlot) => {
      drawGaps(plot, gaps, ink);
      for (const level of levels) if (level.value <= top) drawLevelName(plot, level, ink);
    },
    [gaps, ink, levels, top],
  );
  return (
    <Plot
      label={props.label}
      heightPx={props.heightPx ?? HEIGHT_PX}
      atMs={useMemo(() => withEnds(atMs, periodMs), [atMs, periodMs])}
      series={series}
      span={props.span}
      top={top}
      ink={ink}
      formatValue={formatLoad}
      drawBelow={drawBelow}
      drawAbove={drawAbove}
      {...(props.syncKey === undefined ? {} : { syncKey: props.syncKey })}
      {...(props.onZoom === undefined ? {} : { onZoom: props.onZoom })}
      {...(props.onHover === undefined ? {} : { onHover: props.onHover })}
    />
  );
}

/** The processors that there are now, at the left, and those of the maximum, where these are more. */
function levelNames(
  vcpus: readonly (number | null)[] | undefined,
  vcpusName = 'vCPUs',
  mostVcpus: number | null,
  ink: Ink,
): readonly LevelName[] {
  const last = vcpus?.findLast((value) => value !== null) ?? null;
  const levels: LevelName[] = [];
  if (last !== null && last > 0 && last !== mostVcpus) {
    levels.push({ value: last, text: `${formatCount(last)} ${vcpusName}`, color: ink.line, end: 'left' });
  }
  if (mostVcpus !== null) {
    const text = `${formatCount(mostVcpus)} vCPUs at the maximum`;
    levels.push({ value: mostVcpus, text, color: ink.limit, end: 'right' });
  }
  return levels;
}

function line(
  name: string,
  values: readonly (number | null)[] | undefined,
  stroke: string,
  dash: readonly number[],
): PlotSeries[] {
  const isThere = values?.some((value) => value !== null && value > 0) ?? false;
  return values === undefined || !isThere
    ? []
    : [{ name, stroke, widthPx: 2, dash, values: withEnd(values) }];
}

function constant(value: number | null, length: number): readonly (number | null)[] {
  return Array.from({ length }, () => value);
}
