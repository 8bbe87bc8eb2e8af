import { CPU, CPU_RUNNING, CPU_WAITING, DIMENSIONS, type Dimension } from '../load/model.ts';
import { OTHER } from '../history/history.ts';
import { clean } from './terminal/text.ts';

interface DimensionName {
  /** What `--by` takes besides the full name. */
  readonly short: string;
  /** Heading of a table of its values. */
  readonly title: string;
  /** Shown where a session has no value. */
  readonly none: string;
}

export const DIMENSION_NAMES: Readonly<Record<Dimension, DimensionName>> = {
  'db.wait_event': { short: 'wait', title: 'waits', none: '(unknown)' },
  'db.sql_tokenized': { short: 'sql', title: 'SQL', none: '(no statement known)' },
  'db.user': { short: 'user', title: 'users', none: '(none)' },
  'db.host': { short: 'host', title: 'hosts', none: '(server process)' },
  'db.name': { short: 'database', title: 'databases', none: '(none)' },
  'db.application': { short: 'application', title: 'applications', none: '(not named)' },
  'db.session_type': { short: 'type', title: 'session types', none: '(unknown)' },
  'db.blocking_session': { short: 'blocker', title: 'blocking sessions', none: '(not blocked)' },
  'db.blocking_sql': { short: 'blocking-sql', title: 'blocking SQL', none: '(not blocked)' },
};

/** Accepts `db.user` and `user`; undefined for anything else. */
export function findDimension(name: string): Dimension | undefined {
  return DIMENSIONS.find((dimension) => dimension === name || DIMENSION_NAMES[dimension].short === name);
}

export type SqlTexts = ReadonlyMap<string, string>;

const CPU_LABELS: ReadonlyMap<string, string> = new Map([
  [CPU_RUNNING, 'CPU running'],
  [CPU_WAITING, 'waiting for CPU'],
  [CPU, 'CPU'],
]);

/** A value of a dimension for people: statement text instead of its id, words instead of nothing. */
export function labelOf(dimension: Dimension, key: string, texts: SqlTexts): string {
  if (key === '') return DIMENSION_NAMES[dimension].none;
  if (key === OTHER) return 'other';
  if (dimension === 'db.wait_event') return CPU_LABELS.get(key) ?? clean(key);
  if (dimension === 'db.sql_tokenized' || dimension === 'db.blocking_sql') {
    return clean(texts.get(key) ?? `statement ${key}`);
  }
  return clean(key);
}
