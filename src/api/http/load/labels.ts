import type { History } from '../../../history/history.ts';
import type { Dimension } from '../../../load/model.ts';

const MAX_LABEL_LENGTH = 500;
const DIGEST_DIMENSIONS: ReadonlySet<Dimension> = new Set(['db.sql_tokenized', 'db.blocking_sql']);

/** Whether the labels of a dimension are the text of SQL. */
export function isText(dimension: Dimension | null): boolean {
  return dimension !== null && DIGEST_DIMENSIONS.has(dimension);
}

export type Label = (key: string) => string;

/** How to show the keys of a dimension: digests by their text, everything else as it is. */
export async function labelsFor(
  history: History,
  dimension: Dimension | null,
  keys: readonly string[],
): Promise<Label> {
  if (!isText(dimension)) return (key) => key;
  const wanted = [...new Set(keys)].filter((key) => key !== '');
  const digests = wanted.length === 0 ? [] : await history.digests(wanted);
  const texts = new Map(digests.map(({ id, text }) => [id, shorten(text)]));
  return (key) => texts.get(key) ?? key;
}

function shorten(text: string): string {
  return text.length <= MAX_LABEL_LENGTH ? text : `${text.slice(0, MAX_LABEL_LENGTH)}...`;
}
