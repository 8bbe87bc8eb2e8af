import type { TracePlan } from '../../planner/results.ts';
import { span, type Hue, type Ink, type Line, type Span } from '../terminal/paint.ts';
import { fitRight } from '../terminal/text.ts';
import {
  axisTop,
  formatAcu,
  formatPercent,
  formatPlace,
  largest,
  MOST_SHORT_DRAWN,
  plannedChart,
  shortHeights,
} from './figures.ts';

const HEIGHT = 10;
const AXIS_WIDTH = 7;
const FAINT: Ink = { dim: true };
const DEMAND: Hue = { c256: 34, c16: 32 };
const PEAK: Hue = { c256: 71, c16: 32 };
const CAPACITY: Hue = { c256: 51, c16: 96 };
const SHORT: Hue = { c256: 203, c16: 91 };
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One column of the chart: means and extremes of its part of the time, in ACU. */
interface Column {
  readonly demand: number;
  readonly peak: number;
  readonly capacity: number;
  readonly short: number;
}

/** Demand and the capacity of the planned policy over time, with a row below for what was short. */
export function planChart(plan: TracePlan, width: number): readonly Line[] {
  const columns = columnsOf(plan, Math.max(10, width - AXIS_WIDTH));
  if (columns.length === 0) return [];
  const scale = axisTop(largest(columns.flatMap(({ peak, capacity }) => [peak, capacity])));
  const rows = Array.from({ length: HEIGHT }, (_, row) => chartRow(columns, row, scale));
  return [
    ...rows,
    [span(`${fitRight('0', AXIS_WIDTH - 2)} └${'─'.repeat(columns.length)}`, FAINT)],
    ...[shortRow(columns)].filter((line) => line.length > 0),
    places(plan, columns.length),
    legend(columns),
  ];
}

/** So many columns as fit; where there are fewer points they are repeated. */
function columnsOf(plan: TracePlan, most: number): readonly Column[] {
  const run = plannedChart(plan);
  const { meanAcu, maxAcu } = plan.demandChart;
  const points = meanAcu.length;
  if (run === null || points === 0) return [];
  return Array.from({ length: most }, (_, column) => {
    const from = Math.floor((column * points) / most);
    const to = Math.max(from + 1, Math.floor(((column + 1) * points) / most));
    return {
      demand: mean(meanAcu.slice(from, to)),
      peak: largest(maxAcu.slice(from, to)),
      capacity: mean(run.meanAcu.slice(from, to)),
      short: mean(run.shortfallAcu.slice(from, to)),
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function chartRow(columns: readonly Column[], row: number, scale: number): Line {
  const level = HEIGHT - 1 - row;
  const cells = columns.map((column) => cell(column, level, HEIGHT / scale));
  return [span(axisLabel(row, scale), FAINT), ...cells];
}

/** The part of a column between `level` and `level + 1` rows from the bottom; the line of capacity lies over the rest. */
function cell({ demand, peak, capacity }: Column, level: number, rowsPerAcu: number): Span {
  const filled = Math.min(1, demand * rowsPerAcu - level);
  // What lies on the edge of a row belongs to the row below it, so that a capacity at the top is still on the chart.
  const line = Math.max(0, capacity * rowsPerAcu - 1e-6) - level;
  const isLine = line >= 0 && line < 1;
  if (isLine && filled < 1)
    return span(line < 1 / 3 ? '▁' : line < 2 / 3 ? '─' : '▔', { fg: CAPACITY, bold: true });
  if (isLine) return span('▔', { fg: CAPACITY, bg: DEMAND, bold: true });
  const eighths = level === 0 && demand > 0 ? Math.max(1, Math.round(filled * 8)) : Math.round(filled * 8);
  if (eighths >= 1) return span(BLOCKS[eighths - 1] ?? '█', { fg: DEMAND });
  const top = Math.max(0, peak * rowsPerAcu - 1e-6) - level;
  return top >= 0 && top < 1 ? span('·', { fg: PEAK }) : span(' ');
}

function axisLabel(row: number, scale: number): string {
  if (row === 0) return `${fitRight(formatAcu(scale), AXIS_WIDTH - 2)} ┤`;
  if (row === HEIGHT / 2) return `${fitRight(formatAcu(scale / 2), AXIS_WIDTH - 2)} ┤`;
  return `${row === 1 ? fitRight('ACU', AXIS_WIDTH - 2) : ' '.repeat(AXIS_WIDTH - 2)} │`;
}

/** Where capacity was short, and how much of the demand that was. */
function shortRow(columns: readonly Column[]): Line {
  const heights = shortHeights(
    columns.map(({ demand }) => demand),
    columns.map(({ short }) => short),
  );
  const marks = heights.map((height) => BLOCKS[Math.round(height * 8) - 1] ?? ' ');
  if (marks.every((mark) => mark === ' ')) return [];
  return [span(`${fitRight('short', AXIS_WIDTH - 2)}  `, { fg: SHORT }), span(marks.join(''), { fg: SHORT })];
}

/** When it began, its middle and its end. */
function places({ trace: { start, hours } }: TracePlan, width: number): Line {
  const [first, middle, last] = [0, hours / 2, hours].map((hoursIn) => formatPlace(start, hoursIn, hours));
  const half = Math.floor(width / 2);
  const left = (first ?? '').padEnd(half - Math.floor((middle ?? '').length / 2)) + (middle ?? '');
  const zone = start === null ? '' : ' UTC';
  return [
    span(' '.repeat(AXIS_WIDTH) + left + fitRight(`${last}${zone}`, Math.max(1, width - left.length)), FAINT),
  ];
}

function legend(columns: readonly Column[]): Line {
  const isShort = columns.some(({ short }) => short > 0);
  return [
    span(' '.repeat(AXIS_WIDTH)),
    span('█', { fg: DEMAND }),
    span(' demand, mean   ', FAINT),
    span('·', { fg: PEAK }),
    span(' its highest   ', FAINT),
    span('─', { fg: CAPACITY, bold: true }),
    span(' capacity, mean', FAINT),
    ...(isShort
      ? [span('   ▄', { fg: SHORT }), span(` short (█ ${formatPercent(MOST_SHORT_DRAWN)})`, FAINT)]
      : []),
  ];
}
