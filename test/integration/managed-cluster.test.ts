import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateClusterOptions } from '../../src/cluster/managed/managed-cluster.ts';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { serverProcesses } from '../../src/cluster/server-processes.ts';
import { connectClient } from '../kit/client.ts';
import { fetchPostgres, testedMajor } from '../kit/postgres.ts';
import { ask, groups, managedPlace, show } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let place: ManagedPlace;
beforeAll(async () => {
  place = await managedPlace();
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

function folderOf(cluster: ManagedCluster): string {
  return join(place.dir, cluster.spec.name);
}

type Engine = Partial<Pick<CreateClusterOptions, 'engineMajor' | 'installDir'>>;

/** The newest that is installed, the one that comes with the packages, and the one that this run is about. */
const ENGINES: readonly { what: string; find: () => Promise<Engine> }[] = [
  { what: 'the newest installed one', find: async () => ({}) },
  { what: 'the bundled one', find: async () => ({ engineMajor: 18 }) },
  ...(testedMajor() === 18
    ? []
    : [
        {
          what: `version ${testedMajor()}`,
          find: async () => ({ installDir: await fetchPostgres(testedMajor()) }),
        },
      ]),
];

describe.each(ENGINES)('a managed database, $what', (engine) => {
  let cluster: ManagedCluster;
  beforeAll(async () => {
    cluster = await place.create(await engine.find());
    await cluster.start(2);
  });

  it('answers over TCP and over its socket, to two superusers', async () => {
    const sql =
      'select current_user as who, usesuper, inet_server_port() as port from pg_user where usename = current_user';
    expect(await ask(cluster.url(), sql)).toEqual([
      { who: 'postgres', usesuper: true, port: cluster.spec.port },
    ]);
    expect(await ask(cluster.socketUrl(), sql)).toEqual([
      { who: 'airglow_admin', usesuper: true, port: null },
    ]);
  });

  it('lets its own role in over the socket only', async () => {
    const url = new URL(cluster.url());
    const own = new URL(cluster.socketUrl());
    [url.username, url.password] = [own.username, own.password];
    await expect(ask(url.href, 'select 1')).rejects.toMatchObject({ code: '28000' });
  });

  it('lets nobody in without the password, not even over the socket', async () => {
    for (const given of [cluster.url(), cluster.socketUrl()]) {
      const url = new URL(given);
      url.password = 'wrong';
      await expect(ask(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    }
  });

  it('has pg_stat_statements in its database and in new ones', async () => {
    const sql = 'select count(*) > 0 as some from pg_stat_statements';
    expect(await ask(cluster.url(), sql)).toEqual([{ some: true }]);
    await ask(cluster.url(), 'create database another');
    expect(await ask(cluster.url('another'), sql)).toEqual([{ some: true }]);
  });

  it('loses a session before its postmaster where memory runs out', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('only Linux ends processes by a score');
    const scoreOf = async (pid: number): Promise<number> =>
      Number(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8'));
    const children = (await serverProcesses(join(folderOf(cluster), 'data'))).filter(
      (one) => one !== cluster.spec.postmaster?.pid,
    );
    const postmaster = await scoreOf(cluster.spec.postmaster?.pid ?? 0);
    expect(children.length).toBeGreaterThan(3);
    for (const child of children) expect(await scoreOf(child)).toBeGreaterThanOrEqual(postmaster + 100);
  });

  it('keeps its data and its port over a stop and a start', async () => {
    await ask(cluster.url(), 'create table survivor (n int); insert into survivor values (42)');
    const before = cluster.url();
    await cluster.stop();
    expect(cluster.isRunning).toBe(false);
    expect(cluster.runningVersion).toBeNull();
    expect(await serverProcesses(join(folderOf(cluster), 'data'))).toEqual([]);
    expect(cluster.spec).toMatchObject({ wanted: 'stopped', postmaster: null });
    await cluster.start(2);
    expect(cluster.url()).toBe(before);
    expect(cluster.runningVersion).toMatch(new RegExp(`^${cluster.spec.engine.major}\\.`));
    expect(await ask(cluster.url(), 'select n from survivor')).toEqual([{ n: 42 }]);
  });

  it('comes back with its data after a crash of the whole server', async () => {
    await ask(cluster.url(), 'create table crashed (n int); insert into crashed values (7)');
    process.kill(cluster.spec.postmaster?.pid ?? 0, 'SIGKILL');
    await cluster.exited();
    expect(cluster.isRunning).toBe(false);
    await cluster.start(2);
    expect(await ask(cluster.url(), 'select n from crashed')).toEqual([{ n: 7 }]);
  });

  it('keeps its passwords out of process lists, its log, and of every file but one', async () => {
    const secrets = [cluster.url(), cluster.socketUrl()].map((url) => new URL(url).password);
    const pids = await serverProcesses(join(folderOf(cluster), 'data'));
    expect(pids.length).toBeGreaterThan(4);
    const texts = await Promise.all(
      pids.flatMap((pid) =>
        ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
      ),
    );
    const names = await readdir(folderOf(cluster), { withFileTypes: true });
    for (const { name } of names.filter((entry) => entry.isFile() && entry.name !== 'secret'))
      texts.push(await readFile(join(folderOf(cluster), name), 'utf8'));
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect((await stat(join(folderOf(cluster), 'secret'))).mode & 0o777).toBe(0o600);
  });

  it('is configured by files that its user reads and does not write', async (ctx) => {
    if (!isRoot) ctx.skip('we are the user that the server runs as');
    const { name } = cluster.spec.osUser;
    for (const file of ['postgresql.conf', 'capacity.conf', 'pg_hba.conf', 'pg_ident.conf']) {
      const path = join(folderOf(cluster), file);
      expect((await stat(path)).mode & 0o777).toBe(0o640);
      await run('su', [name, '-s', '/bin/sh', '-c', `test -r ${path} && ! test -w ${path}`]);
    }
    for (const file of ['secret', 'cluster.json', 'server.log'])
      await run('su', [name, '-s', '/bin/sh', '-c', `! test -r ${join(folderOf(cluster), file)}`]);
    expect((await stat(join(folderOf(cluster), 'data'))).mode & 0o777).toBe(0o700);
    // The files that initdb made are of no effect.
    expect(await show(cluster.url(), 'config_file')).toBe(join(folderOf(cluster), 'postgresql.conf'));
    expect(await show(cluster.url(), 'hba_file')).toBe(join(folderOf(cluster), 'pg_hba.conf'));
  });

  it('tells the last lines of its log', async () => {
    const lines = await cluster.logLines(200);
    expect(lines.some((line) => line.includes('ready to accept connections'))).toBe(true);
    expect(await cluster.logLines(2)).toHaveLength(2);
  });

  it('leaves nothing when it is deleted', async () => {
    const { id } = cluster.spec;
    await cluster.delete();
    expect(existsSync(folderOf(cluster))).toBe(false);
    expect(await groups(place)).not.toContain(id);
  });
});

describe('the end of a database', () => {
  it('comes in time when clients or the freezer are in the way', async (ctx) => {
    const cluster = await place.create();
    await cluster.start(2);
    await using client = await connectClient(cluster.url());
    const busy = client.query('select pg_sleep(600)').catch((error: Error) => error);
    if ('open' in place.limits && place.limits.capabilities.freezer)
      await (await place.limits.open(cluster.spec.id)).freeze(5_000);
    await cluster.stop('fast');
    expect(await busy).toBeInstanceOf(Error);
    await cluster.delete();
    if (!('open' in place.limits)) ctx.skip('nothing can be frozen here');
  });

  it('does not wait for ever for clients', async () => {
    const cluster = await place.create({ stopPatienceMs: 300 });
    await cluster.start(2);
    await using client = await connectClient(cluster.url());
    const busy = client.query('select pg_sleep(600)').catch((error: Error) => error);
    await cluster.stop('smart');
    expect(await busy).toBeInstanceOf(Error);
    await cluster.delete();
  });

  it('leaves no shared memory behind, not even after a crash', async () => {
    const cluster = await place.create();
    await cluster.start(2);
    const pid = cluster.spec.postmaster?.pid ?? 0;
    const segments =
      (await readFile(`/proc/${pid}/maps`, 'utf8')).match(/\/dev\/shm\/PostgreSQL\.\d+/g) ?? [];
    expect(segments).not.toEqual([]);
    process.kill(pid, 'SIGKILL');
    await cluster.exited();
    await cluster.delete();
    expect(segments.filter((path) => existsSync(path))).toEqual([]);
  });
});

describe('making a database', () => {
  it('has a system user of its own where it can, which goes with it', async (ctx) => {
    if (!isRoot) ctx.skip('only root makes users');
    const cluster = await place.create({ osUsers: 'own' });
    const { osUser, id } = cluster.spec;
    if (!osUser.isOwn) ctx.skip('there is no useradd');
    expect(osUser.name).toBe(`airglow-${id}`);
    expect(osUser.name.length).toBeLessThanOrEqual(32);
    await cluster.start(1);
    const { stdout } = await run('ps', ['-o', 'user:40=', '-p', String(cluster.spec.postmaster?.pid)]);
    expect(stdout.trim()).toBe(osUser.name);
    await cluster.delete();
    await expect(run('id', [osUser.name])).rejects.toThrow(/no such user/);
  });

  it('refuses a name that is taken or is none', async () => {
    await place.create({ name: 'twice' });
    await expect(place.create({ name: 'twice' })).rejects.toMatchObject({ code: 'CLUSTER_EXISTS' });
    for (const name of ['', '../up', 'Big', '1st', 'a--b', 'a/b', 'x'.repeat(64)])
      await expect(place.create({ name })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('leaves nothing of one that could not be made', async () => {
    const before = await readdir(place.dir);
    const refused = place.create({ parameters: { work_mem: 'much' } });
    await expect(refused).rejects.toMatchObject({ code: 'SETTING_REFUSED' });
    const unloadable = place.create({ parameters: { shared_preload_libraries: 'no_such_library' } });
    await expect(unloadable).rejects.toMatchObject({ code: 'SETTING_REFUSED' });
    expect(await readdir(place.dir)).toEqual(before);
  });

  it('says which port is taken, at once and at a later start', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    await expect(place.create({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    const cluster = await place.create({ port });
    const intruder = createServer();
    await new Promise<void>((resolve) => {
      intruder.listen(port, '127.0.0.1', resolve);
    });
    const start = cluster.start(1);
    await expect(start).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await expect(start).rejects.toThrow(String(port));
    expect(cluster.isRunning).toBe(false);
    await new Promise((resolve) => {
      intruder.close(resolve);
    });
    await cluster.start(1);
    expect(cluster.isRunning).toBe(true);
    await cluster.delete();
  });

  it('listens beyond loopback only with an installed PostgreSQL', async () => {
    const beyond = place.create({ engineMajor: 18, network: { listen: '0.0.0.0' } });
    await expect(beyond).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(beyond).rejects.toThrow(/install/);
  });

  it('names the way to a version that is not there', async () => {
    const missing = place.create({ engineMajor: 13 });
    await expect(missing).rejects.toMatchObject({ code: 'POSTGRES_NOT_FOUND' });
    await expect(missing).rejects.toThrow('postgresql-13');
    await expect(place.create({ engineMajor: 9 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
