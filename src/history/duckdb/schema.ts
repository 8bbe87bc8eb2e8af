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

/** Raw samples and rollups differ in their time only, so that one query fits all. */
export const LOAD_TABLES: Record<Level, string> = { raw: 'sample', hour: 'sample_hour', day: 'sample_day' };
/** The same for heartbeats. */
export const TICK_TABLES: Record<Level, string> = { raw: 'tick', hour: 'tick_hour', day: 'tick_day' };

const SAMPLE_COLUMNS = 'target INTEGER, at_ms INTEGER, tuple INTEGER, active_ms';
const COVER_COLUMNS = 'target INTEGER, at_ms INTEGER, covered_us BIGINT';

/**
 * Tables of one day. Texts of dimensions are in `value`, once each; a combination of them is in `tuple`, once (or a few
 * times, which does no harm: what counts is that every id has one meaning). `at_ms` counts from the start of the day.
 */
export const DAY_TABLES: Readonly<Record<string, string>> = {
  meta: 'version INTEGER',
  target: 'id INTEGER, name VARCHAR',
  value: 'id INTEGER, text VARCHAR',
  tuple: `id INTEGER, activity TINYINT, ${DIMENSIONS.map((name) => `${DIMENSION_COLUMNS[name]} INTEGER`).join(', ')}`,
  tick: `${COVER_COLUMNS}, source TINYINT, state TINYINT, active_time_us BIGINT, thinning INTEGER, hidden_share FLOAT,
    agent_cpu_us INTEGER, backend_cpu_us INTEGER, tick_us INTEGER, lag_us INTEGER`,
  tick_hour: COVER_COLUMNS,
  tick_day: COVER_COLUMNS,
  sample: `${SAMPLE_COLUMNS} INTEGER`,
  sample_hour: `${SAMPLE_COLUMNS} BIGINT`,
  sample_day: `${SAMPLE_COLUMNS} BIGINT`,
  /** Hours that the rollups hold; hour 24 stands for the whole day. */
  rolled: 'hour INTEGER',
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
    ...Object.entries(tables).map(
      ([name, columns]) => `CREATE TABLE IF NOT EXISTS ${catalog}.${name} (${columns})`,
    ),
    `INSERT INTO ${catalog}.meta SELECT ${SCHEMA_VERSION} WHERE NOT EXISTS (SELECT version FROM ${catalog}.meta)`,
  ];
}
