import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { othersCanReach } from '../../src/cluster/run-as.ts';
import { serverProcesses } from '../../src/cluster/server-processes.ts';
import type { PostmasterMark } from '../../src/cluster/managed/model.ts';
import { hasLimits } from '../../src/kernel/limits/open-limits.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { ask, groups, managedPlace } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { startProgram } from '../kit/owner-process.ts';
import type { Program } from '../kit/owner-process.ts';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);

interface Said {
  readonly id: string;
  readonly pid: number;
  readonly url: string;
}

let place: ManagedPlace;
beforeEach(async () => {
  place = await managedPlace();
});
afterEach(async () => {
  await place[Symbol.asyncDispose]();
});

async function startOwner(kind: 'temporary' | 'lasting'): Promise<Program<Said>> {
  return startProgram<Said>('serve-cluster.ts', [place.dir, place.root, kind]);
}

/** Does not wait for its word. */
function spawnOwner(kind: 'temporary' | 'lasting'): ChildProcess {
  const program = join(import.meta.dirname, '..', 'kit', 'serve-cluster.ts');
  const args = ['--import', import.meta.resolve('tsx'), program, place.dir, place.root, kind];
  return spawn(process.execPath, args, { detached: true, stdio: 'ignore' });
}

/** As `kill -9` of a daemon does, and of whatever shares its terminal. */
async function killOwner(owner: Program<Said>): Promise<void> {
  process.kill(-(owner.process.pid ?? 0), 'SIGKILL');
  await owner.exited;
}

describe('a database whose daemon was killed', () => {
  it('runs on, and is found again with its limits', async () => {
    const owner = await startOwner('lasting');
    await ask(owner.said.url, 'create table survivor (n int); insert into survivor values (1)');
    await killOwner(owner);
    expect(await ask(owner.said.url, 'select n from survivor')).toEqual([{ n: 1 }]);
    const found = await place.open('owned');
    try {
      expect(found.isRunning).toBe(false);
      expect(await found.adopt()).toBe(true);
      expect(found.isRunning).toBe(true);
      expect(found.spec.postmaster?.pid).toBe(owner.said.pid);
      expect(found.runningVersion).toMatch(/^\d+\.\d+$/);
      expect(found.url()).toBe(owner.said.url);
      expect(found.applied?.acu ?? 2).toBe(2);
      await found.apply(4);
      expect(found.isInForce()).toBe(true);
      // Nobody's child any more, and its end is noticed all the same.
      const exited = found.exited();
      process.kill(owner.said.pid, 'SIGINT');
      await exited;
      expect(found.isRunning).toBe(false);
      await found.start(1);
      expect(await ask(found.url(), 'select n from survivor')).toEqual([{ n: 1 }]);
    } finally {
      await found.delete();
    }
  });

  it('is put back into its group where that was removed meanwhile', async (ctx) => {
    const { limits } = place;
    if (!hasLimits(limits)) return ctx.skip(limits.reason);
    const owner = await startOwner('lasting');
    await killOwner(owner);
    await (await limits.open(owner.said.id)).remove();
    const found = await place.open('owned');
    try {
      expect(await found.adopt()).toBe(true);
      expect((await limits.open(owner.said.id)).pids()).toContain(owner.said.pid);
      await found.apply(1);
      expect(found.isInForce()).toBe(true);
    } finally {
      await found.delete();
    }
  });

  it('is thawed when it is found again', async (ctx) => {
    const { limits } = place;
    if (!hasLimits(limits) || !limits.capabilities.freezer) return ctx.skip('nothing can be frozen here');
    const owner = await startOwner('lasting');
    await killOwner(owner);
    await (await limits.open(owner.said.id)).freeze(5_000);
    const found = await place.open('owned');
    try {
      expect(await found.adopt()).toBe(true);
      expect(await ask(owner.said.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await found.delete();
    }
  });

  it('is removed by whoever opens it next, where it was being made', async () => {
    const program = spawnOwner('lasting');
    const folder = join(place.dir, 'owned');
    await waitFor(() => existsSync(join(folder, 'data')), { what: 'a database in the making', pollMs: 5 });
    process.kill(-(program.pid ?? 0), 'SIGKILL');
    // Its initdb may come to its end first.
    await waitFor(async () => (await serverProcesses(join(folder, 'data'))).length === 0, {
      what: 'its children',
    });
    await expect(place.open('owned')).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND' });
    expect(existsSync(folder)).toBe(false);
    const anew = await place.create({ name: 'owned' });
    await anew.delete();
  });

  it('can be deleted without being found first', async () => {
    const owner = await startOwner('lasting');
    await killOwner(owner);
    await (await place.open('owned')).delete();
    expect(processIdentity(owner.said.pid)).toBeNull();
    expect(existsSync(join(place.dir, 'owned'))).toBe(false);
    expect(await groups(place)).toEqual([]);
  });
});

describe('a process that is not the database', () => {
  async function withMark(change: (mark: PostmasterMark) => PostmasterMark): Promise<void> {
    const path = join(place.dir, 'db1', 'cluster.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as { postmaster: PostmasterMark | null };
    const mark = file.postmaster ?? { pid: process.pid, identity: processIdentity(process.pid) ?? '' };
    await writeFile(path, JSON.stringify({ ...file, postmaster: change(mark) }));
  }

  it.each(['as the server user', 'as ourselves'])('is neither adopted nor touched: one %s', async (who) => {
    const cluster = await place.create({ name: 'db1' });
    const asServer = who === 'as the server user' && process.getuid?.() === 0;
    const ids = asServer ? await idsOf(cluster.spec.osUser.name) : {};
    // The number was given to another program since; even its identity is known.
    const stranger = spawn('sleep', ['600'], { ...ids, stdio: 'ignore' });
    const exited = once(stranger, 'exit');
    const pid = stranger.pid ?? 0;
    try {
      await withMark(() => ({ pid, identity: processIdentity(pid) ?? '' }));
      const found = await place.open('db1');
      expect(await found.adopt()).toBe(false);
      await found.stop();
      await found.delete();
      expect(processIdentity(pid)).not.toBeNull();
    } finally {
      stranger.kill();
      await exited;
    }
  });

  it('is not adopted for its number alone', async () => {
    const cluster = await place.create({ name: 'db1' });
    await cluster.start(2);
    const { pid = 0 } = cluster.spec.postmaster ?? {};
    await cluster.release();
    const path = join(place.dir, 'db1', 'cluster.json');
    const right = await readFile(path, 'utf8');
    await withMark((mark) => ({ ...mark, identity: `${mark.identity}0` }));
    const found = await place.open('db1');
    expect(await found.adopt()).toBe(false);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await writeFile(path, right);
    expect(await (await place.open('db1')).adopt()).toBe(true);
  });

  it('is not adopted where the group holds others instead', async (ctx) => {
    const { limits } = place;
    if (!hasLimits(limits)) return ctx.skip(limits.reason);
    const cluster = await place.create({ name: 'db1' });
    await cluster.start(2);
    await cluster.release();
    const group = await limits.open(cluster.spec.id);
    await group.remove();
    const other = spawn('sleep', ['600'], { stdio: 'ignore' });
    const exited = once(other, 'exit');
    await (await limits.open(cluster.spec.id)).enter(other.pid ?? 0);
    expect(await (await place.open('db1')).adopt()).toBe(false);
    other.kill();
    await exited;
    expect(await (await place.open('db1')).adopt()).toBe(true);
  });
});

describe('a temporary database', () => {
  async function nothingLeft(said: Said): Promise<void> {
    const isGone = async (): Promise<boolean> =>
      processIdentity(said.pid) === null &&
      !existsSync(join(place.dir, 'owned')) &&
      !(await groups(place)).includes(said.id);
    await waitFor(isGone, { what: 'server, folder and groups to be gone', timeoutMs: 60_000 });
    expect(await readdir(place.dir)).toEqual([]);
  }

  it('leaves nothing when its owner is killed', async () => {
    const owner = await startOwner('temporary');
    await killOwner(owner);
    await nothingLeft(owner.said);
  });

  it('leaves nothing when its owner is killed while it is frozen', async (ctx) => {
    const { limits } = place;
    if (!hasLimits(limits) || !limits.capabilities.freezer) return ctx.skip('nothing can be frozen here');
    const owner = await startOwner('temporary');
    const group = await limits.open(owner.said.id);
    await group.freeze(5_000);
    await killOwner(owner);
    await nothingLeft(owner.said);
  });

  it('leaves nothing when its owner is killed while it is being made', async () => {
    const program = spawnOwner('temporary');
    const folder = join(place.dir, 'owned');
    await waitFor(() => existsSync(join(folder, 'data')), { what: 'a database in the making', pollMs: 5 });
    process.kill(-(program.pid ?? 0), 'SIGKILL');
    await waitFor(() => !existsSync(folder), { what: 'the folder to be gone' });
    expect(await groups(place)).toEqual([]);
  });

  it('may be that of an ordinary user, without limits', async (ctx) => {
    if (process.getuid?.() !== 0) return ctx.skip('the other tests ran as one already');
    const root = join(import.meta.dirname, '..', '..');
    if (!(await othersCanReach(root))) return ctx.skip(`other users cannot read ${root}`);
    const ids = await idsOf('nobody');
    await chown(place.dir, ids.uid, ids.gid);
    const owner = await startProgram<Said>('serve-cluster.ts', [place.dir, place.root, 'temporary'], {
      ids,
      env: { HOME: '/nonexistent' },
    });
    expect(await ask(owner.said.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await killOwner(owner);
    await nothingLeft(owner.said);
  });

  it('leaves nothing when it is deleted', async () => {
    const cluster = await place.create({ temporary: true });
    await cluster.start(1);
    await cluster.delete();
    expect(await readdir(place.dir)).toEqual([]);
    expect(await groups(place)).toEqual([]);
  });
});

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
