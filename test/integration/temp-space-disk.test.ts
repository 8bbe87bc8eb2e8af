import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import type { TempSpaceEvent } from '../../src/cluster/managed/temp-space/model.ts';
import { StorageWatch } from '../../src/cluster/managed/temp-space/storage-watch.ts';
import { makeHome } from '../../src/cluster/managed/temp-space/temp-folders.ts';
import { homeFolders } from '../../src/cluster/managed/temp-space/temp-layout.ts';
import type { TempRecord } from '../../src/cluster/managed/temp-space/temp-record.ts';
import { chooseRunAs } from '../../src/cluster/run-as.ts';
import { connectClient } from '../kit/client.ts';
import { ask, managedPlace } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { eventsOf, filesBelow, mountedDisk, SPILLING, testedEngine, untilPlace } from '../kit/temp-space.ts';
import type { MountedDisk } from '../kit/temp-space.ts';
import { waitFor } from '../kit/wait-for.ts';

const MIB = 1024 ** 2;
/** More than the disk has. */
const HUGE = `set work_mem = '64kB'; set temp_file_limit = -1; select count(*) from
  (select i, repeat('x', 1000) t from generate_series(1, 400000) i order by md5(i::text), t offset 1) s`;

let place: ManagedPlace;
let cluster: ManagedCluster;
let disk: MountedDisk | null;
let events: TempSpaceEvent[];

beforeAll(async () => {
  disk = await mountedDisk(100);
  place = await managedPlace();
  cluster = await place.create(await testedEngine());
  events = eventsOf(cluster);
  await cluster.start(2);
  if (disk !== null) await cluster.modify({ localStorage: disk.path });
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await disk?.[Symbol.asyncDispose]();
});

const VERSION_FOLDER = 'PG_18_202506291';

function recordOf(path: string): TempRecord {
  const size = { hasTablespace: true, limitBytes: MIB };
  return { path, realPath: path, mountPoint: path, versionFolder: VERSION_FOLDER, ...size };
}

async function makesTempTable(): Promise<void> {
  await ask(cluster.url(), 'create temp table t as select generate_series(1, 1000) i');
}

describe('a disk of its own', () => {
  it('gives temporary objects 90 % of what is free, where that is less than twice the memory', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    const described = cluster.tempSpace.describe();
    expect(described?.limitBytes).toBeGreaterThan(60 * MIB);
    expect(described?.limitBytes).toBeLessThan(95 * MIB);
    expect(cluster.tempSpace.bytes().localBytes).toBe(0);
  });

  it('that is full gives statements an error that says so, and the next ones go on beside the data', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await disk.leaveFree(0.08);
    // So soon that nobody is cancelled before.
    await expect(ask(cluster.url(), HUGE)).rejects.toMatchObject({
      code: '53100',
      message: expect.stringMatching(/^could not .*pg_tblspc.*: No space left on device$/),
    });
    await disk.leaveFree(1);
    await untilPlace(cluster, 'local');
    await using holder = await connectClient(cluster.url());
    // What fills it stays: a table of a session that idles.
    await holder.query(
      `create temp table fat as select repeat(md5(i::text), 30) t from generate_series(1, 85000) i`,
    );
    await untilPlace(cluster, 'data');
    expect(events.map(({ kind }) => kind)).toContain('temp-space-full');
    await ask(cluster.url(), SPILLING);
    await makesTempTable();
    await holder.query('drop table fat');
    await untilPlace(cluster, 'local');
  });

  it('cancels who has most of it once the limit is far behind', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await cluster.modify({ tempSpaceBytes: 64 * MIB });
    await using fat = await connectClient(cluster.url());
    await using slim = await connectClient(cluster.url());
    await slim.query(`create temp table slim as select repeat('x', 1000) t from generate_series(1, 1000) i`);
    await fat.query(
      `create temp table fat as select repeat(md5(i::text), 30) t from generate_series(1, 76000) i`,
    );
    // Both work on.
    const sleeping = fat.query('select count(*), pg_sleep(60) from fat').then(
      () => '',
      (error: Error) => error.message,
    );
    const other = slim.query('select pg_sleep(8)');
    expect(await sleeping).toMatch(/canceling statement due to user request/);
    await other;
    const event = events.find(({ kind }) => kind === 'temp-space-cancelled');
    expect(event?.data['pid']).toBe(fat.processID);
    expect(event?.message).toMatch(/Its temporary tables stay until it drops them \(drop table/);
    // As often as it asks for something long; and it gets out by itself.
    await fat.query('begin');
    await expect(fat.query('select pg_sleep(60) from fat')).rejects.toThrow(/canceling statement/);
    await fat.query('rollback');
    await fat.query('drop table fat');
    await untilPlace(cluster, 'local');
    await cluster.modify({ tempSpaceBytes: null });
  });

  it('that turns read-only is done without until it can be written again', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await disk.setReadOnly(true);
    await ask(cluster.url(), SPILLING).catch(() => {});
    await untilPlace(cluster, 'data');
    await ask(cluster.url(), SPILLING);
    await makesTempTable();
    await disk.setReadOnly(false);
    await untilPlace(cluster, 'local');
    await makesTempTable();
  });

  it('that does not answer is done without until it does, a start included', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await disk.setFrozen(true);
    await untilPlace(cluster, 'data');
    expect(cluster.tempSpace.describe()?.reason).toMatch(/does not answer/);
    await ask(cluster.url(), SPILLING);
    await makesTempTable();
    await cluster.stop();
    await cluster.start(2);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'data' });
    await makesTempTable();
    await disk.setFrozen(false);
    await untilPlace(cluster, 'local');
    await makesTempTable();
  });

  it('that is pulled while the server runs, and while it is stopped, is not sought on another disk', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await disk.unmount();
    await ask(cluster.url(), SPILLING);
    await untilPlace(cluster, 'data');
    expect(cluster.tempSpace.describe()?.reason).toMatch(/nothing is mounted/);
    await makesTempTable();
    await cluster.stop();
    await cluster.start(2);
    expect(cluster.tempSpace.describe()).toMatchObject({ place: 'data' });
    expect(await filesBelow(disk.path)).toEqual([]);
    await makesTempTable();
    // It comes back empty, as after a stop of the machine.
    await disk.format();
    await disk.mount();
    await untilPlace(cluster, 'local');
    await makesTempTable();
    expect(await filesBelow(disk.path)).toBeDefined();
  });

  it('that is pulled with everything on it, as the server is killed, keeps no server down', async (ctx) => {
    if (disk === null) return ctx.skip('nothing can be mounted here');
    await using holder = await connectClient(cluster.url());
    await holder.query('create temp table t as select generate_series(1, 100000) i');
    await ask(
      cluster.url(),
      'create table precious tablespace airglow_temp as select generate_series(1, 1000) i',
    );
    process.kill(cluster.spec.postmaster?.pid ?? 0, 'SIGKILL');
    await disk.unmount();
    await cluster.exited();
    await cluster.start(2);
    await ask(cluster.url(), `${SPILLING}; checkpoint`);
    await makesTempTable();
    await ask(cluster.url(), 'drop table precious');
    await disk.format().catch(() => {});
    await disk.mount();
    await waitFor(() => cluster.tempSpace.describe()?.place === 'local', { what: 'local storage' });
    await cluster.modify({ localStorage: null });
    await waitFor(async () => (await filesBelow(disk?.path ?? '')).length === 0, { what: 'an empty disk' });
  });
});

describe('a look at a disk', () => {
  it('that is pulled at this moment makes nothing on the disk below it', async (ctx) => {
    await using pulled = await mountedDisk(16);
    if (pulled === null) return ctx.skip('nothing can be mounted here');
    const folder = await mkdtemp(join(tmpdir(), 'airglow-look-'));
    try {
      await chmod(folder, 0o755);
      const home = homeFolders(folder);
      const runAs = await chooseRunAs();
      await makeHome(home, runAs, VERSION_FOLDER);
      const watch = new StorageWatch(home, runAs, 'look');
      const record = recordOf(pulled.path);
      expect((await watch.look(record)).sight.lost).toBeNull();
      expect(await readlink(home.place)).toBe(join(pulled.path, 'airglow-look', 'temp'));

      let isMounted = true;
      const seen = await watch.look({
        ...record,
        // Asked for after the look at the mount.
        get versionFolder() {
          if (isMounted) execFileSync('umount', ['-l', pulled.path]);
          isMounted = false;
          return VERSION_FOLDER;
        },
      });
      expect(seen.sight.lost).toContain('nothing is mounted');
      expect(await readdir(pulled.path)).toEqual([]);
      expect(await readlink(home.place)).toBe(home.substitute);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
