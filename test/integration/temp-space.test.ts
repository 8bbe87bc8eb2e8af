import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import type { TempSpaceEvent } from '../../src/cluster/managed/temp-space/model.ts';
import { connectClient } from '../kit/client.ts';
import { ask, managedPlace, show } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { eventsOf, filesBelow, folderDisk, SPILLING, testedEngine, untilPlace } from '../kit/temp-space.ts';
import type { TestDisk } from '../kit/temp-space.ts';
import { waitFor } from '../kit/wait-for.ts';

let place: ManagedPlace;
let cluster: ManagedCluster;
let disk: TestDisk;
let events: TempSpaceEvent[];

beforeAll(async () => {
  place = await managedPlace();
  cluster = await place.create(await testedEngine());
  events = eventsOf(cluster);
});
beforeEach(async () => {
  disk = await folderDisk();
  events.length = 0;
  await cluster.start(2);
});
afterEach(async () => {
  await cluster.start(2);
  await cluster.modify({ localStorage: null, tempSpaceBytes: null });
  await waitFor(async () => !existsSync(join(place.dir, cluster.spec.name, 'temp-space')), {
    what: 'the end of temporary space',
  });
  await disk[Symbol.asyncDispose]();
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

function ours(): string {
  return join(disk.path, `airglow-${cluster.spec.id}`);
}

async function tablespaces(): Promise<string[]> {
  const rows = await ask(cluster.url(), "select spcname from pg_tablespace where spcname !~ '^pg_'");
  return rows.map((row) => String(row['spcname']));
}

async function spills(): Promise<void> {
  await ask(cluster.url(), SPILLING);
}

async function makesTempTable(): Promise<void> {
  await ask(cluster.url(), 'create temp table t as select generate_series(1, 1000) i');
}

/** Files that a statement leaves there while it runs. */
async function filesDuring(sql: string, folder: string): Promise<string[]> {
  await using client = await connectClient(cluster.url());
  let isDone = false;
  const running = client.query(sql).finally(() => {
    isDone = true;
  });
  let files: string[] = [];
  while (!isDone && files.length === 0) files = await filesBelow(folder);
  await running;
  return files;
}

describe('a running database', () => {
  it('sends temporary objects to local storage, and takes them back', async () => {
    await using client = await connectClient(cluster.url());
    await client.query('begin');
    await client.query('select 1');
    await cluster.modify({ localStorage: disk.path });
    expect(cluster.tempSpace.describe()).toMatchObject({ path: disk.path, place: 'local', reason: null });
    expect(cluster.pendingRestart).toEqual([]);
    expect(await tablespaces()).toEqual(['airglow_temp']);
    expect((await stat(ours())).mode & 0o777).toBe(0o711);
    expect((await stat(join(ours(), 'temp'))).mode & 0o777).toBe(0o700);

    await client.query('create temp table mine (i int) on commit preserve rows');
    await client.query('insert into mine select generate_series(1, 1000)');
    await client.query('commit');
    expect((await filesBelow(ours())).some((path) => /\/t\d+_\d+$/.test(path))).toBe(true);
    expect((await filesDuring(SPILLING, ours())).join()).toMatch(/pgsql_tmp|t\d+_/);

    await cluster.modify({ localStorage: null });
    expect(cluster.tempSpace.describe()).toMatchObject({
      path: disk.path,
      place: 'data',
      reason: expect.stringMatching(/being switched off: 1 session still has temporary tables/) as string,
    });
    expect(await show(cluster.url(), 'temp_tablespaces')).toBe('');
    // A session still has its table there.
    expect((await client.query('select count(*)::int as n from mine')).rows).toEqual([{ n: 1000 }]);
    expect(await tablespaces()).toEqual(['airglow_temp']);
    await using other = await folderDisk();
    await expect(cluster.modify({ localStorage: other.path })).rejects.toThrow(
      `those in ${disk.path} are not gone yet`,
    );
    await client.query('drop table mine');
    await waitFor(async () => (await tablespaces()).length === 0, { what: 'the end of the tablespace' });
    await waitFor(async () => (await readdir(disk.path)).length === 0, { what: 'the end of the folder' });
    await waitFor(() => cluster.tempSpace.describe() === null, { what: 'nothing to be described' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('lets an ordinary user use it, and bounds each session', async () => {
    await cluster.modify({ localStorage: disk.path, tempSpaceBytes: 64 * 1024 ** 2 });
    expect(await show(cluster.url(), 'temp_file_limit')).toBe('64MB');
    await ask(
      cluster.url(),
      `do $$ begin create role joe login password 'joe'; exception when others then null; end $$`,
    );
    const url = cluster.url().replace(/\/\/[^@]*@/, '//joe:joe@');
    await ask(url, 'create temp table t (i int)');
    const sql = `set work_mem = '64kB'; select count(*) from
      (select i, repeat('x', 900) t from generate_series(1, 200000) i order by md5(i::text), t offset 1) s`;
    await expect(ask(url, sql)).rejects.toThrow(/temporary file size exceeds/);
    await cluster.modify({ tempSpaceBytes: 1024 ** 3 });
    expect(await show(cluster.url(), 'temp_file_limit')).toBe('1GB');
    await ask(url, sql);
    await cluster.modify({ parameters: { temp_file_limit: '70MB' } });
    expect(await show(cluster.url(), 'temp_file_limit')).toBe('70MB');
    await cluster.modify({ parameters: { temp_file_limit: null } });
  });

  it('refuses another folder until the first one is given up', async () => {
    await cluster.modify({ localStorage: disk.path });
    await using other = await folderDisk();
    await expect(cluster.modify({ localStorage: other.path })).rejects.toMatchObject({
      code: 'LOCAL_STORAGE_UNUSABLE',
    });
    expect(cluster.spec.optimizedReads.localStorage).toBe(disk.path);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'local' });
    await cluster.modify({ localStorage: null });
    await cluster.modify({ localStorage: other.path });
    expect(cluster.tempSpace.describe()).toMatchObject({ path: other.path, place: 'local' });
    await makesTempTable();
    await cluster.modify({ localStorage: null });
  });

  it('refuses a tablespace of the user beside it, and tells of one that was there before', async () => {
    await cluster.modify({ localStorage: disk.path });
    await expect(cluster.modify({ parameters: { temp_tablespaces: 'foo' } })).rejects.toMatchObject({
      code: 'SETTING_REFUSED',
      message: expect.stringContaining('--reset-parameter temp_tablespaces') as string,
    });
    expect(await show(cluster.url(), 'temp_tablespaces')).toBe('airglow_temp');
    await cluster.modify({ localStorage: null, parameters: { temp_tablespaces: 'foo' } });
    await expect(cluster.modify({ localStorage: disk.path })).rejects.toMatchObject({
      code: 'SETTING_REFUSED',
    });
    await cluster.modify({ localStorage: disk.path, parameters: { temp_tablespaces: null } });
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'local' });
  });

  it('refuses a folder that is none, and stays as it was', async () => {
    for (const path of ['nvme', join(disk.path, 'none'), '/dev/shm', place.dir, '/etc/passwd'])
      await expect(cluster.modify({ localStorage: path })).rejects.toMatchObject({
        code: 'LOCAL_STORAGE_UNUSABLE',
      });
    expect(cluster.spec.optimizedReads.localStorage).toBeNull();
    expect(await tablespaces()).toEqual([]);
    await spills();
    expect(events).toEqual([]);
  });
});

describe('a folder that is lost while the server runs', () => {
  it('is made anew where its disk is there', async () => {
    await cluster.modify({ localStorage: disk.path });
    await rm(ours(), { recursive: true });
    // Whatever moment it is: sorts fall back.
    await spills();
    await waitFor(async () => (await readdir(join(ours(), 'temp'))).length > 0, { what: 'the folder' });
    await makesTempTable();
    expect(events.map(({ kind }) => kind)).toContain('temp-space-lost');
    expect(await filesDuring(SPILLING, ours())).not.toEqual([]);
  });

  it('is done without while it is away, and used again when it is back', async () => {
    await cluster.modify({ localStorage: disk.path });
    await using client = await connectClient(cluster.url());
    await rename(disk.path, `${disk.path}-away`);
    await spills();
    await untilPlace(cluster, 'data');
    expect(cluster.tempSpace.describe()?.reason).toMatch(/cannot be reached/);
    await makesTempTable();
    await client.query('create temp table t (i int)');
    // Named outright it works, too.
    await ask(cluster.url(), 'create temp table t (i int) tablespace airglow_temp; insert into t values (1)');
    await rename(`${disk.path}-away`, disk.path);
    await untilPlace(cluster, 'local');
    await makesTempTable();
    expect(await filesDuring(SPILLING, ours())).not.toEqual([]);
    await client.query('insert into t values (1)');
    expect(events.map(({ kind }) => kind)).toEqual(['temp-space-lost', 'temp-space-back']);
  });
});

describe('a server starts', () => {
  async function expectAlive(): Promise<void> {
    await ask(cluster.url(), 'select 1');
    await spills();
    await makesTempTable();
    await ask(cluster.url(), 'checkpoint');
  }

  it('without the folder, and finds it when it comes back', async () => {
    await cluster.modify({ localStorage: disk.path });
    await cluster.stop();
    await rename(disk.path, `${disk.path}-away`);
    await cluster.start(2);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'data' });
    await expectAlive();
    await rename(`${disk.path}-away`, disk.path);
    await untilPlace(cluster, 'local');
    await expectAlive();
  });

  it('with a disk that came back empty', async () => {
    await cluster.modify({ localStorage: disk.path });
    await cluster.stop();
    await rm(ours(), { recursive: true });
    await cluster.start(2);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'local' });
    expect(await show(cluster.url(), 'temp_tablespaces')).toBe('airglow_temp');
    await expectAlive();
    expect(await filesDuring(SPILLING, ours())).not.toEqual([]);
  });

  it.each([
    ['lost', (): Promise<void> => rename(disk.path, `${disk.path}-away`)],
    [
      'empty',
      async (): Promise<void> => {
        await rename(disk.path, `${disk.path}-old`);
        await mkdir(disk.path, { mode: 0o755 });
      },
    ],
  ])('after a crash under load, the disk being %s', async (_, lose) => {
    await cluster.modify({ localStorage: disk.path });
    await ask(cluster.url(), 'create table if not exists kept (i int); truncate kept; checkpoint');
    await using holder = await connectClient(cluster.url());
    await holder.query('create temp table t as select generate_series(1, 100000) i');
    await holder.query('insert into kept values (1)');
    await using sorter = await connectClient(cluster.url());
    const sorting = sorter.query(SPILLING).catch(() => {});
    await waitFor(async () => (await filesBelow(ours())).some((path) => path.includes('pgsql_tmp')), {
      what: 'a sort under way',
      pollMs: 5,
    });
    await lose();
    await crash();
    await sorting;
    await cluster.start(2);
    await expectAlive();
    expect(await ask(cluster.url(), 'select i from kept')).toEqual([{ i: 1 }]);
    await rename(`${disk.path}-away`, disk.path).catch(() => {});
    await untilPlace(cluster, 'local');
  });

  it('after a crash at once after it was switched on, the folder being lost', async () => {
    await cluster.modify({ localStorage: disk.path });
    await crash();
    await rename(disk.path, `${disk.path}-away`);
    await cluster.start(2);
    expect(await tablespaces()).toEqual(['airglow_temp']);
    await expectAlive();
    await rename(`${disk.path}-away`, disk.path);
  });

  it('after a crash with permanent tables in it, the disk being lost', async () => {
    await cluster.modify({ localStorage: disk.path });
    await ask(
      cluster.url(),
      `create table precious (i int primary key, t text) tablespace airglow_temp;
       insert into precious select i, repeat('x', 100) from generate_series(1, 1000) i;`,
    );
    await crash();
    await rename(disk.path, `${disk.path}-away`);
    await cluster.start(2);
    await expectAlive();
    await ask(cluster.url(), 'drop table precious');
    await rename(`${disk.path}-away`, disk.path);
  });

  it('in spite of permanent tables that were changed since the last checkpoint, the disk being lost', async () => {
    await cluster.modify({ localStorage: disk.path, parameters: { full_page_writes: 'off' } });
    await using client = await connectClient(cluster.url());
    // One that cannot be moved away while the lock is held.
    await client.query('create table precious (i int, t text) tablespace airglow_temp');
    await client.query("insert into precious select i, repeat('x', 100) from generate_series(1, 5000) i");
    await client.query('begin; lock table precious in row exclusive mode');
    await ask(cluster.url(), 'checkpoint');
    await ask(cluster.url(), "update precious set t = 'y' where i % 100 = 0");
    await crash();
    await rename(disk.path, `${disk.path}-away`);
    await cluster.start(2);
    await expectAlive();
    await ask(cluster.url(), 'drop table precious');
    await rename(`${disk.path}-away`, disk.path);
    await cluster.modify({ parameters: { full_page_writes: null } });
  });

  async function crash(): Promise<void> {
    process.kill(cluster.spec.postmaster?.pid ?? 0, 'SIGKILL');
    await cluster.exited();
  }
});

describe('permanent objects', () => {
  it('are moved out within seconds', async () => {
    await cluster.modify({ localStorage: disk.path });
    await ask(
      cluster.url(),
      `create table "Odd name" (i int primary key using index tablespace airglow_temp, t text) tablespace airglow_temp;
       insert into "Odd name" select i, repeat('x', 10000) from generate_series(1, 100) i;
       create materialized view seen tablespace airglow_temp as select 1 as one;`,
    );
    const left = `select relname from pg_class c join pg_tablespace t on t.oid = c.reltablespace where spcname = 'airglow_temp'`;
    await waitFor(async () => (await ask(cluster.url(), left)).length === 0, { what: 'an empty tablespace' });
    expect(
      await ask(cluster.url(), 'select count(*)::int as n, sum(length(t))::int as l from "Odd name"'),
    ).toEqual([{ n: 100, l: 1_000_000 }]);
    await waitFor(async () => (await filesBelow(ours())).length === 0, { what: 'no files' });
    const event = events.find(({ kind }) => kind === 'permanent-in-temp-space');
    expect(event?.message).toContain('postgres.public."Odd name"');
    await ask(cluster.url(), 'drop table "Odd name"; drop materialized view seen');
  });

  it('that somebody holds are told, and moved when they can be', async () => {
    await cluster.modify({ localStorage: disk.path });
    await using client = await connectClient(cluster.url());
    await client.query('create table held (i int) tablespace airglow_temp');
    await client.query('begin; lock table held in row exclusive mode');
    await waitFor(() => events.some(({ message }) => message.includes('could not be moved')), {
      what: 'the event',
    });
    await client.query('commit');
    await waitFor(() => events.some(({ message }) => message.includes('have been moved')), {
      what: 'the move',
    });
    await ask(cluster.url(), 'drop table held');
  });

  it('of a whole database are told, with what to do', async () => {
    await cluster.modify({ localStorage: disk.path });
    await ask(cluster.url(), 'create database inside tablespace airglow_temp');
    await waitFor(() => events.some(({ kind }) => kind === 'database-in-temp-space'), { what: 'the event' });
    await ask(cluster.url(), 'alter database inside set tablespace pg_default');
    await ask(cluster.url(), 'drop database inside');
  });
});

describe('another daemon', () => {
  it('takes over what is there, and removes it with the database', async () => {
    const first = await place.create({
      ...(await testedEngine()),
      localStorage: disk.path,
      name: 'taken-over',
    });
    await first.start(2);
    await untilPlace(first, 'local');
    await first.release();
    const second = await place.open('taken-over');
    expect(await second.adopt()).toBe(true);
    await untilPlace(second, 'local');
    await ask(second.url(), 'create temp table t (i int)');
    await second.delete();
    expect(await readdir(disk.path)).toEqual([]);
  });
});
