import { formatPeriod } from '../terminal/numbers.ts';
import { span, type Line } from '../terminal/paint.ts';
import type { ColumnRange } from './columns.ts';

/** Writes how long ago into the axis itself. */
export function labelAxis(axis: Line, range: ColumnRange): Line {
  const cells = axis.length - 1;
  const spanMs = range.columnMs * range.count;
  const ago = (share: number): Line => [
    span(` -${formatPeriod(Math.round((spanMs * share) / 1000) * 1000)} `, { dim: true }),
  ];
  const labels: readonly (readonly [number, Line])[] = [
    [1, ago(1)],
    [Math.floor(cells / 2) - 3, ago(0.5)],
    [cells - 5, [span(' now ', { dim: true })]],
  ];
  return labels.reduce<Line>((line, [at, text]) => writeInto(line, at, text), axis);
}

/** Puts a text over the cells of an axis from the cell `at` on. An axis is its corner, then a span for each cell. */
export function writeInto(axis: Line, at: number, text: Line): Line {
  const marked = [...axis];
  const characters = text.flatMap(({ text: part, ink }) =>
    Array.from(part, (character) => span(character, ink)),
  );
  for (const [offset, character] of characters.entries()) {
    if (1 + at + offset < marked.length) marked[1 + at + offset] = character;
  }
  return marked;
}
