import type { Dimension } from '../../../src/load/model.ts';

/** What people call the dimensions. */
export const DIMENSION_NAMES: Readonly<Record<Dimension, { readonly one: string; readonly many: string }>> = {
  'db.wait_event': { one: 'wait', many: 'Waits' },
  'db.sql_tokenized': { one: 'SQL', many: 'SQL' },
  'db.user': { one: 'user', many: 'Users' },
  'db.host': { one: 'host', many: 'Hosts' },
  'db.name': { one: 'database', many: 'Databases' },
  'db.application': { one: 'application', many: 'Applications' },
  'db.session_type': { one: 'session type', many: 'Session types' },
  'db.blocking_session': { one: 'blocking session', many: 'Blockers' },
  'db.blocking_sql': { one: 'blocking SQL', many: 'Blocking SQL' },
};

/** An empty key stands for sessions without a value, and has an empty label. */
export function nameOfKey(dimension: Dimension, label: string): string {
  if (label !== '') return label;
  return dimension === 'db.sql_tokenized' ? 'no statement known' : `no ${DIMENSION_NAMES[dimension].one}`;
}

/** Whether values of the dimension are the text of SQL, which needs the token. */
export function isSql(dimension: Dimension): boolean {
  return dimension === 'db.sql_tokenized' || dimension === 'db.blocking_sql';
}
