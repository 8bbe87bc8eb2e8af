/**
 * PostgreSQL's lexical rules, as far as telling literals from the rest needs them. One pass, linear time.
 * `standard_conforming_strings` is taken to be on, as it is by default: a backslash is special in E'..' only.
 */

/** A literal or parameter has lost its content here already: its text is always `?`. */
export type TokenKind = 'word' | 'quoted name' | 'literal' | 'operator' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  /** The text ended inside a string, a quoted name or a comment. */
  readonly unterminated: boolean;
}

export const LITERAL: Token = { kind: 'literal', text: '?' };

/** Control characters too, which would be an error anyway. */
// oxlint-disable-next-line no-control-regex -- they are what is meant
const SPACE = /[\u0000-\u0020\u007f]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
/** Swallows letters glued to the digits too: rather too much of a malformed number than a part of it kept. */
const NUMBER = /\.?\d[\w.$\u0080-\uffff]*/y;
const EXPONENT = /[+-]\d[\w.$\u0080-\uffff]*/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
/** The server takes no longer operators; the bound keeps a long run of signs from being read again and again. */
const OPERATOR = /[+\-*/<>=~!@#%^&|`?]{1,64}/y;
const COLONS = /::|:=|:/y;
/** An operator may end in + or - only if it holds one of these. */
const KEEPS_TRAILING_SIGN = /[~!@#%^&|`?]/;
const STRING_PREFIX = /^(?:[ebxn]|u&)$/i;
const SINGLE_QUOTE = /'/g;
const DOUBLE_QUOTE = /"/g;
const ESCAPE_OR_QUOTE = /['\\]/g;
// oxlint-disable-next-line no-control-regex -- a quoted name may hold them, one line of text may not
const CONTROL = /[\u0000-\u001f\u007f]/g;

export function lex(sql: string): Lexed {
  const lexer = new Lexer(sql);
  return { tokens: lexer.run(), unterminated: lexer.unterminated };
}

class Lexer {
  unterminated = false;
  readonly #sql: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  run(): readonly Token[] {
    while (this.#at < this.#sql.length) {
      this.#skipBlank();
      if (this.#at < this.#sql.length) this.#tokens.push(this.#next());
    }
    return this.#tokens;
  }

  #next(): Token {
    const char = this.#sql.charAt(this.#at);
    if (char === "'") return this.#string(this.#at, false);
    if (char === '"') return this.#quotedName('');
    if (char === '$') return this.#dollar();
    const word = this.#match(WORD);
    if (word !== '') return this.#afterWord(word);
    if (this.#match(NUMBER, EXPONENT) !== '') return LITERAL;
    const operator = this.#operator();
    if (operator !== '') return operator === '?' ? LITERAL : { kind: 'operator', text: operator };
    const colons = this.#match(COLONS);
    if (colons !== '') return { kind: 'mark', text: colons };
    this.#at += 1;
    return { kind: 'mark', text: char };
  }

  #match(pattern: RegExp, exponent?: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#sql)?.[0] ?? '';
    this.#at += found.length;
    if (exponent && /^[^xX]*[eE]$/.test(found)) this.#match(exponent);
    return found;
  }

  #skipBlank(): void {
    while (mayBeBlank(this.#sql.charCodeAt(this.#at))) {
      const start = this.#at;
      this.#match(SPACE);
      this.#match(LINE_COMMENT);
      if (this.#sql.startsWith('/*', this.#at)) this.#skipBlockComment();
      if (this.#at === start) return;
    }
  }

  /** Block comments nest. */
  #skipBlockComment(): void {
    const bounds = /\/\*|\*\//g;
    bounds.lastIndex = this.#at;
    let depth = 0;
    for (let bound = bounds.exec(this.#sql); bound !== null; bound = bounds.exec(this.#sql)) {
      depth += bound[0] === '/*' ? 1 : -1;
      this.#at = bounds.lastIndex;
      if (depth === 0) return;
    }
    this.#toEnd();
  }

  #afterWord(word: string): Token {
    const after = this.#sql.charAt(this.#at);
    if (after === "'" && STRING_PREFIX.test(word)) return this.#string(this.#at, /^e$/i.test(word));
    if (after === '&' && /^u$/i.test(word)) {
      const quote = this.#sql.charAt(this.#at + 1);
      if (quote === "'") return this.#string(this.#at + 1, false);
      if (quote === '"') {
        this.#at += 1;
        return this.#quotedName('u&');
      }
    }
    return { kind: 'word', text: foldCase(word) };
  }

  /** A string goes on in the next one if only blanks with a line break stand between them. */
  #string(quoteAt: number, escapes: boolean): Token {
    this.#at = quoteAt;
    for (;;) {
      this.#at = closingQuote(this.#sql, this.#at + 1, "'", escapes);
      if (this.#at < 0) return this.#toEnd();
      this.#at += 1;
      const blank = /[ \t\r\n\f\v]*/y;
      blank.lastIndex = this.#at;
      const between = blank.exec(this.#sql)?.[0] ?? '';
      const next = this.#at + between.length;
      if (!/[\r\n]/.test(between) || this.#sql.charAt(next) !== "'") return LITERAL;
      this.#at = next;
    }
  }

  #quotedName(prefix: string): Token {
    const start = this.#at;
    const end = closingQuote(this.#sql, start + 1, '"', false);
    if (end < 0) this.#toEnd();
    else this.#at = end + 1;
    // A name that the end of the text cut is closed, so that it reads the same when it is read again.
    const text = this.#sql.slice(start, this.#at) + (end < 0 ? '"' : '');
    return { kind: 'quoted name', text: prefix + text.replace(CONTROL, ' ') };
  }

  #dollar(): Token {
    if (this.#match(PARAMETER) !== '') return LITERAL;
    const tag = this.#match(DOLLAR_TAG);
    if (tag === '') {
      this.#at += 1;
      return { kind: 'mark', text: '$' };
    }
    const end = this.#sql.indexOf(tag, this.#at);
    if (end < 0) return this.#toEnd();
    this.#at = end + tag.length;
    return LITERAL;
  }

  #operator(): string {
    const start = this.#at;
    const run = this.#match(OPERATOR);
    const comment = this.#sql.slice(start, this.#at + 1).search(/--|\/\*/);
    const text = run.slice(0, operatorLength(comment < 0 ? run : run.slice(0, comment)));
    this.#at = start + text.length;
    return text;
  }

  #toEnd(): Token {
    this.#at = this.#sql.length;
    this.unterminated = true;
    return LITERAL;
  }
}

/** Cheap test that spares most tokens the search for blanks and comments. */
function mayBeBlank(code: number): boolean {
  return code <= 0x20 || code === 0x7f || code === 0x2d || code === 0x2f;
}

function operatorLength(run: string): number {
  let length = run.length;
  if (KEEPS_TRAILING_SIGN.test(run)) return length;
  while (length > 1 && (run[length - 1] === '+' || run[length - 1] === '-')) length -= 1;
  return length;
}

/** Position of the quote that closes, or -1. A doubled quote stands for itself. */
function closingQuote(sql: string, from: number, quote: string, escapes: boolean): number {
  const stop = escapes ? ESCAPE_OR_QUOTE : quote === '"' ? DOUBLE_QUOTE : SINGLE_QUOTE;
  stop.lastIndex = from;
  for (let found = stop.exec(sql); found !== null; found = stop.exec(sql)) {
    if (found[0] === quote && sql.charAt(found.index + 1) !== quote) return found.index;
    stop.lastIndex = found.index + 2;
  }
  return -1;
}

/** As the server does in UTF-8: only ASCII letters fold. */
function foldCase(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
