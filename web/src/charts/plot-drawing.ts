import uPlot from 'uplot';
import type { Ink } from '../app/theme.ts';
import type { Span } from '../view/time-window.ts';
import { axisTimes } from './time-axis.ts';

export interface PlotSeries {
  readonly name: string;
  readonly stroke?: string;
  readonly fill?: string;
  readonly widthPx?: number;
  readonly dash?: readonly number[];
  /** Not joined across nulls; each value is drawn as a step to the next one. */
  readonly values: readonly (number | null)[];
}

export interface Drawn {
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

/** The name of the performance mark that is set whenever something is on the screen, for whoever measures. */
const DRAWN = 'airglow-drawn';
const AXIS_FONT = '12px system-ui, sans-serif';
/** As wide everywhere where labels are short, so that charts below each other have one time axis. */
const LEAST_AXIS_PX = 52;
/** Between a label and the plot, and a little at the edge. */
const LABEL_ROOM_PX = 9;
const LEAST_DRAG_PX = 4;
/** Were dragging told to the other charts of the group, each of them would zoom, too. */
const POINTER_ONLY: uPlot.Cursor.Sync.Filters = { pub: (type) => type === 'mousemove' };
const stepped = uPlot.paths.stepped?.({ align: 1 });

/**
 * The plot in an element. It is made anew only when its series are other ones; figures, size and span are set in the one
 * that is there, and what has not changed costs nothing.
 */
export class PlotDrawing {
  readonly #element: HTMLElement;
  readonly #observer: ResizeObserver;
  #plot: uPlot | null = null;
  #shown: Drawn | null = null;
  #shape = '';

  constructor(element: HTMLElement) {
    this.#element = element;
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(element);
  }

  show(next: Drawn): void {
    const before = this.#shown;
    this.#shown = next;
    if (this.#plot !== null && before !== null && isSamePicture(before, next)) return;
    const shape = shapeOf(next);
    if (this.#plot === null || shape !== this.#shape) {
      this.#shape = shape;
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(next), dataOf(next), this.#element);
      return;
    }
    const plot = this.#plot;
    plot.batch(() => {
      plot.setData(dataOf(next), false);
      plot.setScale('x', { min: next.span.fromMs / 1000, max: next.span.toMs / 1000 });
      plot.setScale('y', { min: 0, max: next.top });
    });
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #fit(): void {
    const width = this.#element.clientWidth;
    if (this.#shown === null || this.#plot === null || width === 0 || width === this.#plot.width) return;
    this.#plot.setSize({ width, height: this.#shown.heightPx });
  }

  #options({ series, ink, heightPx, syncKey, span, top }: Drawn): uPlot.Options {
    const axis = {
      stroke: ink.faint,
      font: AXIS_FONT,
      grid: { stroke: ink.grid, width: 1 },
      ticks: { show: false },
    };
    return {
      width: Math.max(1, this.#element.clientWidth),
      height: heightPx,
      padding: [8, 30, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false, filters: POINTER_ONLY } }),
      },
      scales: {
        x: { time: true, min: span.fromMs / 1000, max: span.toMs / 1000 },
        y: { range: () => [0, this.#shown?.top ?? top] },
      },
      axes: [
        {
          ...axis,
          space: 76,
          values: (_plot, splits, _axis, _space, step) => [...axisTimes(splits, step)],
        },
        {
          ...axis,
          size: (_plot, labels) => axisWidth(labels),
          values: (_plot, splits) => splits.map((value) => this.#shown?.formatValue(value) ?? ''),
        },
      ],
      series: [{}, ...series.map(seriesOf)],
      hooks: {
        drawClear: [(plot) => this.#shown?.drawBelow?.(plot)],
        draw: [(plot) => this.#shown?.drawAbove?.(plot), () => this.#tell()],
        setSelect: [(plot) => this.#zoom(plot)],
        setCursor: [({ cursor }) => this.#shown?.onHover?.(cursor.idx ?? null)],
      },
    };
  }

  #zoom(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < LEAST_DRAG_PX) return;
    const fromMs = plot.posToVal(left, 'x') * 1000;
    const toMs = plot.posToVal(left + width, 'x') * 1000;
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.#shown?.onZoom?.(fromMs, toMs);
  }

  #tell(): void {
    if (this.#shown === null) return;
    const { span, series } = this.#shown;
    performance.clearMarks(DRAWN);
    performance.mark(DRAWN, { detail: { ...span, series: series.map(({ name }) => name) } });
  }
}

function isSamePicture(one: Drawn, other: Drawn): boolean {
  return (
    one.atMs === other.atMs &&
    one.series === other.series &&
    one.top === other.top &&
    one.ink === other.ink &&
    one.heightPx === other.heightPx &&
    one.span.fromMs === other.span.fromMs &&
    one.span.toMs === other.span.toMs &&
    one.drawAbove === other.drawAbove &&
    one.drawBelow === other.drawBelow
  );
}

/** What a plot cannot be told later. */
function shapeOf({ series, ink, heightPx, syncKey }: Drawn): string {
  const lines = series.map(({ name, stroke, fill, widthPx, dash }) => [name, stroke, fill, widthPx, dash]);
  return JSON.stringify([lines, ink, heightPx, syncKey]);
}

function dataOf({ atMs, series }: Drawn): uPlot.AlignedData {
  return [atMs.map((ms) => ms / 1000), ...series.map(({ values }) => values as (number | null)[])];
}

let measuring: CanvasRenderingContext2D | null = null;

/** Of the vertical axis: what its longest label takes. There are none yet when the plot is made. */
function axisWidth(labels: readonly string[] | null): number {
  measuring ??= document.createElement('canvas').getContext('2d');
  if (measuring === null || labels === null) return LEAST_AXIS_PX;
  measuring.font = AXIS_FONT;
  const widths = labels.map((label) => measuring?.measureText(label).width ?? 0);
  return Math.max(LEAST_AXIS_PX, Math.ceil(Math.max(0, ...widths)) + LABEL_ROOM_PX);
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
