import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { hasLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { connectClient } from '../kit/client.ts';
import { ask, managedPlace, show } from '../kit/managed.ts';
import type { ManagedPlace } from '../kit/managed.ts';
import { waitFor } from '../kit/wait-for.ts';

const GIB = 1024 ** 3;

let place: ManagedPlace;
let cluster: ManagedCluster;
beforeAll(async () => {
  place = await managedPlace();
  cluster = await place.create({ minAcu: 0.5, maxAcu: 8 });
});
beforeEach(async () => {
  await cluster.start(2);
  await cluster.apply(2);
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

function postmaster(): number {
  return cluster.spec.postmaster?.pid ?? 0;
}

/** A second look at the same group, past the database's own. */
async function groupOf(ctx: TestContext): Promise<ResourceGroup> {
  if (!hasLimits(place.limits)) return ctx.skip(place.limits.reason);
  return place.limits.open(cluster.spec.id);
}

/** To sessions, and to the knowledge of who asked for them. */
async function settingsArrive(stepAcu: string): Promise<void> {
  const areThere = async (): Promise<boolean> =>
    (await show(cluster.url(), 'airglow.settings_acu')) === stepAcu &&
    cluster.applied?.settingsAcu === Number(stepAcu);
  await waitFor(areThere, { what: 'settings' });
}

describe('apply', () => {
  it('starts inside the limits of the capacity asked for', async (ctx) => {
    const group = await groupOf(ctx);
    await cluster.stop();
    await cluster.start(3);
    expect(group.limits()).toMatchObject({ cpus: expect.closeTo(0.75, 2), memoryBytes: 6 * GIB });
    expect(group.pids()).toContain(postmaster());
    // Shared memory counts for the group that it was first used in.
    expect(cluster.accounts.memory()?.shmemBytes).toBeGreaterThan(1024 ** 2);
  });

  it('raises limits at once, and settings follow', async (ctx) => {
    const group = await groupOf(ctx);
    await using session = await connectClient(cluster.url());
    const before = (await session.query('show work_mem')).rows;
    const applied = await cluster.apply(8);
    expect(applied).toMatchObject({ acu: 8, cpus: 2, memoryBytes: 16 * GIB });
    expect(group.limits()).toMatchObject({ cpus: 2, memoryBytes: 16 * GIB });
    await settingsArrive('8');
    // A session that is there already has them, too.
    expect((await session.query('show work_mem')).rows).not.toEqual(before);
  });

  it('lowers settings first, then limits', async (ctx) => {
    const group = await groupOf(ctx);
    await cluster.apply(8);
    await settingsArrive('8');
    const applied = await cluster.apply(1);
    expect(applied).toMatchObject({ acu: 1, cpus: 0.25, memoryBytes: 2 * GIB, settingsAcu: 1 });
    expect(group.limits()).toMatchObject({ memoryBytes: 2 * GIB });
    expect(await show(cluster.url(), 'airglow.settings_acu')).toBe('1');
  });

  it('leaves settings alone within a step', async () => {
    await cluster.apply(4);
    await settingsArrive('4');
    const path = join(place.dir, cluster.spec.name, 'capacity.conf');
    const before = await readFile(path, 'utf8');
    for (const acu of [5, 7.5, 4.5]) await cluster.apply(acu);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(cluster.applied).toMatchObject({ acu: 4.5, settingsAcu: 4 });
  });

  it('does the newest of many, and tells all of them what came', async () => {
    const all = await Promise.all([8, 0.5, 3, 6, 1, 5].map((acu) => cluster.apply(acu)));
    expect(all.at(-1)?.acu).toBe(5);
    expect(cluster.applied?.acu).toBe(5);
    // Only the first had begun when the others came.
    expect(new Set(all.map(({ acu }) => acu))).toEqual(new Set([8, 5]));
  });

  it('gives up a lowering for a raise', async () => {
    await cluster.apply(8);
    await settingsArrive('8');
    const lowering = cluster.apply(0.5);
    const began = performance.now();
    const raised = await cluster.apply(6);
    // Settling alone takes a lowering 100 ms.
    expect(raised.acu).toBe(6);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect((await lowering).acu).toBe(6);
  });

  it('raises while nobody can connect', async (ctx) => {
    const group = await groupOf(ctx);
    await group.freeze(5_000);
    try {
      const applied = await cluster.apply(8);
      expect(applied).toMatchObject({ acu: 8, cpus: 2, memoryBytes: 16 * GIB });
    } finally {
      await group.thaw();
    }
    await settingsArrive('8');
  });

  it('keeps monitoring sessions out of the limits, and no other process', async (ctx) => {
    const group = await groupOf(ctx);
    await using session = await connectClient(cluster.url());
    expect(group.pids()).toContain(session.processID);
    await cluster.exempt(session.processID);
    expect(group.pids()).not.toContain(session.processID);
    await expect(cluster.exempt(process.pid)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(cluster.exempt(postmaster())).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(group.pids()).toContain(postmaster());
  });

  it('gives accounts of what the database uses', async (ctx) => {
    await groupOf(ctx);
    const before = cluster.accounts.cpu()?.usageNs ?? 0;
    await ask(cluster.url(), 'select count(*) from generate_series(1, 300000)');
    expect(cluster.accounts.cpu()?.usageNs).toBeGreaterThan(before);
    expect(cluster.accounts.memory()?.anonBytes).toBeGreaterThan(0);
    await using busy = await connectClient(cluster.url());
    const work = busy.query('select count(*) from generate_series(1, 1000000000)').catch(() => {});
    await waitFor(() => cluster.accounts.runnable() > 0, { what: 'a session that works', pollMs: 5 });
    await ask(cluster.url(), `select pg_cancel_backend(${busy.processID})`);
    await work;
  });
});

describe('a change that fails', () => {
  let undo: () => Promise<void> = async () => {};
  afterEach(async () => {
    await undo();
    undo = async () => {};
  });

  it('is taken back as a whole where the kernel refuses a part', async (ctx) => {
    const group = await groupOf(ctx);
    // On v1 no group may have more than the one above it; v2 takes every quota.
    const above = group.folders.find((path) => path.includes('/cpu/') && path.endsWith(cluster.spec.id));
    if (above === undefined || !existsSync(join(above, 'cpu.cfs_quota_us')))
      return ctx.skip('needs the v1 cpu hierarchy');
    const before = group.limits();
    await writeFile(join(above, 'cpu.cfs_quota_us'), '50000');
    undo = () => writeFile(join(above, 'cpu.cfs_quota_us'), '-1');
    await expect(cluster.apply(8)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
    expect(group.limits()).toEqual(before);
    expect(cluster.applied).toMatchObject({ acu: 2, settingsAcu: 2 });
    expect(cluster.isInForce()).toBe(true);
    await undo();
    expect(await cluster.apply(8)).toMatchObject({ acu: 8 });
  });

  it('is taken back as a whole where memory is in use', async (ctx) => {
    const group = await groupOf(ctx);
    await using session = await connectClient(cluster.url());
    await cluster.apply(8);
    await session.query(`set work_mem = '2GB'`);
    // Holds some 1.3 GB of memory for as long as the cursor is open.
    await session.query(`begin; declare held cursor for
      select repeat(n::text, 400) from generate_series(1, 600000) n order by 1 desc; fetch 1 from held`);
    expect(cluster.accounts.memory()?.anonBytes).toBeGreaterThan(1.1 * GIB);
    const before = group.limits();
    await expect(cluster.apply(0.5)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(group.limits()).toEqual(before);
    expect(cluster.applied?.acu).toBe(8);
    await settingsArrive('8');
    await session.query('rollback');
  });

  it('finds a group that was removed underneath, makes it anew, and works the next time', async (ctx) => {
    const group = await groupOf(ctx);
    await using session = await connectClient(cluster.url());
    const before = group.limits();
    await group.remove();
    expect(cluster.isInForce()).toBe(false);
    await expect(cluster.apply(3)).rejects.toMatchObject({ code: 'GROUP_GONE' });
    const anew = await groupOf(ctx);
    expect(anew.limits()).toEqual(before);
    expect(anew.pids()).toEqual(expect.arrayContaining([postmaster(), session.processID]));
    expect(await cluster.apply(3)).toMatchObject({ acu: 3 });
    expect(cluster.isInForce()).toBe(true);
  });

  it('knows when somebody else changed the limits', async (ctx) => {
    const group = await groupOf(ctx);
    await group.setCpus(1.5);
    expect(cluster.isInForce()).toBe(false);
    await cluster.apply(2);
    expect(cluster.isInForce()).toBe(true);
  });

  it('is refused while the database does not run', async () => {
    await cluster.stop();
    await expect(cluster.apply(4)).rejects.toMatchObject({ code: 'WRONG_STATUS' });
    expect(cluster.applied).toBeNull();
  });
});

describe('where nothing can be limited', () => {
  it('runs all the same, and its settings follow capacity', async () => {
    const limits = { reason: 'This is a test.', remedy: 'Run another one.' };
    const free = await place.create({ limits, name: 'unlimited' });
    await free.start(2);
    try {
      expect(free.enforcement).toEqual({ enforced: false, ...limits });
      expect(free.accounts.cpu()).toBeNull();
      expect(free.accounts.memory()).toBeNull();
      expect(free.isInForce()).toBe(true);
      expect(await free.apply(0.5)).toEqual({
        acu: 0.5,
        cpus: null,
        memoryBytes: null,
        swapBytes: null,
        settingsAcu: 0.5,
      });
      expect(await show(free.url(), 'airglow.settings_acu')).toBe('0.5');
      await using busy = await connectClient(free.url());
      const work = busy.query('select count(*) from generate_series(1, 1000000000)').catch(() => {});
      await waitFor(() => free.accounts.runnable() > 0, { what: 'a session that works', pollMs: 5 });
      await ask(free.url(), `select pg_cancel_backend(${busy.processID})`);
      await work;
    } finally {
      await free.delete();
    }
  });
});
