import { createHash } from 'node:crypto';
import { normalizeSql } from './normalize.ts';
import type { SqlDigest } from '../../../load/model.ts';

/** Longest text kept; the id is of the whole. */
const TEXT_LENGTH_MAX = 4096;
const ELLIPSIS = ' …';

/**
 * The digest of a statement. The same statement gives the same id whatever its literals, parameters, comments and layout;
 * an empty text gives an empty id. `cutByServer` tells that the text is not whole.
 */
export function digestSql(sql: string, cutByServer = false): SqlDigest {
  const { text, unterminated } = normalizeSql(sql);
  const id = text === '' ? '' : createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { id, text: shorten(text), truncated: cutByServer || unterminated };
}

function shorten(text: string): string {
  if (text.length <= TEXT_LENGTH_MAX) return text;
  const end = TEXT_LENGTH_MAX - ELLIPSIS.length;
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return text.slice(0, splitsPair ? end - 1 : end) + ELLIPSIS;
}
