import { ACU_STEP } from '../../capacity/acu.ts';
import { span, type ColorDepth, type Hue, type Line, type Span } from '../terminal/paint.ts';
import { fitRight } from '../terminal/text.ts';
import { AXIS_WIDTH } from './chart.ts';
import type { CapacityPoint } from './capacity-view.ts';
import { formatAcu } from './capacity-view.ts';
import type { ColumnRange } from './columns.ts';

/** Capacity over a short period; null before the first decision is known. */
export interface CapacityColumn {
  readonly acu: number;
  readonly demandAcu: number;
}

const USED: Hue = { c256: 44, c16: 96 };
const HELD: Hue = { c256: 24, c16: 34 };
const GRID: Hue = { c256: 240, c16: 90 };
const LOWER_BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Cells that demand does not reach, where there is no colour to tell them apart. */
const HELD_SHADE = '▒';

/** The highest capacity and demand of each column, so that a short rise is not lost between two columns. */
export function toCapacityColumns(
  points: readonly CapacityPoint[],
  range: ColumnRange,
  nowMs: number,
): readonly (CapacityColumn | null)[] {
  const columns: (CapacityColumn | null)[] = [];
  let next = 0;
  let before: CapacityPoint | undefined;
  for (let index = 0; index < range.count; index += 1) {
    const startMs = range.startMs + index * range.columnMs;
    const endMs = startMs + range.columnMs;
    let column = before === undefined || startMs > nowMs ? null : columnOf(before);
    for (let point = points[next]; point !== undefined && point.atMs <= endMs; point = points[next]) {
      // What was decided before the window began is only where it starts from.
      column = point.atMs <= startMs ? columnOf(point) : highest(column, columnOf(point));
      before = point;
      next += 1;
    }
    columns.push(column);
  }
  return columns;
}

function columnOf({ acu, demandAcu }: CapacityPoint): CapacityColumn {
  return { acu, demandAcu: demandAcu ?? 0 };
}

function highest(a: CapacityColumn | null, b: CapacityColumn): CapacityColumn {
  if (a === null) return b;
  return { acu: Math.max(a.acu, b.acu), demandAcu: Math.max(a.demandAcu, b.demandAcu) };
}

/** The maximum, so that the picture shows how much of it is used; halved as long as a large one leaves it empty. */
export function capacityScale(columns: readonly (CapacityColumn | null)[], maxAcu: number): number {
  const peak = Math.max(ACU_STEP, ...columns.map((column) => column?.acu ?? 0));
  let scale = maxAcu;
  while (scale > 16 && scale / 2 >= peak) scale /= 2;
  return scale;
}

export interface CapacityChartRequest {
  readonly columns: readonly (CapacityColumn | null)[];
  readonly height: number;
  readonly maxAcu: number;
  readonly depth: ColorDepth;
}

/** `height` lines of plot with their axis labels, without an axis. */
export function renderCapacityChart(request: CapacityChartRequest): readonly Line[] {
  const { columns, height, depth } = request;
  const scale = capacityScale(columns, request.maxAcu);
  return Array.from({ length: height }, (_, row): Line => {
    const level = height - 1 - row;
    const cells = columns.map((column) => drawCell(column, level, (8 * height) / scale, depth));
    return [span(axisLabel(row, height, scale), { fg: GRID }), ...cells];
  });
}

/** What the two shades mean, for the line above the chart. */
export function capacityLegend(depth: ColorDepth): Line {
  const [used, held] =
    depth === 0 ? [span('█'), span(HELD_SHADE)] : [span('■', { fg: USED }), span('■', { fg: HELD })];
  return [
    span(' capacity, ACU  ', { bold: true }),
    used,
    span(' in demand  ', { dim: true }),
    held,
    span(' held ready ', { dim: true }),
  ];
}

function axisLabel(row: number, height: number, scale: number): string {
  const middle = height / 2;
  if (row === 0) return `${fitRight(formatAcu(scale), AXIS_WIDTH - 2)} ┤`;
  if (row === middle) return `${fitRight(formatAcu(scale / 2), AXIS_WIDTH - 2)} ┤`;
  return `${' '.repeat(AXIS_WIDTH - 2)} │`;
}

/** One cell: what of the column lies between `level` and `level + 1` rows from the bottom. */
function drawCell(
  column: CapacityColumn | null,
  level: number,
  eighthsPerAcu: number,
  depth: ColorDepth,
): Span {
  if (column === null) return span(' ');
  const filled = eighthsIn(column.acu * eighthsPerAcu, level);
  if (filled === 0) return span(' ');
  // At least a sliver at the bottom: a demand near zero is one, too.
  const used = Math.min(filled, eighthsIn(Math.min(column.demandAcu, column.acu) * eighthsPerAcu, level));
  const block = LOWER_BLOCKS[filled - 1] ?? '█';
  if (depth === 0) return span(filled === 8 && used < 4 ? HELD_SHADE : block);
  if (filled === 8 && used > 0 && used < 8) {
    return span(LOWER_BLOCKS[used - 1] ?? '█', { fg: USED, bg: HELD });
  }
  return span(block, { fg: used * 2 >= filled ? USED : HELD });
}

function eighthsIn(eighths: number, level: number): number {
  return Math.max(0, Math.min(8, Math.round(eighths) - 8 * level));
}
