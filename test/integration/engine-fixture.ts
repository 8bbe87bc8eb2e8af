import { Client, Pool } from 'pg';
import { createPostgresEngine } from '../../src/engines/postgres/engine.ts';
import { startFaultyProxy } from '../kit/half-open-proxy.ts';
import { TEST_MAJORS, startTestPostgres, testedMajor } from '../kit/postgres.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import type { DrivenSession, EngineFixture } from '../../src/engines/engine.conformance.ts';
import type { FaultyProxy } from '../kit/half-open-proxy.ts';
import type { TestMajor, TestPostgresOptions } from '../kit/postgres.ts';

/** The oldest and the newest, unless the run is about one version. */
export function majorsUnderTest(): readonly TestMajor[] {
  return process.env['AIRGLOW_TEST_PG']
    ? [testedMajor()]
    : [TEST_MAJORS[0], TEST_MAJORS[TEST_MAJORS.length - 1] ?? 18];
}

/** A new PostgreSQL as the conformance suite wants it. */
export async function postgresFixture(options: TestPostgresOptions): Promise<EngineFixture> {
  const server = await startTestPostgres(options);
  const admin = new Pool({ connectionString: server.url, max: 1 });
  admin.on('error', () => {});
  await admin.query(`create table rows (name text primary key); insert into rows values ('a'), ('b')`);
  const proxies: FaultyProxy[] = [];
  return {
    engine: createPostgresEngine(),
    url: server.url,
    password: new URL(server.url).password,
    urlWith({ port, ...who }) {
      const url = new URL(server.urlFor(who));
      if (port !== undefined) url.port = String(port);
      return url.href;
    },
    openSession: async () => openSession(server, admin),
    async breakableUrl() {
      const proxy = await startFaultyProxy(server.port);
      proxies.push(proxy);
      return {
        url: proxy.urlThrough(server.url),
        swallow: async () => proxy.setMode('swallow'),
        pass: async () => proxy.setMode('pass'),
        cut: () => proxy.cut(),
      };
    },
    async terminate(pid) {
      await admin.query('select pg_terminate_backend($1)', [pid]);
    },
    async clientPids() {
      const { rows } = await admin.query<{ pid: number }>(
        `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      return rows.map(({ pid }) => pid);
    },
    busy: (seconds, mark) => `select pg_sleep(${seconds}), '${mark}' /* ${mark} */`,
    async tearDown() {
      for (const proxy of proxies) await proxy.close();
      await admin.end();
      await server.stop('immediate');
    },
  };
}

export async function connectClient(url: string, application = ''): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: application });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function openSession(server: RunningPostgres, admin: Pool): Promise<DrivenSession> {
  const application = 'airglow test';
  const client = await connectClient(server.url, application);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid ?? 0;
  /** What still runs at the end is cut off; that is no failure of the test. */
  const run = async (sql: string): Promise<unknown> => client.query(sql).catch(() => undefined);
  return {
    pid,
    application,
    user: 'postgres',
    database: 'postgres',
    run,
    async begin() {
      await run('begin');
    },
    async commit() {
      await run('commit');
    },
    lockRow: async (name) => run(`select 1 from rows where name = '${name}' for update`),
    async end() {
      const ended = new Promise((resolve) => {
        client.once('end', resolve);
      });
      await admin.query('select pg_terminate_backend($1)', [pid]);
      await ended;
    },
  };
}
