import { DIMENSIONS, type Dimension } from '../../load/model.ts';
import type { Level } from './plan.ts';

/** A file of another version is set aside, not misread. */
export const SCHEMA_VERSION = 1;

/** Columns of the dimensions in table `tuple`. */
export const DIMENSION_COLUMNS = {
  'db.wait_event': 'wait_event',
  'db.sql_tokenized': 'sql_tokenized',
  'db.user': 'user_name',
  'db.host': 'host',
  'db.name': 'database_name',
  'db.application': 'application',
  'db.session_type': 'session_type',
  'db.blocking_session': 'blocking_session',
  'db.blocking_sql': 'blocking_sql',
} as const satisfies Record<Dimension, string>;

/**
 * Raw samples name a tuple; hours and days, which are much fewer, hold it themselves and need no join; five minutes have
 * a row for each value of each dimension.
 */
export const LOAD_TABLES: Record<Level, string> = {
  raw: 'sample',
  five: 'sample_five',
  hour: 'sample_hour',
  day: 'sample_day',
};
/** The same for heartbeats. */
export const TICK_TABLES: Record<Level, string> = {
  raw: 'tick',
  five: 'tick_five',
  hour: 'tick_hour',
  day: 'tick_day',
};

/** A tuple as columns, in the order of the tables. */
export const TUPLE_COLUMNS = ['activity', ...DIMENSIONS.map((name) => DIMENSION_COLUMNS[name])];
const TYPED_TUPLE = TUPLE_COLUMNS.map(
  (name) => `${name} ${name === 'activity' ? 'TINYINT' : 'INTEGER'}`,
).join(', ');
const ROLLUP_COLUMNS = `target INTEGER, at_ms INTEGER, ${TYPED_TUPLE}, active_ms BIGINT`;
const COVER_COLUMNS = 'target INTEGER, at_ms INTEGER, covered_us BIGINT';

/** Tables of five minutes; files of earlier versions get them when they are rolled up next. */
export const FIVE_TABLES = {
  tick_five: COVER_COLUMNS,
  /** `dimension` is the place in DIMENSIONS. Each dimension by itself adds up to the whole load. */
  sample_five:
    'target INTEGER, at_ms INTEGER, activity TINYINT, dimension TINYINT, value INTEGER, active_ms BIGINT',
  /** Hours of which they hold all. */
  rolled_five: 'hour INTEGER',
};

/**
 * Tables of one day. Texts of dimensions are in `value`, once each; a combination of them is in `tuple`, once (or a few
 * times, which does no harm: what counts is that every id has one meaning). `at_ms` counts from the start of the day.
 */
export const DAY_TABLES: Readonly<Record<string, string>> = {
  meta: 'version INTEGER',
  target: 'id INTEGER, name VARCHAR',
  value: 'id INTEGER, text VARCHAR',
  tuple: `id INTEGER, ${TYPED_TUPLE}`,
  tick: `${COVER_COLUMNS}, source TINYINT, state TINYINT, active_time_us BIGINT, thinning INTEGER, hidden_share FLOAT,
    agent_cpu_us INTEGER, backend_cpu_us INTEGER, tick_us INTEGER, lag_us INTEGER`,
  tick_hour: COVER_COLUMNS,
  tick_day: COVER_COLUMNS,
  sample: 'target INTEGER, at_ms INTEGER, tuple INTEGER, active_ms INTEGER',
  sample_hour: ROLLUP_COLUMNS,
  sample_day: ROLLUP_COLUMNS,
  /** Hours that the rollups hold; hour 24 stands for the whole day. */
  rolled: 'hour INTEGER',
  ...FIVE_TABLES,
  counter: 'target INTEGER, at_ms INTEGER, duration_us BIGINT, metric INTEGER, key INTEGER, value DOUBLE',
  event:
    'target INTEGER, at_ms INTEGER, seq BIGINT, kind VARCHAR, severity VARCHAR, message VARCHAR, data VARCHAR',
  decision: 'target INTEGER, at_ms INTEGER, seq BIGINT, decision VARCHAR',
};

/** What outlives the days. */
export const LASTING_TABLES: Readonly<Record<string, string>> = {
  meta: 'version INTEGER',
  digest: 'id VARCHAR PRIMARY KEY, text VARCHAR, truncated BOOLEAN',
};

export function createTables(catalog: string, tables: Readonly<Record<string, string>>): string[] {
  return [
    ...createMissing(catalog, tables),
    `INSERT INTO ${catalog}.meta SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT version FROM ${catalog}.meta)`,
  ];
}

export function createMissing(catalog: string, tables: Readonly<Record<string, string>>): string[] {
  return Object.entries(tables).map(
    ([name, columns]) => `CREATE TABLE IF NOT EXISTS ${catalog}.${name} (${columns})`,
  );
}
