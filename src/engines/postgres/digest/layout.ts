import { isReserved } from './reserved.ts';
import type { Token } from './lexer.ts';

const TIGHT_AFTER = new Set(['(', '[', '.', '::']);
const TIGHT_BEFORE = new Set([')', ']', ',', ';', '.', '::', '[']);

/** Writes tokens on one line. Blanks depend on the tokens alone, so any layout of a statement gives the same text. */
export function layOut(tokens: readonly Token[]): string {
  const parts: string[] = [];
  let previous: Token | null = null;
  for (const token of tokens) {
    if (previous && isApart(previous, token)) parts.push(' ');
    parts.push(token.text);
    previous = token;
  }
  return parts.join('');
}

function isApart(previous: Token, next: Token): boolean {
  if (previous.kind === 'mark' && TIGHT_AFTER.has(previous.text)) return false;
  if (next.kind !== 'mark' || previous.text === ':') return true;
  if (next.text === '(') return !isName(previous);
  return !TIGHT_BEFORE.has(next.text);
}

/** What an opening parenthesis follows closely: `count(`, but `in (`. */
function isName(token: Token): boolean {
  return token.kind === 'quoted name' || (token.kind === 'word' && !isReserved(token.text));
}
