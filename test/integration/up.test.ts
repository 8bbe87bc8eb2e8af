import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/client.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { runCli, runCliHere, startCli } from '../kit/airglow-cli.ts';
import type { RunningCli } from '../kit/airglow-cli.ts';
import { parseMetrics } from '../kit/prometheus-text.ts';
import { waitFor } from '../kit/wait-for.ts';

/** `airglow up` and `airglow cluster` as a user runs them, with real databases. */
let folder: string;
let stateDir: string;
const daemons: RunningCli[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-up-'));
  // Users that databases run as pass through it.
  await chmod(folder, 0o711);
  stateDir = join(folder, 'state');
});

afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    daemon.child.kill('SIGTERM');
    await daemon.exited;
  }
  // Whatever a test that failed has left running.
  const fleet = await openFleet({ stateDir, log: () => {} });
  for (const { name } of fleet.list()) await fleet.delete(name);
  await fleet.close();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

async function startUp(...more: string[]): Promise<{ daemon: RunningCli; url: string }> {
  const daemon = startCli([
    'up',
    '--state',
    stateDir,
    '--listen',
    '127.0.0.1:0',
    '--interval',
    '250ms',
    ...more,
  ]);
  daemons.push(daemon);
  const url = await waitFor(
    () => {
      if (daemon.child.exitCode !== null) throw new Error(daemon.err());
      return daemon.out().includes('Ctrl-C') ? /(http:\S+) serves/.exec(daemon.out())?.[1] : null;
    },
    { what: `airglow up (${daemon.err()})`, timeoutMs: 240_000 },
  );
  return { daemon, url };
}

async function end({ daemon }: { daemon: RunningCli }): Promise<string> {
  daemon.child.kill('SIGINT');
  expect(await daemon.exited).toBe(0);
  daemons.splice(daemons.indexOf(daemon), 1);
  return daemon.out();
}

/** Within this process, since starting one each time takes longer than all the rest. */
const airglow = (...args: string[]) => runCliHere(['cluster', ...args, '--state', stateDir]);

async function succeed(...args: string[]): Promise<string> {
  const { code, out, err } = await airglow(...args);
  expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
  return out;
}

const json = async (...args: string[]) =>
  JSON.parse(await succeed(...args, '--json')) as Record<string, unknown>;

async function query(sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: (await succeed('url', 'shop')).trim() });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('airglow up', () => {
  it('runs databases from their creation to their end', async () => {
    const up = await startUp();
    expect(await succeed('list')).toContain('There is no database yet');

    const create = ['create', 'shop', '--max-capacity', '2', '--parameter', 'work_mem=8MB'];
    const created = await runCli(['cluster', ...create, '--state', stateDir]);
    expect(created).toMatchObject({ code: 0, err: '' });
    expect(created.out).toMatch(
      /^shop is available at 127\.0\.0\.1:\d+: PostgreSQL \d+\.\d+, 0\.5 to 2 ACU\n/,
    );
    expect(await query('show work_mem')).toEqual([{ work_mem: '8MB' }]);
    await query('create table kept as select 42 as answer');

    const observed = await waitFor(
      async () => {
        const description = await json('describe', 'shop');
        return description['load'] !== null && description['lastDecision'] !== null ? description : null;
      },
      { what: 'the load of the database', timeoutMs: 180_000 },
    );
    expect(observed).toMatchObject({
      name: 'shop',
      status: 'available',
      endpoint: { host: '127.0.0.1', port: expect.any(Number) as number },
      capacity: { min: 0.5, max: expect.any(Number) as number, requestedMax: 2 },
      load: { aas: expect.any(Number) as number, nonCpu: expect.any(Number) as number },
      acuHours: expect.any(Number) as number,
      parameters: { work_mem: '8MB' },
      lastDecision: { reason: expect.any(String) as string },
    });
    expect(typeof observed['enforced']).toBe('boolean');

    const explained = await succeed('explain', 'shop');
    expect(explained).toContain('what each resource asks for, in ACU');
    for (const line of explained.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(await succeed('logs', 'shop', '--lines', '200')).toMatch(/ready to accept connections|system was/);

    expect(await json('modify', 'shop', '--max-capacity', '1', '--parameter', 'work_mem=16MB')).toMatchObject(
      {
        capacity: { requestedMax: 1 },
        parameters: { work_mem: '16MB' },
      },
    );
    await waitFor(async () => JSON.stringify(await query('show work_mem')).includes('16MB'), {
      what: 'the new setting',
      timeoutMs: 180_000,
    });

    expect(await succeed('stop', 'shop')).toBe('shop is stopped; its data stays\n');
    await expect(query('select 1')).rejects.toThrow(/ECONNREFUSED/);
    expect(await json('describe', 'shop')).toMatchObject({
      status: 'stopped',
      capacity: { current: 0 },
      load: null,
    });
    expect(await succeed('start', 'shop')).toMatch(/^shop is available/);
    expect(await query('select answer from kept')).toEqual([{ answer: 42 }]);

    expect(await succeed('delete', 'shop', '--yes')).toBe('shop is deleted\n');
    expect((await airglow('describe', 'shop')).err).toContain('(CLUSTER_NOT_FOUND)');
    expect(await end(up)).toContain('airglow has ended; no database runs.');
  }, 600_000);

  it('records load, decisions and events, once each, and serves them', async () => {
    const { url } = await startUp();
    await succeed('create', 'shop');
    const { password } = new URL((await succeed('url', 'shop')).trim());
    const anybody = new ApiClient({ url });
    await waitFor(async () => (await anybody.top('shop', { from: '-1h' })).meta.coveredSeconds > 2, {
      what: 'the load in the record',
      timeoutMs: 180_000,
    });
    await waitFor(async () => (await anybody.decisions('shop')).decisions.length > 0, {
      what: 'a decision in the record',
      timeoutMs: 180_000,
    });
    const { events } = await anybody.events('shop', { from: '-1h' });
    expect(events.filter(({ kind }) => kind === 'connected')).toHaveLength(1);
    expect(await succeed('events', 'shop')).toContain('connected: PostgreSQL');
    const metrics = parseMetrics(await (await fetch(`${url}/metrics`)).text());
    expect(metrics.get('airglow_serverless_database_capacity{target="shop"}')).toBeGreaterThanOrEqual(0.5);
    expect(metrics.get('airglow_cluster_status{target="shop",status="available"}')).toBe(1);
    expect(metrics.get('airglow_connection_up{target="shop"}')).toBe(1);

    await expect(anybody.statements('shop')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(anybody.stopCluster('shop')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(anybody.clusterUrl('shop')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const token = (await readFile(join(stateDir, 'token'), 'utf8')).trim();
    const owner = new ApiClient({ url, token });
    expect((await owner.statements('shop')).meta.target).toBe('shop');
    expect(await owner.stopCluster('shop')).toMatchObject({ status: 'stopped' });

    const paths = ['', '/explain', '/decisions'].map((path) => `/api/clusters/shop${path}`);
    const answers = await Promise.all(
      [...paths, '/metrics', '/api/health'].map(async (path) => (await fetch(url + path)).text()),
    );
    expect(password).not.toBe('');
    for (const answer of [...answers, daemons[0]?.out() ?? '', daemons[0]?.err() ?? '']) {
      expect(answer).not.toContain(password);
      expect(answer).not.toContain(token);
    }
  }, 600_000);

  it('lets databases run on when it ends, and the next one finds them', async () => {
    const first = await startUp();
    await succeed('create', 'shop');
    const started = await query('select pg_postmaster_start_time() as at');
    const { port } = (await json('describe', 'shop'))['endpoint'] as { port: number };
    const connection = new Client({ connectionString: (await succeed('url', 'shop')).trim() });
    await connection.connect();
    const last = await end(first);
    expect(last).toMatch(/airglow has ended; shop runs on/);
    expect(last).toContain(`airglow cluster stop shop --state ${stateDir}`);
    expect((await airglow('list')).err).toContain('(DAEMON_NOT_RUNNING)');
    expect((await connection.query('select 1 as one')).rows).toEqual([{ one: 1 }]);

    const second = await startUp();
    expect(second.daemon.out()).toMatch(new RegExp(`shop: available, .*127\\.0\\.0\\.1:${port}`));
    expect(second.daemon.out()).toMatch(/Capacity is (not )?enforced/);
    expect(await query('select pg_postmaster_start_time() as at')).toEqual(started);
    expect((await connection.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    await connection.end();
    const saved = await waitFor(
      async () => {
        const description = await json('describe', 'shop');
        return description['load'] === null ? null : description;
      },
      { what: 'the load to be observed again', timeoutMs: 180_000 },
    );
    expect(saved).toMatchObject({ status: 'available' });
  }, 600_000);

  it('is the only one of its folder', async () => {
    const { url } = await startUp();
    for (const listen of ['127.0.0.1:0', new URL(url).host]) {
      const second = await runCli(['up', '--state', stateDir, '--listen', listen]);
      expect({ code: second.code, out: second.out }).toEqual({ code: 1, out: '' });
      expect(second.err).toMatch(
        /^airglow: airglow runs with the state folder .* already.*\(STATE_LOCKED\)\n$/,
      );
    }
    expect(await succeed('list')).toContain('There is no database yet');
  }, 600_000);

  it('keeps what others must not have for itself', async () => {
    await startUp();
    const modeOf = async (name: string) => ((await stat(join(stateDir, name))).mode & 0o777).toString(8);
    expect(await Promise.all(['control.sock', 'token', 'history'].map(modeOf))).toEqual([
      '600',
      '600',
      '700',
    ]);
    expect(((await stat(stateDir)).mode & 0o066).toString(8)).toBe('0');
  }, 600_000);

  it('refuses what cannot be', async () => {
    const refuse = (...args: string[]) => runCli(['up', '--state', stateDir, ...args]);
    const answers = await Promise.all([
      refuse('--price', 'much'),
      refuse('--currency', '1'),
      refuse('--acu-memory', '0'),
      refuse('--acu-cpus', '100'),
      refuse('--listen', 'here'),
      refuse('--state', join(folder, 'x'.repeat(120))),
    ]);
    for (const { code, err, out } of answers) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^airglow: .*\(INVALID_ARGUMENT\)\n$/);
    }
  }, 600_000);
});
