import pg from 'pg';
import { startPostgres } from '../../src/cluster/server.ts';
import type { Dimension, LoadTick } from '../../src/load/model.ts';
import { copyLines } from './copy.ts';
import { measure, type Quantiles, rounded } from './measure.ts';
import { type Question, TARGET } from './questions.ts';

/** Loading stops after this time; the table then says how many rows there are. */
const LOADING_MAY_TAKE_MS = 300_000;
const RUNS = 3;

const COLUMNS: Partial<Record<Dimension, string>> = {
  'db.wait_event': 'wait',
  'db.sql_tokenized': 'sql_id',
  'db.user': '"user"',
  'db.host': 'host',
  'db.name': 'db',
  'db.application': 'app',
  'db.session_type': 'type',
};

export interface PostgresFigures {
  readonly rows: number;
  readonly ingestRowsPerSecond: number;
  readonly bytesPerRow: number;
  readonly answers: ReadonlyMap<string, Quantiles>;
}

/** The same rows in a plain table with an index on time, and the same questions as plain SQL. */
export async function measurePostgres(
  batches: Iterable<readonly LoadTick[]>,
  asked: readonly Question[],
): Promise<PostgresFigures> {
  const server = await startPostgres({
    settings: { shared_buffers: '1GB', max_wal_size: '8GB', work_mem: '64MB' },
  });
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(`CREATE TABLE samples (target text, at timestamptz, wait text, sql_id text, "user" text,
      host text, db text, app text, type text, weight_ms int)`);
    const start = performance.now();
    let rows = 0;
    for (const ticks of batches) {
      rows += await copyLines(client, 'COPY samples FROM STDIN', lines(ticks));
      if (performance.now() - start > LOADING_MAY_TAKE_MS) break;
    }
    await client.query('CREATE INDEX ON samples (at)');
    await client.query('VACUUM ANALYZE samples');
    const seconds = (performance.now() - start) / 1000;
    const size = await client.query<{ bytes: string }>(`SELECT pg_total_relation_size('samples') AS bytes`);
    const answers = new Map<string, Quantiles>();
    for (const question of asked) {
      const sql = toSql(question);
      if (sql !== null)
        answers.set(question.name, await measure(RUNS, () => client.query(sql.text, sql.values)));
    }
    const bytesPerRow = rounded(Number(size.rows[0]!.bytes) / rows);
    return { rows, ingestRowsPerSecond: Math.round(rows / seconds), bytesPerRow, answers };
  } finally {
    await client.end().catch(() => {});
    await server.stop('immediate');
  }
}

function* lines(ticks: readonly LoadTick[]): Iterable<string> {
  for (const { atMs, samples } of ticks) {
    const at = new Date(atMs).toISOString();
    for (const { tuple, weightMs } of samples)
      yield `${TARGET}\t${at}\t${tuple['db.wait_event']}\t${tuple['db.sql_tokenized']}\t${tuple['db.user']}\t${tuple['db.host']}\t${tuple['db.name']}\t${tuple['db.application']}\t${tuple['db.session_type']}\t${weightMs}\n`;
  }
}

/** Null where the table has no such column. */
function toSql({ kind, query }: Question): { text: string; values: unknown[] } | null {
  const key = query.groupBy === undefined ? "''" : COLUMNS[query.groupBy];
  const part = kind === 'top' && query.partitionBy !== undefined ? COLUMNS[query.partitionBy] : undefined;
  if (key === undefined) return null;
  const values: unknown[] = [query.target, new Date(query.fromMs), new Date(query.toMs)];
  const filters = Object.entries(query.filter ?? {}).map(([dimension, texts]) => {
    values.push(texts);
    return ` AND ${COLUMNS[dimension as Dimension]} = ANY($${values.length})`;
  });
  const where = `WHERE target = $1 AND at >= $2 AND at < $3${filters.join('')}`;
  if (kind === 'series') {
    values.push(`${query.periodSeconds} seconds`);
    const bin = `date_bin($${values.length}::interval, at, 'epoch')`;
    return { text: `SELECT ${bin}, ${key}, sum(weight_ms) FROM samples ${where} GROUP BY 1, 2`, values };
  }
  const groups = part === undefined ? key : `${key}, ${part}`;
  const limit = part === undefined ? 'ORDER BY 2 DESC LIMIT 10' : '';
  return {
    text: `SELECT ${groups}, sum(weight_ms) FROM samples ${where} GROUP BY ${groups} ${limit}`,
    values,
  };
}
