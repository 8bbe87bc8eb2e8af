import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestSql } from '../../src/engines/postgres/digest/digest.ts';
import { createPostgresEngine } from '../../src/engines/postgres/engine.ts';
import { raised, until } from '../../src/engines/engine.conformance.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';
import { connectClient, majorsUnderTest } from './engine-fixture.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import type { EngineSession } from '../../src/engines/engine.ts';

const OPTIONS = { connectTimeoutMs: 20_000, sampleTimeoutMs: 20_000 };
const ALL = { alsoPids: [], thinning: 1 };
const SECRET = 'zqsecretqz';
const QUERY_SIZE = 200;

describe.each(majorsUnderTest())('PostgreSQL %i', (version) => {
  let server: RunningPostgres;
  const clients: Client[] = [];
  const observers: EngineSession[] = [];

  beforeAll(async () => {
    server = await startTestPostgres({
      version,
      statStatements: true,
      settings: {
        track_activity_query_size: QUERY_SIZE,
        max_prepared_transactions: 5,
        autovacuum_naptime: '1s',
        max_wal_senders: 5,
        password_encryption: 'scram-sha-256',
        'pg_stat_statements.track_utility': 'on',
      },
    });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(observers.splice(0).map(async (observer) => observer.close()));
    await Promise.all(clients.splice(0).map(end));
    await clearSessions(server);
  });
  afterAll(async () => server.stop('immediate'));

  async function open(url = server.url): Promise<{ client: Client; pid: number }> {
    const client = await connectClient(url);
    clients.push(client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return { client, pid: rows[0]?.pid ?? 0 };
  }

  async function observe(url = server.url, sampleTimeoutMs = 20_000): Promise<EngineSession> {
    const observer = await createPostgresEngine().connect(url, { ...OPTIONS, sampleTimeoutMs });
    observers.push(observer);
    return observer;
  }

  it('folds parallel workers under their leader, with its statement', async () => {
    const { client, pid } = await open();
    await client.query(`create table wide as select i from generate_series(1, 20000) i; analyze wide;
      set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0`);
    await client.query('alter table wide set (parallel_workers = 2)');
    const work = client.query('select count(pg_sleep(0.001 * (i % 2))) from wide').catch(() => undefined);
    const observer = await observe();
    const workers = await waitFor(
      async () => {
        const { sessions } = await observer.sample(ALL);
        const found = sessions.filter(({ leaderPid }) => leaderPid === pid);
        const leader = sessions.find((session) => session.pid === pid);
        return found.length > 0 && leader ? { found, leader } : null;
      },
      { what: 'parallel workers' },
    );
    expect(new Set(workers.found.map(({ type }) => type))).toEqual(new Set(['parallel worker']));
    expect(workers.leader.sqlId).not.toBe('');
    expect(new Set(workers.found.map(({ sqlId }) => sqlId))).toEqual(new Set([workers.leader.sqlId]));
    expect(workers.leader.leaderPid).toBeNull();
    void work;
  });

  it('shows autovacuum workers, walsenders and server processes by their types', async () => {
    const { client } = await open();
    await client.query(`create table dusty (i int) with (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1,
      autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
      insert into dusty select generate_series(1, 50000)`);
    await client.query('delete from dusty');
    const replica = new Client({ connectionString: server.url, replication: 'true' } as ConstructorParameters<
      typeof Client
    >[0]);
    replica.on('error', () => {});
    await replica.connect();
    clients.push(replica);
    const { rows } = await client.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
    void replica.query(`START_REPLICATION PHYSICAL ${rows[0]?.lsn}`).catch(() => undefined);
    const observer = await observe();
    const types = new Map<string, string>();
    await waitFor(
      async () => {
        // PostgreSQL 13 tells autovacuum of changes with a later statement only.
        await client.query('select 1');
        for (const { type, state } of (await observer.sample(ALL)).sessions) types.set(type, state);
        return types.get('walsender') === 'active' && types.get('autovacuum worker') === 'active';
      },
      { what: 'walsender and autovacuum worker' },
    );
    expect(types.get('checkpointer')).toBe('unknown');
    expect(types.get('walwriter')).toBe('unknown');
  });

  it('takes the whole text of a cut statement from pg_stat_statements, if ids tell which', async () => {
    const { client, pid } = await open();
    const text = `select 1 as ${'a'.repeat(50)}, 2 as ${'b'.repeat(50)}, 3 as ${'c'.repeat(50)}, '${SECRET}' as ${'d'.repeat(50)}`;
    await client.query(text);
    await client.query(text);
    const observer = await observe();
    const { found, sample } = await until(observer, pid, () => true);
    const digest = sample.newDigests.find(({ id }) => id === found.sqlId);
    const whole = digestSql(text);
    const beginning = digestSql(text.slice(0, QUERY_SIZE - 1), true);
    expect(digest).toEqual(observer.info.capabilities.queryIds ? whole : beginning);
    expect(JSON.stringify(sample)).not.toContain(SECRET);
  });

  it('keeps no literal of utility statements, nor of texts cut anywhere', async () => {
    const { client, pid } = await open();
    const observer = await observe();
    await client.query('create role joe');
    const statements = [
      `alter role joe password '${SECRET}'`,
      `do $x$ begin perform '${SECRET}'; end $x$`,
      `copy (select 1) to program 'cat > /dev/null # ${SECRET}'`,
      `set application_name = '${SECRET}'`,
      ...Array.from({ length: 12 }, (_, i) => `select '${' '.repeat(QUERY_SIZE - 24 + i)}${SECRET}é', 1`),
    ];
    for (const statement of statements) {
      await client.query(statement);
      await client.query(`set application_name = ''`).catch(() => undefined);
      await client.query(statement);
      const { sample } = await until(observer, pid, ({ state }) => state === 'idle');
      const texts = sample.newDigests.map(({ text }) => text);
      expect(texts.join('\n')).not.toMatch(/zqs|secret/);
    }
  });

  it('gives a statement one id with and without a query id of the server', async (ctx) => {
    if (version < 14) ctx.skip('PostgreSQL 13 has no query ids');
    const { client, pid } = await open();
    const observer = await observe();
    await client.query('select 1, 2');
    const withId = (await until(observer, pid, () => true)).found.sqlId;
    await client.query('set compute_query_id = off');
    await client.query('SELECT 3,  4');
    expect((await until(observer, pid, () => true)).found.sqlId).toBe(withId);
    await client.query('select 5, 6');
    const { sample, found } = await until(observer, pid, () => true);
    expect(found.sqlId).toBe(withId);
    expect(sample.newDigests).toEqual([]);
  });

  it('gives what pg_stat_statements keeps the id of what ran', async () => {
    const { client } = await open();
    await client.query('create table if not exists shop (id int, name text, tags text[], at timestamptz)');
    const statements = [
      `select * from shop where id in (1, 2, 3) and name = 'x' or id = -1 /* c1 */`,
      `select count(*) from shop where tags = array['a', 'b'] and at > now() - interval '1 day'`,
      `insert into shop values (1, 'a', null, now()), (2, 'b', null, now())`,
      `update shop set id = id + 1, name = null where name is not null and id between 1 and 5`,
      `select name from shop where tags && '{a,b}'::text[] order by 1 limit 10 offset 5`,
      `select case when id > 1 then 'a' else 'b' end, true from shop where name like 'x%'`,
      `select id::numeric(10,2), date '2020-01-01' from shop where id = any('{1,2}')`,
      `delete from shop where id in (-1, -2) and name in ('a')`,
    ];
    await client.query('select pg_stat_statements_reset()');
    for (const statement of statements) await client.query(statement);
    const { rows } = await client.query<{ query: string }>('select query from pg_stat_statements');
    const ids = new Map(rows.map(({ query }) => [digestSql(query).id, query]));
    const strangers = statements.filter((statement) => !ids.has(digestSql(statement).id));
    expect({ strangers, kept: strangers.length > 0 ? [...ids.values()] : [] }).toEqual({
      strangers: [],
      kept: [],
    });
  });

  it('counts statements by digest from pg_stat_statements', async (ctx) => {
    if (version < 14) ctx.skip('PostgreSQL 13 has no query ids');
    const { client, pid } = await open();
    const observer = await observe();
    await client.query('select 7, 8, 9');
    const { sqlId } = (await until(observer, pid, () => true)).found;
    const calls = async (): Promise<number> => {
      const counters = await observer.counters();
      return (
        counters.find(({ metric, key }) => metric === 'pg_stat_statements.calls' && key === sqlId)?.value ??
        -1
      );
    };
    expect(await calls()).toBe(0);
    for (let i = 0; i < 3; i += 1) await client.query(`select ${i}, 8, 9`);
    expect(await calls()).toBe(3);
  });

  it('names a prepared transaction at the head of the queue', async () => {
    const [holder, waiter] = [await open(), await open()];
    await holder.client.query('create table account (id int primary key); insert into account values (1)');
    await holder.client.query('begin');
    await holder.client.query('update account set id = 2');
    await holder.client.query(`prepare transaction 'two phases'`);
    void waiter.client.query('update account set id = 3').catch(() => undefined);
    const observer = await observe();
    await until(observer, waiter.pid, ({ waitEventType }) => waitEventType === 'Lock');
    expect(await observer.blockers([waiter.pid])).toEqual([
      expect.objectContaining({
        waitingPid: waiter.pid,
        blockingPid: 0,
        rootPid: 0,
        rootSession: '0@0',
        rootSqlId: '',
        lock: 'row of public.account',
      }),
    ]);
    await holder.client.query(`rollback prepared 'two phases'`);
  });

  it('says what is waited for, and since when', async () => {
    const [holder, elsewhere] = [await open(), await open(server.urlFor({ database: 'template1' }))];
    await holder.client.query(`create table stock (id int primary key); insert into stock values (1), (2);
      create schema "Big Shop"; create table "Big Shop".stock (id int)`);
    await elsewhere.client.query('create table if not exists there (id int)');
    await holder.client
      .query(`begin; update stock set id = id + 10 where id = 1; insert into stock values (7);
      lock table "Big Shop".stock; select pg_advisory_xact_lock(42), pg_advisory_xact_lock(3, -4)`);
    await elsewhere.client.query('begin; lock table there');
    const observer = await observe();
    const lockOf = async (statement: string, url = server.url): Promise<string | null> => {
      const waiter = await open(url);
      void waiter.client.query(statement).catch(() => undefined);
      await until(observer, waiter.pid, ({ waitEventType }) => waitEventType === 'Lock');
      await setTimeout(20);
      const [found] = await observer.blockers([waiter.pid]);
      const sinceMs = found?.waitStartedAtMs ?? null;
      expect(sinceMs === null ? null : Math.abs(Date.now() - sinceMs) < 60_000).toBe(
        version >= 14 ? true : null,
      );
      return found?.lock ?? null;
    };
    expect(await lockOf('update stock set id = 5 where id = 1')).toBe('row of public.stock');
    expect(await lockOf('select * from stock where id = 1 for update')).toBe('row of public.stock');
    expect(await lockOf('insert into stock values (7)')).toBe('row of public.stock');
    expect(await lockOf('alter table stock add column x int')).toBe(
      'table public.stock (AccessExclusiveLock)',
    );
    expect(await lockOf('table "Big Shop".stock')).toBe('table "Big Shop".stock (AccessShareLock)');
    expect(await lockOf('select pg_advisory_lock(42)')).toBe('advisory lock 42');
    expect(await lockOf('select pg_advisory_lock(3, -4)')).toBe('advisory lock 3, -4');
    expect(await lockOf('select count(*) from there', server.urlFor({ database: 'template1' }))).toMatch(
      /^table \d+ of another database \(AccessShareLock\)$/,
    );
  });

  it('goes on naming waits while the catalog of names is locked', async () => {
    const [holder, waiter] = [await open(), await open()];
    await waiter.client.query('select 1');
    await holder.client.query('create table held (id int)');
    await holder.client.query('begin; lock table held');
    const observer = await observe();
    void waiter.client.query('table held').catch(() => undefined);
    await until(observer, waiter.pid, ({ waitEventType }) => waitEventType === 'Lock');
    await observer.blockers([waiter.pid]);
    await holder.client.query('lock table pg_class');
    const [found] = await observer.blockers([waiter.pid]);
    expect(found?.lock).toMatch(/^table \d+ \(AccessShareLock\)$/);
  });

  it('says what a role cannot see, and how to mend it', async () => {
    const admin = await open();
    await admin.client.query(
      `create role plain login password 'plain'; create role "Watch Man" login password 'watch'`,
    );
    await admin.client.query(`grant pg_monitor to "Watch Man"`);
    const plain = await observe(server.urlFor({ user: 'plain', password: 'plain' }));
    expect(plain.info.warnings.join()).toContain('GRANT pg_monitor TO plain;');
    const sample = await plain.sample(ALL);
    expect(sample.hiddenSessions).toBe(1);
    expect(sample.totalSessions).toBe(1);
    expect(sample.sessions.find(({ pid }) => pid === admin.pid)).toMatchObject({
      state: 'unknown',
      type: 'client backend',
      user: 'postgres',
      sqlId: '',
    });
    expect((await plain.counters()).length).toBeGreaterThan(10);
    const monitor = await observe(server.urlFor({ user: 'Watch Man', password: 'watch' }));
    expect(monitor.info.warnings).toEqual([]);
    expect((await monitor.sample(ALL)).hiddenSessions).toBe(0);
    expect(monitor.info.capabilities.statementStatistics).toBe(true);
  });

  it('tells that no connection is left', async () => {
    const { client } = await open();
    await client.query(`create role lonely login password 'lonely' connection limit 1`);
    const url = server.urlFor({ user: 'lonely', password: 'lonely' });
    await observe(url);
    expect((await raised(async () => observe(url))).code).toBe('TOO_MANY_CONNECTIONS');
  });

  it('is cancelled by the server and goes on after', async () => {
    const { client } = await open();
    const observer = await observe(server.url, 2000);
    await client.query('begin');
    await client.query('lock table pg_authid in access exclusive mode');
    expect((await raised(async () => observer.sample(ALL))).code).toBe('STATEMENT_TIMEOUT');
    await client.query('rollback');
    expect((await observer.sample(ALL)).totalSessions).toBe(1);
  });

  it('comes in through a Unix socket', async () => {
    const { client, pid } = await open(server.socketUrl);
    const observer = await observe(server.socketUrl);
    expect(observer.info.clientPort).toBeNull();
    expect(observer.info.serverPort).toBe(server.port);
    await client.query('begin');
    expect((await until(observer, pid, () => true)).found.host).toBe('[local]');
  });

  it('notices a restart, and says that the server is down', async () => {
    const observer = await observe();
    await observer.sample(ALL);
    await server.stop('fast', { keepData: true });
    await observer.closed;
    expect((await raised(async () => observer.sample(ALL))).code).toBe('CONNECTION_LOST');
    expect((await raised(async () => observe())).code).toBe('DATABASE_UNREACHABLE');
    await server.start();
    expect((await (await observe()).sample(ALL)).totalSessions).toBe(0);
  });
});

describe('PostgreSQL with long texts', () => {
  let server: RunningPostgres;
  beforeAll(async () => {
    server = await startTestPostgres({ version: 18, settings: { track_activity_query_size: 16_384 } });
  }, 180_000);
  afterAll(async () => server.stop('immediate'));

  it('digests 16 kB texts whole and is asked for each once', async () => {
    const client = await connectClient(server.url);
    const observer = await createPostgresEngine().connect(server.url, OPTIONS);
    const columns = Array.from({ length: 800 }, (_, i) => `${i} as column_${i}`).join(', ');
    const text = `select ${columns}`;
    await client.query(text);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await client.query(text);
    const { found, sample } = await until(observer, rows[0]?.pid ?? 0, () => true);
    expect(found.sqlId).toBe(digestSql(text).id);
    expect(sample.newDigests.find(({ id }) => id === found.sqlId)).toEqual(digestSql(text));
    expect((await observer.sample({ alsoPids: [found.pid], thinning: 1 })).newDigests).toEqual([]);
    expect(text.length).toBeGreaterThan(14_000);
    await observer.close();
    await end(client);
  });
});

/** Ends what still runs: a server goes on with a statement whose client is gone. */
async function clearSessions(server: RunningPostgres): Promise<void> {
  const admin = await connectClient(server.url);
  const others = `from pg_stat_activity where pid <> pg_backend_pid()
    and backend_type in ('client backend', 'parallel worker', 'walsender')`;
  await waitFor(
    async () => {
      const { rows } = await admin.query(`select pg_terminate_backend(pid) ${others}`);
      return rows.length === 0;
    },
    { what: 'the end of all sessions' },
  );
  await end(admin);
}

async function end(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
