import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../src/api/client.ts';
import type { LiveTick } from '../../src/api/contracts.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { readEndpoint } from '../../src/daemon/endpoint-file.ts';
import { runWatch } from '../../src/daemon/watch.ts';
import type { Watch, WatchOptions } from '../../src/daemon/watch.ts';
import { startLoad } from '../kit/load.ts';
import type { RunningLoad } from '../kit/load.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { parseMetrics } from '../kit/prometheus-text.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Sleeping sessions: their load is known (one each) and costs the machine nothing. */
const SLEEPERS = 3;

let server: RunningPostgres;
let load: RunningLoad;
let folder: string;
let log: string[] = [];
const watches: Watch[] = [];
const processes: ChildProcess[] = [];

beforeAll(async () => {
  server = await startTestPostgres({ statStatements: true });
  load = await startLoad(server.url, {
    clients: SLEEPERS,
    applicationName: 'sleepers',
    work: (client, { turn }) =>
      client.query(`select pg_sleep(0.5), ${turn} as turn, 'secret-literal' as word`),
  });
}, 120_000);

afterAll(async () => {
  await load?.stop();
  await server?.stop();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-watch-'));
  log = [];
});

afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.stop()));
  for (const child of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

async function watchDatabase(change: Partial<WatchOptions> = {}) {
  const watch = await runWatch({
    targets: [{ name: 'db', url: server.url }],
    listen: { host: '127.0.0.1', port: 0 },
    dataDir: folder,
    intervalMs: 250,
    retentionDays: 7,
    log: (line) => log.push(line),
    ...change,
  });
  watches.push(watch);
  return { watch, client: new ApiClient({ url: watch.url, token: watch.token }) };
}

async function untilRecorded(client: ApiClient, seconds: number): Promise<void> {
  await waitFor(async () => (await client.top('db', { from: '-1h' })).meta.coveredSeconds >= seconds, {
    what: `${seconds} s of record`,
    timeoutMs: 90_000,
    pollMs: 250,
  });
}

describe('a database watched for a while', () => {
  test('every endpoint answers, and the sums agree', async () => {
    const { watch, client } = await watchDatabase();
    await untilRecorded(client, 12);
    const window = { from: Date.now() - 600_000, to: Date.now() - 3000 };

    const total = await client.load('db', { ...window, period: 1 });
    const byWait = await client.load('db', { ...window, period: 1, groupBy: 'db.wait_event', limit: 3 });
    const topSql = await client.top('db', {
      ...window,
      groupBy: 'db.sql_tokenized',
      partitionBy: 'db.wait_event',
    });
    expect(total.meta.aas).toBeCloseTo(topSql.meta.aas!, 9);
    expect(byWait.series.reduce((sum, { averageAas }) => sum + averageAas!, 0)).toBeCloseTo(
      topSql.meta.aas!,
      9,
    );
    expect(total.meta.coveredSeconds).toBeCloseTo(topSql.meta.coveredSeconds, 6);
    for (const row of topSql.rows) {
      expect(row.partitions.reduce((sum, { aas }) => sum + aas, 0)).toBeCloseTo(row.aas, 9);
    }
    // The sleepers are nearly always in their statement; a busy machine may keep them from it for a while.
    expect(total.meta.aas!).toBeGreaterThan(SLEEPERS * 0.6);
    expect(total.meta.aas!).toBeLessThan(SLEEPERS * 1.5);

    const sleepers = await client.top('db', { ...window, filter: { 'db.application': ['sleepers'] } });
    expect(sleepers.rows[0]).toMatchObject({ key: 'Timeout:PgSleep' });

    const { statements } = await client.statements('db', window);
    expect(statements[0]?.sql).toMatch(/pg_sleep/i);
    expect(statements[0]?.waits[0]?.key).toBe('Timeout:PgSleep');

    const { sessions } = await client.sessions('db');
    const sleeping = sessions.filter(({ application }) => application === 'sleepers');
    expect(sleeping).toHaveLength(SLEEPERS);
    expect(sleeping.some(({ sql }) => /pg_sleep/i.test(sql ?? ''))).toBe(true);

    const { events } = await client.events('db');
    expect(events.map(({ kind }) => kind)).toContain('connected');
    const target = await client.target('db');
    expect(target).toMatchObject({ connection: 'connected', lastError: null });
    expect(target.load?.aas).toBeGreaterThan(SLEEPERS * 0.5);
    expect(await client.health()).toMatchObject({
      status: 'ok',
      store: { status: 'recording', lostTicks: 0 },
    });

    const metrics = parseMetrics(await (await fetch(`${watch.url}/metrics`)).text());
    expect(metrics.get('airglow_connection_up{target="db"}')).toBe(1);
    expect(metrics.get('airglow_db_load{target="db"}')).toBeGreaterThan(SLEEPERS * 0.5);
    expect(metrics.get('airglow_ticks_total{target="db"}')).toBeGreaterThan(10);
  }, 150_000);

  test('what pg_stat_statements counted joins the statements', async () => {
    const { client } = await watchDatabase();
    const statement = await waitFor(
      async () => {
        const { statements } = await client.statements('db', { from: '-1h' });
        return statements.find(({ sql, statistics }) => /pg_sleep/i.test(sql ?? '') && statistics !== null);
      },
      { what: 'statistics of pg_sleep', timeoutMs: 120_000, pollMs: 500 },
    );
    expect(statement.statistics!.calls).toBeGreaterThan(0);
    expect(statement.statistics!.meanMs!).toBeGreaterThan(450);
  }, 150_000);

  test('live ticks come as they happen', async () => {
    const { client } = await watchDatabase();
    const ticks: LiveTick[] = [];
    for await (const message of client.live({ groupBy: ['db.application'] })) {
      if (message.event === 'tick') ticks.push(message.data);
      if (ticks.length === 8) break;
    }
    const timesMs = ticks.map(({ atMs }) => atMs);
    expect(timesMs).toEqual([...new Set(timesMs)].toSorted((a, b) => a - b));
    expect(ticks.some(({ by }) => by['db.application']?.some(({ key }) => key === 'sleepers'))).toBe(true);
  }, 90_000);

  test('neither password nor literal is anywhere: answers, log, folder', async () => {
    const { password } = new URL(server.url);
    expect(password).not.toBe('');
    const { watch, client } = await watchDatabase();
    await untilRecorded(client, 4);
    const paths = ['', '/load', '/top?group_by=db.sql_tokenized', '/statements', '/sessions', '/events'];
    const answers = await Promise.all(
      paths.map(async (path) => (await fetch(`${watch.url}/api/targets/db${path}`)).text()),
    );
    answers.push(await (await fetch(`${watch.url}/metrics`)).text(), log.join('\n'));
    await watch.stop();
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (file.isFile()) answers.push(await readFile(join(file.parentPath, file.name), 'latin1'));
    }
    for (const answer of answers) {
      expect(answer).not.toContain(password);
      expect(answer).not.toContain('secret-literal');
    }
  }, 90_000);
});

describe('the record', () => {
  test('outlives a kill -9, and the next process goes on with it', async () => {
    const first = await watchProcess();
    await untilRecorded(first.client, 10);
    const before = await first.client.top('db', { from: '-1h', to: '-5s' });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const { watch, client } = await watchDatabase();
    const { meta } = await client.top('db', { from: before.meta.fromMs, to: before.meta.toMs });
    expect(meta.coveredSeconds).toBeGreaterThanOrEqual(before.meta.coveredSeconds - 0.5);
    const { coveredSeconds } = (await client.top('db', { from: '-1h' })).meta;
    await untilRecorded(client, coveredSeconds + 3);
    const { meta: after } = await client.load('db', { from: before.meta.toMs - 10_000, period: 1 });
    expect(after.coveredSeconds).toBeGreaterThan(3);
    expect((await client.statements('db', { from: '-1h' })).statements[0]?.sql).toMatch(/pg_sleep/i);
    await watch.stop();
  }, 150_000);

  test('is held by one process; a second one is told by whom', async () => {
    const { watch } = await watchDatabase();
    await expect(watchDatabase()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(watch.url) as string,
    });
    expect(await readEndpoint(folder)).toMatchObject({ pid: process.pid, url: watch.url });
    await watch.stop();
    expect(await readEndpoint(folder)).toBeNull();
    await (await watchDatabase()).watch.stop();
  });

  async function watchProcess() {
    const script = join(import.meta.dirname, '..', 'kit', 'watch-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder, '250'], {
      env: { ...process.env, AIRGLOW_URL: server.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(child);
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    const { url } = await waitFor(
      () => JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? 'null') as { url: string } | null,
      {
        what: `the watch process (${output})`,
        timeoutMs: 60_000,
      },
    );
    const token = (await readFile(join(folder, 'token'), 'utf8')).trim();
    return { child, client: new ApiClient({ url, token }) };
  }
});

describe('starting and stopping', () => {
  test('stopping leaves nothing running, also twice', async () => {
    // Loads what stays for good (the store's native threads), and leaves it out of the count.
    await (await watchDatabase()).watch.stop();
    await sleep(200);
    const before = process.getActiveResourcesInfo().toSorted();
    const { watch, client } = await watchDatabase();
    await untilRecorded(client, 2);
    const following = client.live();
    await following.next();
    await Promise.all([watch.stop(), watch.stop()]);
    await following.return(undefined);
    await expect(client.health()).rejects.toMatchObject({ code: 'NO_ANSWER' });
    // Connections of this test's own client take a moment to notice.
    await waitFor(() => process.getActiveResourcesInfo().length <= before.length, {
      what: `the end of ${process.getActiveResourcesInfo().join()}`,
    });
  }, 90_000);

  test('a port in use leaves the folder free', async () => {
    const { watch } = await watchDatabase({ dataDir: null });
    const port = Number(new URL(watch.url).port);
    await expect(watchDatabase({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    await (await watchDatabase()).watch.stop();
  });

  test('a database that is not there is no reason to fail, and is said', async () => {
    const url = 'postgres://nobody:hidden-word@127.0.0.1:1/none';
    const { client } = await watchDatabase({ targets: [{ url }], dataDir: null });
    const health = await waitFor(
      async () => {
        const now = await client.health();
        return now.problems.some((problem) => problem.startsWith('localhost-1-none: waiting to reconnect:'))
          ? now
          : null;
      },
      { what: 'the problem' },
    );
    expect(health.status).toBe('degraded');
    expect(JSON.stringify([health, await client.targets(), log])).not.toContain('hidden-word');
    const events = await waitFor(
      async () => {
        const found = await client.events('localhost-1-none');
        return found.events.length > 0 ? found.events : null;
      },
      { what: 'the event' },
    );
    expect(events[0]?.kind).toBe('connection-lost');
  });

  test('on loopback, too, SQL is for who has the token only, which stays the same', async () => {
    const { watch } = await watchDatabase();
    const anybody = new ApiClient({ url: watch.url });
    expect((await anybody.targets()).targets).toHaveLength(1);
    await expect(anybody.sessions('db')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(anybody.statements('db')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await anybody.session()).toMatchObject({ isTrusted: false, hasClusters: false });
    await watch.stop();
    const again = (await watchDatabase()).watch;
    expect(again.token).toBe(watch.token);
    await again.stop();
    const inMemory = await watchDatabase({ dataDir: null });
    expect(inMemory.watch.token).toMatch(/^[\w-]{43}$/);
    expect(inMemory.watch.token).not.toBe(watch.token);
    expect(await inMemory.client.session()).toMatchObject({ isTrusted: true });
    expect(log.join('\n')).not.toContain(watch.token);
  });

  test('elsewhere than on loopback it needs the token, which is in the folder and not in the log', async () => {
    await expect(
      watchDatabase({ listen: { host: '0.0.0.0', port: 0 }, dataDir: null }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    const { watch, client } = await watchDatabase({ listen: { host: '0.0.0.0', port: 0 } });
    const path = join(folder, 'token');
    expect((await readFile(path, 'utf8')).trim()).toBe(watch.token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(log.join('\n')).toContain(path);
    expect(log.join('\n')).not.toContain(watch.token);
    expect((await fetch(`${watch.url}/api/health`)).status).toBe(401);
    expect((await client.health()).version).toMatch(/^\d/);
  });

  test('wrong options are refused before anything starts', async () => {
    const target = { url: server.url };
    await expect(watchDatabase({ targets: [target, target] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(watchDatabase({ targets: [{ url: 'nonsense' }] })).rejects.toMatchObject({
      code: 'INVALID_URL',
    });
    await expect(watchDatabase({ listen: { host: '127.0.0.1', port: 70_000 } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
