import { LITERAL, lex } from './lexer.ts';
import { layOut } from './layout.ts';
import { ListFolder } from './list-folder.ts';
import { isReserved } from './reserved.ts';
import type { Token } from './lexer.ts';

export interface NormalizedSql {
  readonly text: string;
  readonly unterminated: boolean;
}

/** `is null`, `set null` and their like are part of the statement; a null anywhere else is a value. */
const BEFORE_NULL = new Set(['is', 'not', 'set', 'returns', 'on']);

/** Statements that pg_stat_statements tells apart by name up to PostgreSQL 16, and does not after. */
const NAMED =
  /^(savepoint|release(?: savepoint)?|rollback(?: work| transaction)? to(?: savepoint)?|deallocate(?: prepare)?) (?!all$|savepoint$|prepare$)(?:"[^"]*"|\S+)$/;

/**
 * The statement without its literals, comments and layout, on one line. Normalising it again changes nothing. Literals
 * and parameters read `?`; lists in IN, ARRAY and VALUES keep one item of each shape.
 */
export function normalizeSql(sql: string): NormalizedSql {
  const { tokens, unterminated } = lex(sql);
  const out: Token[] = [];
  const lists = new ListFolder(out);
  for (const raw of tokens) {
    const token = asLiteral(raw, out);
    if (token.kind === 'literal') dropSigns(out);
    lists.add(token);
  }
  lists.end();
  while (isTrailing(out.at(-1))) out.pop();
  return { text: layOut(out).replace(NAMED, '$1 ?'), unterminated };
}

/** `true`, `false` and `null` are literals where they stand for a value, as pg_stat_statements has it. */
function asLiteral(token: Token, out: readonly Token[]): Token {
  if (token.kind !== 'word') return token;
  const before = out.at(-1)?.text ?? '';
  if (token.text === 'null') return BEFORE_NULL.has(before) ? token : LITERAL;
  if (token.text !== 'true' && token.text !== 'false') return token;
  const test = before === 'is' || (before === 'not' && out.at(-2)?.text === 'is');
  return test ? token : LITERAL;
}

/** A sign belongs to the number after it, unless there is something before it to add to. */
function dropSigns(out: Token[]): void {
  while (isSign(out.at(-1)) && !isOperand(out.at(-2))) out.pop();
}

function isSign(token: Token | undefined): boolean {
  return token?.kind === 'operator' && (token.text === '-' || token.text === '+');
}

function isOperand(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'operator') return false;
  if (token.kind === 'mark') return token.text === ')' || token.text === ']';
  return token.kind !== 'word' || !isReserved(token.text);
}

function isTrailing(token: Token | undefined): boolean {
  return token?.kind === 'mark' && (token.text === ';' || token.text === ',');
}
