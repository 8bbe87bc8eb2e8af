import type { Client, QueryConfig } from 'pg';
import { upTo } from '../../src/random.ts';
import type { Random } from '../../src/random.ts';
import type { WorkKind } from './arrivals.ts';

const ROWS = 20_000;
/** A row of about this size fills a page with three others, so that scattered reads touch many pages. */
const WIDE_ROW_BYTES = 1_900;

/** Rows streamed through one aggregate: all processor, no memory, no parallel workers. */
const BURN = 'select sum(i) from (select generate_series(1, $1::int) as i) as rounds';
const READ = 'select filler from bench_rows where id = $1';
const WRITE = 'update bench_rows set hits = hits + 1 where id = $1';
const SCATTERED = 'select length(filler) from bench_wide where id = $1';

/** Statements are prepared under their kind's name, as a driver's pool does. */
export function statementOf(
  kind: WorkKind,
  burnRounds: number,
  wideRows: number,
  random: Random,
): QueryConfig {
  switch (kind) {
    case 'burn':
      return { name: kind, text: BURN, values: [burnRounds] };
    case 'read':
      return { name: kind, text: READ, values: [upTo(ROWS, random)] };
    case 'write':
      return { name: kind, text: WRITE, values: [upTo(ROWS, random)] };
    case 'scattered':
      return { name: kind, text: SCATTERED, values: [upTo(Math.max(1, wideRows), random)] };
  }
}

/** Makes the tables; the wide one, of some bytes, only where it is wanted. Says how many rows it has. */
export async function createTables(client: Client, wideBytes = 0): Promise<{ wideRows: number }> {
  const wideRows = Math.floor(wideBytes / 2048);
  await client.query(
    `create table bench_rows (id int primary key, hits int not null, filler text) with (fillfactor = 50)`,
  );
  await client.query(
    `insert into bench_rows select i, 0, repeat('x', 100) from generate_series(1, ${ROWS}) i`,
  );
  await client.query(`create table bench_wide (id int primary key, filler text not null)`);
  await client.query(`alter table bench_wide alter filler set storage plain`);
  if (wideRows > 0) {
    await client.query(
      `insert into bench_wide select i, repeat('y', ${WIDE_ROW_BYTES}) from generate_series(1, ${wideRows}) i`,
    );
  }
  await client.query('vacuum (analyze) bench_rows');
  await client.query('vacuum (analyze) bench_wide');
  await client.query('checkpoint');
  return { wideRows };
}

/** Reads all of the wide table, so that the page cache holds it. */
export async function fillCache(client: Client): Promise<void> {
  await client.query('set max_parallel_workers_per_gather = 0');
  await client.query('select count(*) from bench_wide where length(filler) < 0');
  await client.query('reset max_parallel_workers_per_gather');
}
