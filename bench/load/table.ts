import { cpus, totalmem } from 'node:os';

/** Rows of figures for people: the first column to the left, the others to the right. */
export class Table {
  readonly #columns: readonly string[];
  readonly #widths: readonly number[];

  constructor(columns: readonly string[], firstWidth = 12) {
    this.#columns = columns;
    this.#widths = columns.map((column, index) =>
      index === 0 ? firstWidth : Math.max(9, column.length + 2),
    );
  }

  printHeader(): void {
    this.printRow(this.#columns);
  }

  printRow(cells: readonly string[]): void {
    console.log(
      cells
        .map((cell, index) => {
          const width = this.#widths[index] ?? 9;
          return index === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join(''),
    );
  }
}

/** A dash where nothing is known. */
export function figure(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

export function machine(): { readonly cpus: number; readonly memoryGib: number } {
  return { cpus: cpus().length, memoryGib: Math.round(totalmem() / 1024 ** 3) };
}
