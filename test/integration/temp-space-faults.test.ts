import { existsSync } from 'node:fs';
import { chown, lstat, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { findUser, othersCanReach } from '../../src/cluster/run-as.ts';
import { connectClient } from '../kit/client.ts';
import { openTestFleet } from '../kit/fleet.ts';
import { ask, managedPlace } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { startProgram } from '../kit/owner-process.ts';
import { eventsOf, filesBelow, folderDisk, SPILLING, testedEngine, untilPlace } from '../kit/temp-space.ts';
import type { TestDisk } from '../kit/temp-space.ts';
import { waitFor } from '../kit/wait-for.ts';

let place: ManagedPlace;
let disk: TestDisk;

beforeEach(async () => {
  place = await managedPlace();
  disk = await folderDisk();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
  await disk[Symbol.asyncDispose]();
});

function ours(cluster: ManagedCluster): string {
  return join(disk.path, `airglow-${cluster.spec.id}`);
}

async function started(localStorage: string | null = disk.path): Promise<ManagedCluster> {
  const cluster = await place.create({
    ...(await testedEngine()),
    ...(localStorage !== null && { localStorage }),
  });
  await cluster.start(2);
  if (localStorage !== null) await untilPlace(cluster, 'local');
  return cluster;
}

async function makesTempTable(cluster: ManagedCluster): Promise<void> {
  await ask(cluster.url(), 'create temp table t as select generate_series(1, 1000) i');
}

describe('killed after the tablespace was made, and before a checkpoint', () => {
  /** Nobody gets a checkpoint any more. */
  async function stopCheckpointer(cluster: ManagedCluster): Promise<number> {
    const [row] = await ask(
      cluster.url(),
      `select pid from pg_stat_activity where backend_type = 'checkpointer'`,
    );
    const pid = Number(row?.['pid']);
    process.kill(pid, 'SIGSTOP');
    return pid;
  }

  async function killOnceMade(cluster: ManagedCluster, checkpointer: number): Promise<void> {
    const made = `select from pg_tablespace where spcname = 'airglow_temp'`;
    await waitFor(async () => (await ask(cluster.url(), made)).length === 1, { what: 'the tablespace' });
    process.kill(cluster.spec.postmaster?.pid ?? 0, 'SIGKILL');
    process.kill(checkpointer, 'SIGKILL');
    await cluster.exited();
  }

  async function emptyDisk(): Promise<void> {
    await rename(disk.path, `${disk.path}-old`);
    await mkdir(disk.path, { mode: 0o755 });
  }

  it('the server starts while it was being switched on, with the disk emptied', async () => {
    const cluster = await started(null);
    const checkpointer = await stopCheckpointer(cluster);
    const turning = cluster.modify({ localStorage: disk.path }).catch((error: { code?: string }) => error);
    await killOnceMade(cluster, checkpointer);
    expect(await turning).toMatchObject({ code: 'LOCAL_STORAGE_UNUSABLE' });
    await emptyDisk();
    await cluster.start(2);
    await ask(cluster.url(), SPILLING);
    // It was not switched on after all.
    await waitFor(() => !existsSync(join(place.dir, cluster.spec.name, 'temp-space')), { what: 'the end' });
    expect(await ask(cluster.url(), `select from pg_tablespace where spcname = 'airglow_temp'`)).toEqual([]);
    await cluster.modify({ localStorage: disk.path });
    await makesTempTable(cluster);
  });

  it('the server starts where its keeper made it, with the disk lost', async () => {
    const cluster = await place.create({ ...(await testedEngine()), localStorage: disk.path });
    await rename(disk.path, `${disk.path}-lost`);
    await cluster.start(2);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'data' });
    const checkpointer = await stopCheckpointer(cluster);
    await rename(`${disk.path}-lost`, disk.path);
    await killOnceMade(cluster, checkpointer);
    await rename(disk.path, `${disk.path}-lost`);
    await cluster.start(2);
    await makesTempTable(cluster);
    await mkdir(disk.path, { mode: 0o755 });
    await untilPlace(cluster, 'local');
    await makesTempTable(cluster);
  });

  it('the server starts after it was given up again', async () => {
    const cluster = await started(null);
    const checkpointer = await stopCheckpointer(cluster);
    const turning = cluster.modify({ localStorage: disk.path }).catch((error: { code?: string }) => error);
    const made = `select from pg_tablespace where spcname = 'airglow_temp'`;
    await waitFor(async () => (await ask(cluster.url(), made)).length === 1, { what: 'the tablespace' });
    // Who waits for the checkpoint loses his session, and takes all back.
    await waitFor(
      async () => {
        await ask(
          cluster.socketUrl(),
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'airglow'`,
        );
        return (await ask(cluster.url(), made)).length === 0;
      },
      { what: 'the end of the tablespace', pollMs: 200 },
    );
    // Long enough to remove folders.
    await ask(cluster.url(), 'select pg_sleep(0.5)');
    process.kill(cluster.spec.postmaster?.pid ?? 0, 'SIGKILL');
    process.kill(checkpointer, 'SIGKILL');
    await cluster.exited();
    await turning;
    await cluster.start(2);
    await ask(cluster.url(), SPILLING);
    await waitFor(() => !existsSync(join(place.dir, cluster.spec.name, 'temp-space')), { what: 'the end' });
  });
});

describe('a pause', () => {
  it('waits for the keeper, who then does nothing until it is over', async () => {
    const cluster = await started();
    const events = eventsOf(cluster);
    await using client = await connectClient(cluster.url());
    await client.query('create table held (i int) tablespace airglow_temp');
    await client.query('begin; lock table held in row exclusive mode');
    await waitFor(() => events.length > 0, { what: 'a first attempt to move it' });
    await cluster.rest.hush();
    const seen = events.length;
    await client.query('commit');
    // Longer than it takes to look again.
    await client.query('select pg_sleep(2.5)');
    expect(events).toHaveLength(seen);
    const there = `select t.spcname from pg_class c join pg_tablespace t on t.oid = c.reltablespace where relname = 'held'`;
    expect((await client.query(there)).rows).toEqual([{ spcname: 'airglow_temp' }]);
    cluster.rest.unhush();
    await waitFor(async () => (await client.query(there)).rows.length === 0, { what: 'the move' });
    await client.query('drop table held');
  });
});

describe('the rights', () => {
  it('suffice a database with a system user of its own, who owns what is his', async (ctx) => {
    if (process.getuid?.() !== 0) return ctx.skip('only root makes users');
    const cluster = await place.create({
      ...(await testedEngine()),
      localStorage: disk.path,
      osUsers: 'own',
    });
    if (!cluster.spec.osUser.isOwn) return ctx.skip('no users can be made here');
    await cluster.start(2);
    await untilPlace(cluster, 'local');
    await makesTempTable(cluster);
    const { ids } = (await findUser(cluster.spec.osUser.name)) ?? { ids: null };
    expect((await lstat(ours(cluster))).uid).toBe(0);
    expect((await lstat(join(ours(cluster), 'temp'))).uid).toBe(ids?.uid);
    // Also when all of it has to be made anew.
    await rm(ours(cluster), { recursive: true });
    await waitFor(async () => (await readdir(join(ours(cluster), 'temp')).catch(() => [])).length > 0, {
      what: 'the folder',
    });
    await makesTempTable(cluster);
    await cluster.delete();
    expect(await readdir(disk.path)).toEqual([]);
  });

  it('of the server in its folder lead root nowhere', async (ctx) => {
    if (process.getuid?.() !== 0) return ctx.skip('who is not root can do no harm');
    const cluster = await started();
    const victim = join(place.dir, 'victim');
    await mkdir(victim, { mode: 0o700 });
    await writeFile(join(victim, '16400'), 'precious');
    await mkdir(join(victim, '5'));
    await writeFile(join(victim, '5', '16400'), 'precious');
    const temp = join(ours(cluster), 'temp');
    const [version = ''] = await readdir(temp);
    // As a program of the server's user does.
    await rename(join(temp, version), join(temp, 'away'));
    await symlink(victim, join(temp, version));
    await symlink(victim, join(temp, 'more'));
    await untilPlace(cluster, 'data');
    expect(cluster.tempSpace.describe()?.reason).toMatch(/is not a folder/);
    await ask(cluster.url(), SPILLING);
    await cluster.stop();
    await cluster.start(2);
    await cluster.delete();
    expect(await filesBelow(victim)).toHaveLength(2);
    expect((await lstat(victim)).uid).toBe(0);
    expect((await lstat(victim)).mode & 0o777).toBe(0o700);
    expect(await readdir(disk.path)).toEqual([]);
  });

  it('of others may not reach where root works', async (ctx) => {
    if (process.getuid?.() !== 0) return ctx.skip('who is not root can do no harm');
    const cluster = await started(null);
    const ids = (await findUser(cluster.spec.osUser.name))?.ids;
    await mkdir(join(disk.path, 'below'), { mode: 0o755 });
    // The server's user included, and in a folder above as well.
    await chown(disk.path, ids?.uid ?? 1, ids?.gid ?? 1);
    for (const path of [disk.path, join(disk.path, 'below')])
      await expect(cluster.modify({ localStorage: path })).rejects.toThrow(/belongs to another user/);
    await chown(disk.path, 0, 0);
    await cluster.modify({ localStorage: join(disk.path, 'below') });
    await makesTempTable(cluster);
  });
});

describe('the owner of a temporary database', () => {
  interface Said {
    readonly id: string;
    readonly url: string;
  }
  const args = (): string[] => [place.dir, place.root, 'temporary', disk.path];

  async function untilUsed({ id, url }: Said): Promise<string> {
    const shown = async (): Promise<unknown> => (await ask(url, 'show temp_tablespaces'))[0];
    await waitFor(
      async () => JSON.stringify(await shown()) === JSON.stringify({ temp_tablespaces: 'airglow_temp' }),
      {
        what: 'local storage to be used',
      },
    );
    await using client = await connectClient(url);
    await client.query('create temp table t as select generate_series(1, 1000) i');
    const folder = join(disk.path, `airglow-${id}`);
    expect((await filesBelow(folder)).some((path) => /\/t\d+_\d+$/.test(path))).toBe(true);
    return folder;
  }

  it('leaves nothing on local storage when it is killed', async () => {
    const owner = await startProgram<Said>('serve-cluster.ts', args());
    await untilUsed(owner.said);
    process.kill(-(owner.process.pid ?? 0), 'SIGKILL');
    await owner.exited;
    await waitFor(async () => (await readdir(disk.path)).length === 0, { what: 'an empty disk' });
  });

  it('may be an ordinary user', async (ctx) => {
    if (process.getuid?.() !== 0) return ctx.skip('the other tests ran as one already');
    const root = join(import.meta.dirname, '..', '..');
    if (!(await othersCanReach(root))) return ctx.skip(`other users cannot read ${root}`);
    const ids = (await findUser('nobody'))?.ids;
    if (ids == null) return ctx.skip('there is no such user');
    for (const path of [place.dir, disk.path]) await chown(path, ids.uid, ids.gid);
    const owner = await startProgram<Said>('serve-cluster.ts', args(), {
      ids,
      env: { HOME: '/nonexistent' },
    });
    const folder = await untilUsed(owner.said);
    expect((await lstat(folder)).uid).toBe(ids.uid);
    process.kill(-(owner.process.pid ?? 0), 'SIGKILL');
    await owner.exited;
    await waitFor(async () => (await readdir(disk.path)).length === 0, { what: 'an empty disk' });
  });
});

it('a fleet takes neither its own state folder nor a part of a path for local storage', async () => {
  await using test = await openTestFleet();
  const { fleet, stateDir } = test;
  for (const localStorage of [stateDir, join(stateDir, 'clusters'), '', 'nvme'])
    await expect(fleet.create({ name: 'shop', localStorage })).rejects.toMatchObject({
      code: 'LOCAL_STORAGE_UNUSABLE',
    });
  expect(fleet.list()).toEqual([]);
});
