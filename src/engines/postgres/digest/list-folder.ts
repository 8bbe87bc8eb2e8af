import type { Token } from './lexer.ts';

/** A list is folded in so many lists around it; deeper ones are left alone, which keeps the time linear. */
const DEEPEST_FOLD = 6;

/** Items are separated by commas. `start` is where the item now read begins in the output. */
interface FoldedList {
  readonly seen: Set<string>;
  start: number;
  firstEnd: number;
}

/** Between brackets, or the whole statement. */
interface Level {
  /** Set where the bracket itself holds a list: `in (...)`, `array[...]`. */
  readonly list: FoldedList | null;
  /** The bracket is a row of the VALUES one level up. */
  readonly isRow: boolean;
  /** The rows of VALUES read last on this level, while more may follow. */
  rows: FoldedList | null;
}

/**
 * Appends tokens to an output and keeps one item of each shape in the lists of IN, ARRAY and VALUES, whose length varies
 * from call to call and tells nothing. A list that the end of the text cut keeps its first item.
 */
export class ListFolder {
  readonly #out: Token[];
  readonly #levels: Level[] = [{ list: null, isRow: false, rows: null }];
  #folds = 0;

  constructor(out: Token[]) {
    this.#out = out;
  }

  add(token: Token): void {
    const mark = token.kind === 'mark' ? token.text : '';
    if (mark === '(' || mark === '[') this.#open(token);
    else if (mark === ')' || mark === ']') this.#close(token);
    else if (mark === ',') this.#comma(token);
    else {
      this.#top.rows &&= this.#out.at(-1)?.text === ',' ? this.#top.rows : null;
      this.#out.push(token);
    }
  }

  end(): void {
    for (const level of this.#levels) {
      for (const list of [level.list, level.rows]) {
        if (list === null || list.seen.size === 0 || this.#isBetweenRows(level, list)) continue;
        this.#out.length = list.firstEnd;
        return;
      }
    }
  }

  get #top(): Level {
    // The statement's own level is never popped.
    return this.#levels.at(-1) as Level;
  }

  /** Rows all complete: nothing was cut, even if a stray comma follows. */
  #isBetweenRows(level: Level, list: FoldedList): boolean {
    return list === level.rows && level === this.#top;
  }

  #open(token: Token): void {
    const before = this.#out.at(-1)?.text ?? '';
    const top = this.#top;
    if (before === 'values') top.rows = newList();
    else if (before !== ',') top.rows = null;
    const isRow = token.text === '(' && top.rows !== null && this.#folds < DEEPEST_FOLD;
    if (isRow && top.rows) top.rows.start = this.#out.length;
    this.#out.push(token);
    const isList = !isRow && this.#folds < DEEPEST_FOLD && opensList(before, token.text);
    this.#levels.push({ list: isList ? newList(this.#out.length) : null, isRow, rows: null });
    if (isRow || isList) this.#folds += 1;
  }

  #close(token: Token): void {
    const level = this.#top;
    if (this.#levels.length > 1) this.#levels.pop();
    if (level.list) this.#foldItem(level.list);
    if (level.list || level.isRow) this.#folds -= 1;
    this.#out.push(token);
    const { rows } = this.#top;
    if (level.isRow && rows) this.#foldItem(rows);
    else this.#top.rows = null;
  }

  #comma(token: Token): void {
    const { list } = this.#top;
    if (list) this.#foldItem(list);
    this.#out.push(token);
    if (list) list.start = this.#out.length;
  }

  /** Ends the item now read, and takes it out again, with the comma before it, if one of its shape is there. */
  #foldItem(list: FoldedList): void {
    const shape = this.#out
      .slice(list.start)
      .map((token) => token.text)
      .join(' ');
    if (list.seen.has(shape)) {
      this.#out.length = list.start;
      if (this.#out.at(-1)?.text === ',') this.#out.pop();
      return;
    }
    if (list.seen.size === 0) list.firstEnd = this.#out.length;
    list.seen.add(shape);
  }
}

function opensList(before: string, bracket: string): boolean {
  return bracket === '(' ? before === 'in' : before === 'array';
}

function newList(start = 0): FoldedList {
  return { seen: new Set(), start, firstEnd: start };
}
