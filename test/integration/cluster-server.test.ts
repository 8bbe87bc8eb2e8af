import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../src/cluster/server.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Of System V. */
async function sharedMemoryIds(): Promise<string[]> {
  const lines = (await readFile('/proc/sysvipc/shm', 'utf8')).trim().split('\n').slice(1);
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? '');
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe('a running server', () => {
  let server: RunningPostgres;
  beforeAll(async () => {
    server = await startTestPostgres({
      version: 18,
      statStatements: true,
      settings: { work_mem: '1234kB', 'airglow.quoted': "it's a \\ test", listen_addresses: '*' },
    });
  });
  afterAll(async () => {
    await server.stop();
  });

  it('answers over TCP and over its socket', async () => {
    const sql = 'select inet_server_port() as port, pg_backend_pid() > 0 as here';
    expect(await ask(server.url, sql)).toEqual([{ port: server.port, here: true }]);
    expect(await ask(server.socketUrl, sql)).toEqual([{ port: null, here: true }]);
  });

  it('has the settings asked for, but listens on loopback only', async () => {
    const sql = `select current_setting('work_mem') as work_mem, current_setting('airglow.quoted') as quoted,
      current_setting('listen_addresses') as addresses, current_setting('server_version') as version`;
    expect(await ask(server.url, sql)).toEqual([
      { work_mem: '1234kB', quoted: "it's a \\ test", addresses: '127.0.0.1', version: server.version },
    ]);
  });

  it('has pg_stat_statements', async () => {
    expect(await ask(server.url, 'select count(*) > 0 as some from pg_stat_statements')).toEqual([
      { some: true },
    ]);
  });

  it('lets nobody in without the password, not even over the socket', async () => {
    await expect(ask(server.urlFor({ password: 'wrong' }), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    const socket = new URL(server.socketUrl);
    socket.password = 'wrong';
    await expect(ask(socket.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps its password out of process lists, its folder and its log', async () => {
    const { password } = new URL(server.url);
    for (const pid of await server.processes()) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
      expect(await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).not.toContain(password);
    }
    expect(await readFile(server.logFile, 'utf8')).not.toContain(password);
    expect(await readdir(server.folder)).not.toContain('secret');
  });

  it('lies in a folder that only we and its user can read', async () => {
    expect((await stat(server.dataDir)).mode & 0o777).toBe(0o700);
    expect((await stat(server.folder)).mode & 0o044).toBe(0);
    expect((await stat(server.logFile)).mode & 0o077).toBe(0);
  });

  it('knows its processes', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('needs /proc');
    expect(await server.processes()).toContain(server.postmasterPid);
    expect((await server.processes()).length).toBeGreaterThan(4);
  });

  it('comes back with its data after a restart and after a crash', async () => {
    await ask(server.url, 'create table survivor (n int); insert into survivor values (42)');
    const before = { pid: server.postmasterPid, url: server.url };
    await server.restart();
    expect(server.url).toBe(before.url);
    expect(server.postmasterPid).not.toBe(before.pid);
    server.kill('SIGKILL');
    await server.exited();
    expect(server.isRunning).toBe(false);
    await server.start();
    expect(await ask(server.url, 'select n from survivor')).toEqual([{ n: 42 }]);
  });
});

describe('stop', () => {
  it.each(['smart', 'fast', 'immediate'] as const)('%s leaves no process and no folder', async (mode) => {
    const server = await startTestPostgres({ version: 18 });
    const pids = await server.processes();
    await server.stop(mode);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(server.folder)).toBe(false);
    await server.stop();
  });

  it('does not wait for ever for clients', async () => {
    const server = await startTestPostgres({ version: 18 });
    const client = new Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
    const busy = client.query('select pg_sleep(3600)').catch((error: Error) => error);
    await server.stop('smart', { patienceMs: 500 });
    expect(await busy).toBeInstanceOf(Error);
    expect(existsSync(server.folder)).toBe(false);
  });

  it('leaves no shared memory behind, not even after a crash', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('needs /proc');
    const server = await startTestPostgres({ version: 18 });
    const [, , , , , , segment = ''] = (await readFile(join(server.dataDir, 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    const id = segment.trim().split(/\s+/).at(-1) ?? '';
    expect(await sharedMemoryIds()).toContain(id);
    const maps =
      (await readFile(`/proc/${server.postmasterPid}/maps`, 'utf8')).match(/\/dev\/shm\/PostgreSQL\.\d+/g) ??
      [];
    expect(maps).not.toEqual([]);
    server.kill('SIGKILL');
    await server.exited();
    await server.stop();
    expect(await sharedMemoryIds()).not.toContain(id);
    expect(maps.filter((path) => existsSync(path))).toEqual([]);
  });

  it('ends backends that outlive their postmaster', async () => {
    const server = await startTestPostgres({ version: 18 });
    const client = new Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
    // A backend that computes does not look whether its postmaster is still there.
    const busy = client
      .query('select count(*) from generate_series(1, 10000000000)')
      .catch((error: Error) => error);
    const pids = await server.processes();
    server.kill('SIGKILL');
    await server.exited();
    await server.stop();
    expect(await busy).toBeInstanceOf(Error);
    await waitFor(() => !pids.some(isAlive), { what: 'all processes to be gone' });
  });
});

describe('errors', () => {
  it('names a folder without PostgreSQL', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'airglow-test-'));
    try {
      const attempt = startPostgres({ installDir: empty });
      await expect(attempt).rejects.toMatchObject({
        code: 'POSTGRES_NOT_FOUND',
        message: expect.stringContaining(empty),
      });
    } finally {
      await rm(empty, { recursive: true });
    }
  });

  it('names a port that is taken', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    try {
      const attempt = startPostgres({ port });
      await expect(attempt).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringContaining(String(port)),
      });
    } finally {
      squatter.close();
    }
  });

  it('names a port that was taken while the server was stopped', async () => {
    const server = await startTestPostgres({ version: 18 });
    const squatter = createServer();
    try {
      await server.stop('fast', { keepData: true });
      await new Promise<void>((resolve) => squatter.listen(server.port, '127.0.0.1', resolve));
      await expect(server.start()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    } finally {
      squatter.close();
      await server.stop();
    }
  });

  it('shows the end of the log when the server does not start, and leaves nothing', async () => {
    const parentDir = await mkdtemp(join(tmpdir(), 'airglow-test-'));
    try {
      const { chmod } = await import('node:fs/promises');
      await chmod(parentDir, 0o755);
      const attempt = startPostgres({ parentDir, settings: { work_mem: 'plenty' } });
      await expect(attempt).rejects.toMatchObject({
        code: 'POSTGRES_FAILED',
        message: expect.stringContaining('work_mem'),
      });
      expect(await readdir(parentDir)).toEqual([]);
    } finally {
      await rm(parentDir, { recursive: true });
    }
  });
});
