import { OTHER } from '../../history/history.ts';
import { formatAas, formatVcpus } from '../terminal/numbers.ts';
import { span, type ColorDepth, type Hue, type Line, type Span } from '../terminal/paint.ts';
import { fitRight } from '../terminal/text.ts';
import type { Mark } from '../terminal/wait-hues.ts';
import type { Column } from './columns.ts';

export interface ChartRequest {
  readonly columns: readonly Column[];
  /** Layers from the bottom up; keys without a mark are drawn as OTHER. */
  readonly marks: readonly Mark[];
  readonly height: number;
  readonly vcpus: number | null;
  /** Index of the first column after recording began; columns before it are empty, not gaps. */
  readonly firstColumn: number;
  readonly depth: ColorDepth;
}

/** Columns that the axis labels take. */
export const AXIS_WIDTH = 7;
const LOWER_BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const GRID: Hue = { c256: 240, c16: 90 };
const VCPU: Hue = { c256: 231, c16: 97 };
/** A column seen for less than this share of the fullest one is a gap. */
const MIN_COVERAGE = 0.1;

interface Segment {
  readonly mark: Mark;
  /** Height of the upper edge in rows from the bottom. */
  readonly top: number;
}

interface Stack {
  readonly kind: 'load' | 'gap' | 'before' | 'paused';
  readonly segments: readonly Segment[];
}

/** A round number at or above `value`, in steps that divide well. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => value <= step * power * 1.000_001) ?? 10;
  return Math.max(0.1, Number((factor * power).toPrecision(3)));
}

/** The stacked chart: `height` lines of plot with their axis labels, and below them the axis itself. */
export function renderChart(request: ChartRequest): readonly Line[] {
  const { columns, height, vcpus } = request;
  const peak = Math.max(0, ...columns.map(aasOf));
  const showsVcpus = vcpus !== null && vcpus <= Math.max(4 * peak, 4);
  const scale = niceCeiling(Math.max(peak, showsVcpus ? vcpus * 1.15 : 0, 0.5));
  const vcpuRow = showsVcpus ? height - 1 - Math.min(height - 1, Math.floor((vcpus / scale) * height)) : -1;
  const fullest = Math.max(...columns.map((column) => column.coveredMs));
  const stacks = columns.map((column, index) => {
    const stack = stackOf(column, fullest, request.marks, scale, height);
    // Of the first and the last column only a part belongs to the record: too little of it is no gap.
    const isEdge = index === request.firstColumn || index === columns.length - 1;
    return index < request.firstColumn || (isEdge && stack.kind === 'gap') ? BEFORE : stack;
  });
  const lines: Line[] = [];
  for (let row = 0; row < height; row += 1) {
    const label = axisLabel(row, height, scale, row === vcpuRow ? vcpus : null);
    const cells = stacks.map((stack, index) => {
      const cell = drawCell(stack, height - 1 - row, request.depth);
      return row === vcpuRow ? overlayVcpus(cell, stack, index) : cell;
    });
    lines.push([span(label, row === vcpuRow ? { fg: VCPU, bold: true } : { fg: GRID }), ...cells]);
  }
  return [...lines, [span(`${fitRight('0', AXIS_WIDTH - 2)} └`, { fg: GRID }), ...stacks.map(axisCell)]];
}

const BEFORE: Stack = { kind: 'before', segments: [] };

function aasOf(column: Column): number {
  if (column.coveredMs <= 0) return 0;
  let sum = 0;
  for (const weightMs of column.weightMs.values()) sum += weightMs;
  return sum / column.coveredMs;
}

function stackOf(
  column: Column,
  fullest: number,
  marks: readonly Mark[],
  scale: number,
  height: number,
): Stack {
  if (column.coveredMs <= 0 || column.coveredMs < MIN_COVERAGE * fullest)
    return { kind: 'gap', segments: [] };
  if (column.pausedMs > column.coveredMs / 2) return { kind: 'paused', segments: [] };
  const named = new Set(marks.map((mark) => mark.key));
  const unnamed = [...column.weightMs].reduce((sum, [key, ms]) => (named.has(key) ? sum : sum + ms), 0);
  const segments: Segment[] = [];
  let sum = 0;
  for (const mark of marks) {
    const own = (column.weightMs.get(mark.key) ?? 0) + (mark.key === OTHER ? unnamed : 0);
    if (own <= 0) continue;
    sum += own / column.coveredMs;
    segments.push({ mark, top: (sum / scale) * height });
  }
  return { kind: 'load', segments };
}

/** One cell: the part of the stack between `level` and `level + 1` rows from the bottom. */
function drawCell(stack: Stack, level: number, depth: ColorDepth): Span {
  if (stack.kind === 'gap') return span('·', { fg: GRID });
  if (stack.kind === 'paused') return span(level === 0 ? 'z' : ' ', { fg: GRID });
  const parts = partsWithin(stack.segments, level);
  const filled = parts.reduce((sum, part) => sum + part.size, 0);
  // Anything at all shows as a sliver, so that a little load is not taken for none.
  const eighths = level === 0 && filled > 0 ? Math.max(1, Math.round(filled * 8)) : Math.round(filled * 8);
  const lowest = parts[0];
  if (lowest === undefined || eighths === 0) return span(' ');
  if (depth === 0) return letterCell(parts, filled, level);
  const lower = Math.round(lowest.size * 8);
  const above = parts.slice(1).toSorted((a, b) => b.size - a.size)[0];
  if (eighths === 8 && above !== undefined && lower < 8) {
    // Two layers in one cell: the lower is the block, the upper its background.
    return lower === 0
      ? span('█', { fg: above.mark.hue })
      : span(LOWER_BLOCKS[lower - 1] ?? '█', { fg: lowest.mark.hue, bg: above.mark.hue });
  }
  const widest = parts.reduce((best, part) => (part.size > best.size ? part : best));
  return span(LOWER_BLOCKS[eighths - 1] ?? '█', { fg: widest.mark.hue });
}

function letterCell(parts: readonly Part[], filled: number, level: number): Span {
  const widest = parts.reduce((best, part) => (part.size > best.size ? part : best));
  if (filled >= 0.5) return span(widest.mark.letter);
  return span(level === 0 ? '.' : ' ');
}

interface Part {
  readonly mark: Mark;
  readonly size: number;
}

function partsWithin(segments: readonly Segment[], level: number): readonly Part[] {
  const parts: Part[] = [];
  let bottom = 0;
  for (const { mark, top } of segments) {
    const size = Math.min(top, level + 1) - Math.max(bottom, level);
    if (size > 0) parts.push({ mark, size });
    bottom = top;
  }
  return parts;
}

/** Dashes across the row of the processor count; over load only every second one, so that the load stays visible. */
function overlayVcpus(cell: Span, stack: Stack, index: number): Span {
  if (cell.text === ' ' || cell.text === '·' || cell.text === '.') return span('╌', { fg: VCPU });
  if (index % 2 === 1 || stack.kind !== 'load') return cell;
  return span('╌', { fg: VCPU, bg: cell.text === '█' ? cell.ink?.fg : undefined });
}

function axisLabel(row: number, height: number, scale: number, vcpus: number | null): string {
  if (vcpus !== null) return `${fitRight(`${formatVcpus(vcpus)} cpu`, AXIS_WIDTH - 2)} ┤`;
  const middle = Math.floor(height / 2);
  if (row === 0) return `${fitRight(formatAxis(scale), AXIS_WIDTH - 2)} ┤`;
  if (row === middle && height >= 5 && (height % 2 === 0 || height > 6)) {
    return `${fitRight(formatAxis((scale * (height - middle)) / height), AXIS_WIDTH - 2)} ┤`;
  }
  return `${' '.repeat(AXIS_WIDTH - 2)} │`;
}

function formatAxis(value: number): string {
  return Number.isInteger(value) ? String(value) : formatAas(value);
}

function axisCell(stack: Stack): Span {
  if (stack.kind === 'gap') return span('╳', { fg: { c256: 203, c16: 91 } });
  if (stack.kind === 'before') return span(' ');
  return span('─', { fg: GRID });
}
