import { median } from '../load/statistics.ts';
import { figure, Table } from '../load/table.ts';
import type { ReadsRow } from './experiments.ts';

const COLUMNS = [
  ...['reads/s', 'p50 ms', 'p95 ms', 'p99 ms'],
  ...['AAS', 'run', 'wait', 'storage', 'tier', 'fault', 'other'],
  ...['ACU', 'sto r/s', 'tier r/s'],
];
const FIRST_WIDTH = 38;
/** In the order of the columns. */
const FIGURES: readonly [pick: (row: ReadsRow) => number, digits: number][] = [
  [(row) => row.tps, 0],
  [(row) => row.p50, 2],
  [(row) => row.p95, 2],
  [(row) => row.p99, 2],
  [({ load }) => load.total, 2],
  [({ load }) => load.running, 2],
  [({ load }) => load.waitingForCpu, 2],
  [({ load }) => load.storageRead, 2],
  [({ load }) => load.tierRead, 2],
  [({ load }) => load.pageFault, 2],
  [({ load }) => load.other + load.spill, 2],
  [(row) => row.acu, 2],
  [(row) => row.storageReads, 0],
  [(row) => row.tierReads, 0],
];

/** Rows as they are measured, and their medians by name. */
export class ReadsReport {
  readonly #table = new Table(['', ...COLUMNS], FIRST_WIDTH);
  readonly #rows = new Map<string, ReadsRow[]>();

  printHeader(title: string): void {
    console.log(`\n${title}`);
    this.#table.printHeader();
  }

  add(name: string, row: ReadsRow): void {
    this.#rows.set(name, [...(this.#rows.get(name) ?? []), row]);
    this.#print(name, [row]);
  }

  printMedians(): void {
    console.log('Medians');
    for (const [name, rows] of this.#rows) this.#print(name, rows);
  }

  /** Null where there is no such row. */
  median(name: string, pick: (row: ReadsRow) => number): number | null {
    return median((this.#rows.get(name) ?? []).map(pick));
  }

  json(): unknown {
    return Object.fromEntries(this.#rows);
  }

  #print(name: string, rows: readonly ReadsRow[]): void {
    this.#table.printRow([name, ...FIGURES.map(([pick, digits]) => figure(median(rows.map(pick)), digits))]);
  }
}
