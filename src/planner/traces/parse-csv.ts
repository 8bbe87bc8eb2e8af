import { AirglowError } from '../../errors.ts';
import { planColumns, type ColumnPlan, type CsvOptions } from './columns.ts';
import { GrowingColumn } from './growing-column.ts';
import { mergeTimes, sortRows, type OrderedRows } from './order.ts';
import { fillRegular, resample, type Grid } from './resample.ts';
import { secondsInWords } from './time-words.ts';
import { TIMESTAMP_FORMS, TimestampReader } from './timestamps.ts';
import { toTrace, type ReadTrace } from './units.ts';

/** Times before this, in 1973, count from a start of their own and not from 1970. */
const FIRST_WALL_CLOCK_MS = 1e11;

/**
 * Makes a trace of the rows of a CSV file with a header, given as cells. Keeps numbers only, so a year at a second fits in
 * memory. Both methods raise INVALID_ARGUMENT, naming file, line and what to do.
 */
export class CsvTraceParser {
  readonly #options: CsvOptions;
  readonly #timestamps = new TimestampReader();
  readonly #timesMs = new GrowingColumn((length) => new Float64Array(length));
  #columns: GrowingColumn<Float32Array>[] = [];
  #plan: ColumnPlan | null = null;
  #hasCellsOfNoUse = false;
  #line = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #backward = 0;
  /** Blank lines: since the last row, and between rows. */
  readonly #blanks = { pending: 0, between: 0 };

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  /** The line of the file that was read last. */
  get line(): number {
    return this.#line;
  }

  /** Rows in the order of the file, blank ones too: lines are counted by them. */
  addRows(rows: readonly (readonly string[])[]): void {
    for (const row of rows) {
      this.#line += 1;
      if (this.#isBlank(row)) continue;
      if (this.#plan === null) this.#readHeader(row);
      else this.#readRow(row, this.#plan);
    }
  }

  /** The trace of all rows. The parser is used up. */
  finish(): ReadTrace {
    const plan = this.#plan;
    const { file } = this.#options;
    if (plan === null)
      throw invalid(`${file} is empty: it needs a header, such as timestamp,cpu_cores, and rows below it`);
    const rows = this.#columns[0]?.length ?? 0;
    if (rows === 0) throw invalid(`${file} has a header and no rows: nothing to replay`);
    if (rows < 2)
      throw invalid(
        `${file} has a single row: two are the least, since their distance is the length of a step`,
      );
    const columns = this.#columns.map((column) => column.take());
    if (plan.timestampAt === null) return this.#finishRegular(plan, columns);
    const timesMs = this.#timesMs.take();
    const ordered = mergeTimes(this.#backward > 0 ? sortRows({ timesMs, columns }) : { timesMs, columns });
    if (ordered.timesMs.length < 2)
      throw invalid(`all rows of ${file} have the same timestamp; two different ones are the least`);
    const grid = resample(ordered, file);
    const notes = [...plan.notes, ...this.#orderNotes(ordered), ...gridNotes(grid)];
    if (grid.startMs >= FIRST_WALL_CLOCK_MS) return this.#toTrace(plan, grid, grid.startMs, notes);
    return this.#toTrace(plan, grid, null, [
      ...notes,
      'Timestamps are small numbers: taken for seconds from the start of the series, not for a date.',
    ]);
  }

  /** Spreadsheets end in rows of empty cells; without timestamps such a row is a gap, and a line of nothing is none. */
  #isBlank(row: readonly string[]): boolean {
    if (row.length > 1 && this.#plan?.timestampAt === null) return false;
    if ((row[0] ?? '').trim() !== '' || row.some((cell) => cell.trim() !== '')) return false;
    this.#blanks.pending += 1;
    return true;
  }

  #finishRegular(plan: ColumnPlan, columns: readonly Float32Array[]): ReadTrace {
    const grid = fillRegular(columns, this.#options.periodSeconds!);
    const { between } = this.#blanks;
    const blankNotes =
      between > 0 ? [`Blank lines between rows: ${between}. They do not count as time that passed.`] : [];
    return this.#toTrace(plan, grid, null, [...plan.notes, ...blankNotes, ...gridNotes(grid)]);
  }

  #toTrace(plan: ColumnPlan, grid: Grid, startMs: number | null, notes: readonly string[]): ReadTrace {
    const empty = plan.used.filter((_, index) => grid.columns[index] === null).map(({ name }) => `"${name}"`);
    if (empty.length === plan.used.length)
      throw invalid(`${this.#options.file} has no number at all in ${empty.join(', ')}`);
    const emptyNotes =
      empty.length === 0 ? [] : [`Without any number, and so left out: ${empty.join(', ')}.`];
    return toTrace(grid, plan.used, this.#options, { startMs, notes: [...notes, ...emptyNotes] });
  }

  #readHeader(row: readonly string[]): void {
    const header = row.map((name, at) => (at === 0 ? name.replace(/^\uFEFF/, '') : name));
    this.#plan = planColumns(header, this.#options);
    this.#columns = this.#plan.used.map(() => new GrowingColumn((length) => new Float32Array(length)));
    this.#hasCellsOfNoUse =
      this.#plan.width > this.#plan.used.length + (this.#plan.timestampAt === null ? 0 : 1);
  }

  #readRow(row: readonly string[], plan: ColumnPlan): void {
    this.#blanks.between += this.#blanks.pending;
    this.#blanks.pending = 0;
    if (row.length > plan.width && row.slice(plan.width).some((cell) => cell.trim() !== ''))
      throw this.#tooManyCells(row, plan);
    if (plan.timestampAt !== null) this.#readTime(row[plan.timestampAt] ?? '');
    for (let index = 0; index < plan.used.length; index += 1) {
      const { at, name } = plan.used[index]!;
      this.#columns[index]!.push(this.#number(row[at] ?? '', name));
    }
    // Only a cell that nobody reads may have line breaks; in the others they are bad numbers.
    if (this.#hasCellsOfNoUse) this.#line += lineBreaksIn(row);
  }

  #readTime(text: string): void {
    let atMs = this.#timestamps.read(text);
    if (Number.isNaN(atMs)) atMs = this.#timestamps.read(text.trim());
    if (Number.isNaN(atMs)) throw this.#bad('timestamp', text, `write it as ${TIMESTAMP_FORMS}`);
    if (atMs < this.#lastMs) this.#backward += 1;
    this.#lastMs = atMs;
    this.#timesMs.push(atMs);
  }

  /** NaN for an empty cell. */
  #number(text: string, column: string): number {
    const value = Number(text);
    if (value === 0 && text.trim() === '') return Number.NaN;
    // A radix, as in 0x10, would pass too.
    if (value >= 0 && value < Number.POSITIVE_INFINITY && !/^\s*0[xob]/i.test(text)) return value;
    const hint = /^\s*\d+,\d+\s*$/.test(text)
      ? 'write it with a decimal point'
      : 'it must be a plain number, not negative; leave the cell empty where nothing is known';
    throw this.#bad(column, text, hint);
  }

  #bad(column: string, text: string, hint: string): AirglowError {
    const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
    return invalid(
      `${this.#options.file}, line ${this.#line}, column "${column}": ${shown} cannot be read; ${hint}`,
    );
  }

  #tooManyCells(row: readonly string[], plan: ColumnPlan): AirglowError {
    return invalid(
      `${this.#options.file}, line ${this.#line} has ${row.length} cells and the header ${plan.width}: write numbers with a decimal point, and put text with commas in quotes`,
    );
  }

  #orderNotes({ repeated, contradicted }: OrderedRows): string[] {
    const notes: string[] = [];
    if (this.#backward > 0) notes.push('Rows were not in the order of time; they were sorted.');
    if (repeated > 0) notes.push(`Timestamps that came more than once with the same values: ${repeated}.`);
    if (contradicted > 0)
      notes.push(
        `Timestamps that came more than once with different values: ${contradicted}; the mean counts.`,
      );
    return notes;
  }
}

function gridNotes({ heldSteps, longestHeldSteps, stepSeconds, length, isIrregular }: Grid): string[] {
  const notes: string[] = [];
  if (isIrregular)
    notes.push(`Rows are not evenly spaced; they were laid onto steps of ${secondsInWords(stepSeconds)}.`);
  if (heldSteps > 0)
    notes.push(
      `${heldSteps} of ${length} steps had no figures, so the value before is held; the longest gap is ${secondsInWords(longestHeldSteps * stepSeconds)}.`,
    );
  return notes;
}

function lineBreaksIn(row: readonly string[]): number {
  let found = 0;
  for (const cell of row) if (cell.includes('\n')) found += cell.split('\n').length - 1;
  return found;
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', message);
}
