import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Ink } from '../app/theme.ts';
import type { Span } from '../view/time-window.ts';

export interface PlotSeries {
  readonly name: string;
  readonly stroke?: string;
  readonly fill?: string;
  readonly widthPx?: number;
  readonly dash?: readonly number[];
  /** Left to the caller: not joined across nulls, drawn as steps. */
  readonly values: readonly (number | null)[];
}

export interface PlotProps {
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
  readonly heightPx: number;
  /** Milliseconds since 1970, one for each value. */
  readonly atMs: readonly number[];
  /** Drawn in this order, the later ones over the earlier ones. */
  readonly series: readonly PlotSeries[];
  readonly span: Span;
  /** The end of the vertical axis; it begins at 0. */
  readonly top: number;
  readonly ink: Ink;
  readonly formatValue: (value: number) => string;
  /** Charts of one group show the same moment. */
  readonly syncKey?: string;
  /** A stretch was chosen by dragging. */
  readonly onZoom?: (fromMs: number, toMs: number) => void;
  /** The index that the pointer is at; null where it is elsewhere. */
  readonly onHover?: (index: number | null) => void;
  /** Draws what is neither area nor line; below the series and above them. */
  readonly drawBelow?: (plot: uPlot) => void;
  readonly drawAbove?: (plot: uPlot) => void;
}

const AXIS_FONT = '12px system-ui, sans-serif';
const stepped = uPlot.paths.stepped?.({ align: 1 });

/**
 * One canvas with a time axis. The plot is made anew only when its series are other ones; figures, size and span are
 * set in the one that is there.
 */
export function Plot(props: PlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = JSON.stringify([
    props.series.map(({ name, stroke, fill, widthPx, dash }) => [name, stroke, fill, widthPx, dash]),
    props.ink,
    props.heightPx,
    props.syncKey,
  ]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const made = new uPlot(optionsOf(latest, element.clientWidth), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0)
        made.setSize({ width: element.clientWidth, height: latest.current.heightPx });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    const made = plot.current;
    if (made === null) return;
    made.batch(() => {
      made.setData(dataOf(props), false);
      made.setScale('x', { min: props.span.fromMs / 1000, max: props.span.toMs / 1000 });
      made.setScale('y', { min: 0, max: props.top });
    });
  }, [
    props.atMs,
    props.series,
    props.span.fromMs,
    props.span.toMs,
    props.top,
    props.drawAbove,
    props.drawBelow,
  ]);

  return <div className="plot" ref={holder} role="img" aria-label={props.label} />;
}

function dataOf({ atMs, series }: PlotProps): uPlot.AlignedData {
  return [atMs.map((ms) => ms / 1000), ...series.map(({ values }) => values as (number | null)[])];
}

function optionsOf(latest: { readonly current: PlotProps }, width: number): uPlot.Options {
  const { series, ink, heightPx, syncKey, span } = latest.current;
  return {
    width: Math.max(1, width),
    height: heightPx,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false } }),
    },
    scales: {
      x: { time: true, min: span.fromMs / 1000, max: span.toMs / 1000 },
      y: { range: () => [0, latest.current.top] },
    },
    axes: [
      { stroke: ink.faint, font: AXIS_FONT, grid: { stroke: ink.grid, width: 1 }, ticks: { show: false } },
      {
        stroke: ink.faint,
        font: AXIS_FONT,
        size: 52,
        grid: { stroke: ink.grid, width: 1 },
        ticks: { show: false },
        values: (_plot, splits) => splits.map((value) => latest.current.formatValue(value)),
      },
    ],
    series: [{}, ...series.map(seriesOf)],
    hooks: {
      drawClear: [(plot) => latest.current.drawBelow?.(plot)],
      draw: [(plot) => latest.current.drawAbove?.(plot)],
      setSelect: [(plot) => zoom(plot, latest.current)],
      setCursor: [({ cursor }) => latest.current.onHover?.(cursor.idx ?? null)],
    },
  };
}

function seriesOf({ name, stroke, fill, widthPx, dash }: PlotSeries): uPlot.Series {
  return {
    label: name,
    ...(stroke === undefined ? {} : { stroke }),
    ...(fill === undefined ? {} : { fill }),
    width: widthPx ?? 0,
    ...(dash === undefined ? {} : { dash: [...dash] }),
    points: { show: false },
    spanGaps: false,
    ...(stepped === undefined ? {} : { paths: stepped }),
  };
}

function zoom(plot: uPlot, { onZoom }: PlotProps): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const [fromMs, toMs] = [left, left + width].map((at) => plot.posToVal(at, 'x') * 1000);
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (fromMs !== undefined && toMs !== undefined) onZoom?.(fromMs, toMs);
}
