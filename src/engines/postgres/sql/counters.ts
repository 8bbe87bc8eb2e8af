import type { Statement } from '../link.ts';

/** A question for cumulative figures: the first column is the key, the others are the metrics in order. */
export interface CounterQuestion {
  readonly statement: Statement;
  readonly metrics: readonly string[];
  readonly kind: 'counter' | 'gauge';
  /** Where to find the same figure summed over all keys, with an empty key. */
  readonly hasTotal: boolean;
}

/** The most costly statements, by total time. */
const STATEMENTS_MAX = 200;

const DATABASE = `xact_commit xact_rollback blks_read blks_hit tup_returned tup_fetched tup_inserted tup_updated tup_deleted
  temp_files temp_bytes deadlocks blk_read_time blk_write_time`;
const DATABASE_14 = 'active_time idle_in_transaction_time session_time sessions';
const IO = 'reads read_time writes write_time extends hits evictions fsyncs';
const WRITER = 'buffers_clean maxwritten_clean buffers_alloc';
const CHECKPOINT =
  'checkpoints_timed checkpoints_req checkpoint_write_time checkpoint_sync_time buffers_checkpoint';
const CHECKPOINTER = 'num_timed num_requested write_time sync_time buffers_written';
const WAL = 'wal_records wal_fpi wal_bytes';

export function counterQuestions(versionNumber: number): readonly CounterQuestion[] {
  const from = (major: number): boolean => versionNumber >= major * 10_000;
  const database = columns(from(14) ? `${DATABASE} ${DATABASE_14}` : DATABASE);
  return [
    question('pg_stat_database', 'datname', database, { where: 'datname is not null', hasTotal: true }),
    gauges(
      'pg_stat_database',
      ['numbackends'],
      'select datname, numbackends::float8 from pg_stat_database where datname is not null',
    ),
    gauges('pg_stat_activity', ['connections'], CONNECTIONS),
    question('pg_stat_bgwriter', `''`, columns(WRITER)),
    from(17)
      ? question('pg_stat_checkpointer', `''`, columns(CHECKPOINTER))
      : question('pg_stat_bgwriter', `''`, columns(CHECKPOINT)),
    ...(from(14) ? [question('pg_stat_wal', `''`, columns(WAL))] : []),
    ...(from(16)
      ? [question('pg_stat_io', 'backend_type', columns(IO), { summed: true, hasTotal: true })]
      : []),
  ];
}

export const STATEMENT_METRICS = columns(
  'calls total_exec_time rows shared_blks_hit shared_blks_read temp_blks_read temp_blks_written',
);

/** Keys first, as `sessionRow` makes them, then STATEMENT_METRICS. Numbers only: the texts stay in their file. */
export function statementCounters(schema: string): Statement {
  const sums = STATEMENT_METRICS.map((column) => `sum(${column})::float8`).join(', ');
  return {
    name: 'airglow_statement_counters',
    text: `
select (queryid # (dbid::int8 << 32))::text, ${sums} from ${schema}.pg_stat_statements(false)
where (queryid # (dbid::int8 << 32)) = any($1::int8[])
group by 1 order by sum(total_exec_time) desc limit ${STATEMENTS_MAX}`,
  };
}

/** Whole normalised texts: $1 query ids. Reads the file of all texts, so it is asked once per id. */
export function statementTexts(schema: string): Statement {
  return {
    name: 'airglow_statement_texts',
    text: `
select distinct on (queryid) queryid::text, query from ${schema}.pg_stat_statements(true)
where queryid = any($1::int8[]) and query is not null`,
  };
}

const CONNECTIONS = `
select coalesce(s.state, 'unknown'), count(*)::float8 from pg_stat_get_activity(null) s
where s.backend_type = 'client backend' group by 1`;

function columns(words: string): readonly string[] {
  return words.split(/\s+/);
}

function question(
  view: string,
  key: string,
  metrics: readonly string[],
  options: { where?: string; summed?: boolean; hasTotal?: boolean } = {},
): CounterQuestion {
  const value = (column: string): string => (options.summed ? `sum(${column})::float8` : `${column}::float8`);
  const where = options.where ? ` where ${options.where}` : '';
  const group = options.summed ? ' group by 1' : '';
  return {
    statement: {
      name: '',
      text: `select ${key}::text, ${metrics.map(value).join(', ')} from ${view}${where}${group}`,
    },
    metrics: metrics.map((column) => `${view}.${column}`),
    kind: 'counter',
    hasTotal: options.hasTotal ?? false,
  };
}

function gauges(view: string, metrics: readonly string[], text: string): CounterQuestion {
  return {
    statement: { name: '', text },
    metrics: metrics.map((metric) => `${view}.${metric}`),
    kind: 'gauge',
    hasTotal: true,
  };
}
