import { span, type Ink, type Line } from '../terminal/paint.ts';
import { clean, fit, fitRight, width } from '../terminal/text.ts';

/** A table of figures on a terminal, which leaves out columns that there is no room for. */

export interface TableColumn<Row> {
  readonly title: string;
  readonly isText?: true;
  /** The larger, the sooner it is left out; 0 stays. */
  readonly expendable: number;
  readonly text: (row: Row) => string;
}

export interface TableRow<Row> {
  readonly row: Row;
  readonly ink?: Ink;
}

const GAP = 2;
const HEADING: Ink = { dim: true };
/** Names are cut before columns go, but not below this. */
const LEAST_NAME = 33;

export function figureTable<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly TableRow<Row>[],
  columnsWide: number,
): readonly Line[] {
  const kept = [...columns];
  const widthOf = (column: TableColumn<Row>): number =>
    Math.max(width(column.title), ...rows.map(({ row }) => width(clean(column.text(row)))));
  const least = (column: TableColumn<Row>): number =>
    column.isText === true ? Math.min(widthOf(column), LEAST_NAME) : widthOf(column);
  const total = (size: (column: TableColumn<Row>) => number): number =>
    kept.reduce((sum, column) => sum + size(column) + GAP, -GAP);
  while (total(least) > columnsWide) {
    const most = kept.reduce((worst, column) => (column.expendable > worst.expendable ? column : worst));
    if (most.expendable === 0) break;
    kept.splice(kept.indexOf(most), 1);
  }
  const excess = Math.max(0, total(widthOf) - columnsWide);
  const final = (column: TableColumn<Row>): number =>
    column.isText === true ? Math.max(least(column), widthOf(column) - excess) : widthOf(column);
  const line = (cell: (column: TableColumn<Row>) => string, ink: Ink): Line => [
    span(
      kept
        .map((column) => (column.isText === true ? fit : fitRight)(clean(cell(column)), final(column)))
        .join(' '.repeat(GAP)),
      ink,
    ),
  ];
  return [
    line(({ title }) => title, HEADING),
    ...rows.map(({ row, ink }) => line(({ text }) => text(row), ink ?? {})),
  ];
}
