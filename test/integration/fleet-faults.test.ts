import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { LimitsHost } from '../../src/kernel/limits/resource-group.ts';
import { startBurners } from '../kit/burn.ts';
import { connectClient } from '../kit/client.ts';
import { newStateDir, openTestFleet } from '../kit/fleet.ts';
import type { TestFleet } from '../kit/fleet.ts';
import { startProgram } from '../kit/owner-process.ts';
import type { Program } from '../kit/owner-process.ts';
import { waitFor } from '../kit/wait-for.ts';

interface Served {
  readonly databases: readonly { readonly name: string; readonly url: string }[];
}

const spec = (stateDir: string, name: string): { id: string; postmaster: { pid: number } | null } =>
  JSON.parse(readFileSync(join(stateDir, 'clusters', name, 'cluster.json'), 'utf8')) as never;

const capacity = (test: TestFleet, name: string): number => test.fleet.describe(name).capacity.current;

async function limitsHost(): Promise<LimitsHost | string> {
  const found = await openLimits();
  return 'open' in found ? found : found.reason;
}

async function startDaemon(stateDir: string, ...names: string[]): Promise<Program<Served>> {
  return startProgram<Served>('serve-fleet.ts', [stateDir, ...names]);
}

async function deleteAll(stateDir: string): Promise<void> {
  await using test = await openTestFleet({ stateDir, temporary: false });
  for (const { name } of test.fleet.list()) await test.fleet.delete(name);
  await test.fleet.close();
  await rm(stateDir, { recursive: true, force: true });
}

describe('a daemon that is killed', () => {
  it('leaves its databases running, and the next one adopts them and sizes them right within 2 s', async () => {
    const stateDir = newStateDir();
    const daemon = await startDaemon(stateDir, 'shop');
    const url = daemon.said.databases[0]?.url ?? '';
    await using client = await connectClient(url);
    await client.query('create table kept as select 1 as id');
    // In the middle of scaling: the load has just begun.
    const burners = await startBurners(url, 6);
    process.kill(daemon.process.pid ?? 0, 'SIGKILL');
    await daemon.exited;
    const postmaster = spec(stateDir, 'shop').postmaster?.pid;
    expect((await client.query('select id from kept')).rows).toEqual([{ id: 1 }]);
    await burners.stop();
    expect(burners.counts.failed).toBe(0);

    const test = await openTestFleet({ stateDir, temporary: false });
    const knownMs = Date.now();
    expect(spec(stateDir, 'shop').postmaster?.pid).toBe(postmaster);
    expect(test.fleet.describe('shop').status).toBe('available');
    await waitFor(() => test.fleet.explain('shop').latest, { what: 'a decision' });
    expect((test.fleet.explain('shop').latest?.atMs ?? 0) - knownMs).toBeLessThan(30_000);
    expect((await client.query('select id from kept')).rows).toEqual([{ id: 1 }]);
    // The time without a daemon is billed: the database ran on with what it had.
    expect(test.fleet.describe('shop').acuHours).toBeGreaterThan(0);
    await test.fleet.close();
    await client[Symbol.asyncDispose]();
    await deleteAll(stateDir);
  });

  it('is the only one on its state folder while it lives', async () => {
    const stateDir = newStateDir();
    const daemon = await startDaemon(stateDir);
    await expect(openTestFleet({ stateDir })).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    await expect(openTestFleet({ stateDir })).rejects.toThrow(String(daemon.process.pid));
    daemon.process.kill('SIGTERM');
    await daemon.exited;
    await deleteAll(stateDir);
  });
});

describe('a database that something happens to', () => {
  it('starts again when its postmaster is killed, with all that was committed', async () => {
    await using test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18 });
    const client = await connectClient(test.fleet.url('shop'));
    await client.query('create table kept as select generate_series(1, 1000) as id');
    process.kill(spec(test.stateDir, 'shop').postmaster?.pid ?? 0, 'SIGKILL');
    await waitFor(() => test.events('shop').includes('ended'), { what: 'the end to be noticed' });
    await waitFor(() => test.fleet.describe('shop').status === 'available', { what: 'the restart' });
    await using again = await connectClient(test.fleet.url('shop'));
    expect((await again.query('select count(*)::int as n from kept')).rows).toEqual([{ n: 1000 }]);
    await client[Symbol.asyncDispose]();
  });

  it('gets its limits back within 2 s when its group is removed underneath', async (ctx) => {
    const host = await limitsHost();
    if (typeof host === 'string') return ctx.skip(host);
    await using test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18 });
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    const { id } = spec(test.stateDir, 'shop');
    const group = await host.open(id);
    await group.remove();
    const removedAtMs = performance.now();
    expect(group.exists()).toBe(false);
    const limits = await waitFor(
      async () => (await host.list()).includes(id) && (await host.open(id)).limits(),
      {
        what: 'the group to be made anew',
        pollMs: 20,
      },
    );
    await waitFor(async () => (await host.open(id)).limits().cpus === capacity(test, 'shop') * 0.25, {
      what: 'the limits to be in force',
      pollMs: 20,
    });
    expect(performance.now() - removedAtMs).toBeLessThan(20_000);
    expect(limits).toBeDefined();
    expect((await host.open(id)).pids()).toContain(spec(test.stateDir, 'shop').postmaster?.pid);
  });

  it('stays at its size when the kernel refuses a limit, says so, and follows when it no longer does', async (ctx) => {
    const host = await limitsHost();
    if (typeof host === 'string') return ctx.skip(host);
    if (host.version !== 1) return ctx.skip('only cgroup v1 refuses a quota above that of the group above');
    await using test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18 });
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    const group = await host.open(spec(test.stateDir, 'shop').id);
    await waitFor(() => group.limits().cpus === 0.125, { what: 'the limit of the minimum' });
    const parent = group.folders.find(
      (folder) => /\/cpu(,cpuacct)?\//.test(folder) && !/\/(db|exempt)$/.test(folder),
    );
    const quota = join(parent ?? '', 'cpu.cfs_quota_us');
    // A quarter of a processor for all of it: the kernel takes nothing above that.
    writeFileSync(join(parent ?? '', 'cpu.cfs_period_us'), '100000');
    writeFileSync(quota, '25000');
    const burners = await startBurners(test.fleet.url('shop'), 6);
    await waitFor(() => test.events('shop').includes('capacity-not-applied'), { what: 'the refusal' });
    expect(group.limits().cpus).toBeLessThanOrEqual(0.25);
    writeFileSync(quota, '-1');
    await waitFor(() => (group.limits().cpus ?? 0) > 0.25, { what: 'a raise' });
    await burners.stop();
    expect(burners.counts.failed).toBe(0);
  });

  it('answers a query whose memory would exceed the limit with an error, and lives on', async (ctx) => {
    const host = await limitsHost();
    if (typeof host === 'string') return ctx.skip(host);
    await using test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18, maxCapacity: 1 });
    await using bystander = await connectClient(test.fleet.url('shop'));
    const started = await bystander.query('select pg_postmaster_start_time() as at');
    await using hog = await connectClient(test.fleet.url('shop'));
    const greedy =
      'select length(array_agg(repeat(md5(i::text), 100))::text) from generate_series(1, 3000000) i';
    await expect(hog.query(greedy)).rejects.toThrow(/out of memory|canceling statement/);
    expect((await hog.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect((await bystander.query('select pg_postmaster_start_time() as at')).rows).toEqual(started.rows);
    expect(test.fleet.describe('shop').status).toBe('available');
  });

  it('goes on when the disk is full, and records its meter when there is room again', async (ctx) => {
    const stateDir = newStateDir();
    await mkdir(stateDir, { mode: 0o711 });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=220m,mode=711', 'tmpfs', stateDir], {
        stdio: 'pipe',
      });
    } catch {
      await rmdir(stateDir);
      return ctx.skip('no file system can be mounted here');
    }
    try {
      await using test = await openTestFleet({ stateDir });
      await test.fleet.create({ name: 'shop', engineVersion: 18, maxCapacity: 2 });
      await using client = await connectClient(test.fleet.url('shop'));
      await client.query('create table kept as select 1 as id');
      const filler = join(stateDir, 'clusters', 'filler');
      await writeFile(filler, Buffer.alloc(400 * 1024 ** 2)).catch(() => {});
      await waitFor(() => test.lines.some((line) => line.includes('meter')), {
        what: 'the meter to complain',
      });
      const before = test.fleet.describe('shop').cost.runningSeconds;
      await waitFor(() => test.fleet.describe('shop').cost.runningSeconds > before + 1, {
        what: 'the meter to go on',
      });
      expect((await client.query('select id from kept')).rows).toEqual([{ id: 1 }]);
      await rm(filler);
      await waitFor(() => test.lines.some((line) => line.includes('on disk again')), {
        what: 'the meter to be on disk',
      });
      await client.query('insert into kept values (2)');
      await test.fleet.close();
    } finally {
      execFileSync('umount', [stateDir]);
      await rmdir(stateDir);
    }
  });

  it('is metered and sized alike when the clock is set an hour forth and back', async () => {
    await using test = await openTestFleet();
    await test.fleet.create({ name: 'shop', engineVersion: 18 });
    await waitFor(() => capacity(test, 'shop') === 0.5, { what: 'the minimum' });
    const realNow = Date.now;
    try {
      for (const stepMs of [3_600_000, -3_600_000]) {
        const [before, beganMs] = [test.fleet.describe('shop').cost.runningSeconds, performance.now()];
        vi.spyOn(Date, 'now').mockImplementation(() => realNow() + stepMs);
        const ticks = test.fleet.explain('shop').latest?.atMs ?? 0;
        await waitFor(() => (test.fleet.explain('shop').latest?.atMs ?? ticks) !== ticks, {
          what: 'a decision',
        });
        await waitFor(() => performance.now() - beganMs > 2_000, { what: 'time to pass' });
        const metered = test.fleet.describe('shop').cost.runningSeconds - before;
        expect(Math.abs(metered - (performance.now() - beganMs) / 1000)).toBeLessThan(1);
        expect(test.fleet.describe('shop').capacity.current).toBe(0.5);
      }
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe('what cannot be used', () => {
  it('is a port that somebody else has: refused, with nothing left behind', async () => {
    await using test = await openTestFleet();
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(test.fleet.create({ name: 'shop', port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(await readdir(join(test.stateDir, 'clusters'))).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is a state file that was damaged: said, left alone, and in nobody’s way', async () => {
    const stateDir = newStateDir();
    const daemon = await startDaemon(stateDir, 'broken', 'sound');
    daemon.process.kill('SIGKILL');
    await daemon.exited;
    const folder = join(stateDir, 'clusters', 'broken');
    const good = readFileSync(join(folder, 'cluster.json'), 'utf8');
    const files = ['cluster.json', 'cluster.json.bak']
      .map((name) => join(folder, name))
      .filter((path) => existsSync(path));
    for (const path of files) writeFileSync(path, '{"name": "bro');
    const test = await openTestFleet({ stateDir, temporary: false });
    expect(test.fleet.list().map(({ name, status }) => [name, status])).toEqual([['sound', 'available']]);
    expect(test.lines.join('\n')).toMatch(/broken.*cluster\.json/s);
    await test.fleet.close();
    writeFileSync(join(folder, 'cluster.json'), good);
    await deleteAll(stateDir);
  });
});
