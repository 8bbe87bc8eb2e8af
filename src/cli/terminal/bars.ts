import { span, type ColorDepth, type Line } from './paint.ts';
import type { Mark } from './wait-hues.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A horizontal bar with eighth-of-a-cell resolution; anything above zero shows. */
export function bar(value: number, full: number, columns: number): string {
  if (!(value > 0) || !(full > 0)) return '';
  const eighths = Math.max(1, Math.round((Math.min(value, full) / full) * columns * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** A bar of coloured parts (letters without colour), its length proportional to the sum of the parts. */
export function stackedBar(
  parts: readonly { readonly key: string; readonly aas: number }[],
  marks: readonly Mark[],
  full: number,
  columns: number,
  depth: ColorDepth,
): Line {
  const total = parts.reduce((sum, part) => sum + part.aas, 0);
  if (!(total > 0) || !(full > 0)) return [span(' '.repeat(columns))];
  const cells = Math.round((Math.min(total, full) / full) * columns);
  if (cells === 0) return sliver(parts, marks, columns, depth);
  const line = [];
  let drawn = 0;
  let sum = 0;
  for (const mark of marks) {
    sum += parts.reduce((own, part) => (part.key === mark.key ? own + part.aas : own), 0);
    const end = Math.round((sum / total) * cells);
    if (end > drawn) {
      line.push(
        depth === 0 ? span(mark.letter.repeat(end - drawn)) : span('█'.repeat(end - drawn), { fg: mark.hue }),
      );
      drawn = end;
    }
  }
  return [...line, span(' '.repeat(columns - drawn))];
}

/** Less than half a cell: there is something, but next to nothing. */
function sliver(
  parts: readonly { readonly key: string; readonly aas: number }[],
  marks: readonly Mark[],
  columns: number,
  depth: ColorDepth,
): Line {
  const largest = parts.reduce((best, part) => (part.aas > best.aas ? part : best));
  const mark = marks.find(({ key }) => key === largest.key);
  return [span(depth === 0 ? '.' : '▏', { fg: mark?.hue }), span(' '.repeat(columns - 1))];
}
