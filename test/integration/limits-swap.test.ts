import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { limitsFixture } from '../../src/kernel/limits/limits-fixture.ts';
import type { LoadProcess } from '../../src/kernel/limits/load-process-fixture.ts';
import { heldBytes } from '../../src/kernel/limits/memory-held.ts';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { ProcessIoReader } from '../../src/kernel/process-io.ts';
import { readText } from '../../src/kernel/process-reader.ts';
import { sleepsForSwap } from '../../src/kernel/sleep-reason.ts';
import { turnOnSwap } from '../kit/own-swap.ts';
import type { OwnSwap } from '../kit/own-swap.ts';

const MIB = 1024 ** 2;
/** Where files are shared memory. */
const SHARED = '/dev/shm';

describe('memory limits with a second tier on swap', () => {
  const on = limitsFixture(() => openLimits({ root: `airglow-test-swap-${process.pid}` }));
  let swap: OwnSwap | string = '';
  let folder = '';
  let shared = '';

  beforeAll(async () => {
    swap = await turnOnSwap(256 * MIB);
    if (existsSync(SHARED)) folder = await mkdtemp(join(SHARED, 'airglow-swap-'));
    shared = join(folder, 'shared');
  });
  beforeEach(() => rm(shared, { force: true }));
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    if (typeof swap !== 'string') await swap.remove();
  });

  /** A group with a process, whose shared memory is filled. */
  async function fill(ctx: TestContext, bytes: number): Promise<{ group: ResourceGroup; load: LoadProcess }> {
    const limits = on.host(ctx, 'memory', 'swap');
    if (typeof swap === 'string') return ctx.skip(swap);
    if (/airglow-tier/.test(readText('/proc/swaps') ?? ''))
      return ctx.skip('the second tier of this host is on, which keeps others out of swap');
    if (!/^tmpfs \/dev\/shm /m.test(readText('/proc/mounts') ?? '')) return ctx.skip(`${SHARED} is no tmpfs`);
    const group = await on.open(limits);
    const load = await on.start(group);
    await load.writeFile(shared, bytes);
    expect(group.memoryAccount()?.shmemBytes).toBeGreaterThan(bytes - MIB);
    return { group, load };
  }

  it('shared memory goes to swap when the limit is lowered, and comes back', async (ctx) => {
    const { group, load } = await fill(ctx, 160 * MIB);
    await group.setSwapBytes(200 * MIB);
    await group.setMemoryBytes(300 * MIB);
    const before = group.memoryAccount();
    expect(before?.swapRoomBytes).toBeGreaterThan(160 * MIB);
    await group.setMemoryBytes(96 * MIB);
    expect(group.limits()).toMatchObject({ memoryBytes: 96 * MIB, swapBytes: 200 * MIB });
    const lowered = group.memoryAccount();
    expect(lowered?.swapBytes).toBeGreaterThan(60 * MIB);
    expect(lowered?.swapBytes).toBeLessThanOrEqual(200 * MIB);
    expect(lowered?.swapRoomBytes).toBeLessThanOrEqual(140 * MIB);
    expect(lowered?.oomKills).toBe(0);

    await group.setMemoryBytes(300 * MIB);
    expect(group.limits()).toMatchObject({ memoryBytes: 300 * MIB, swapBytes: 200 * MIB });
    await load.readFile(shared);
    const back = group.memoryAccount();
    expect(back?.shmemBytes).toBeGreaterThan(150 * MIB);
    expect(back?.swappedInBytes).toBeGreaterThan(60 * MIB);
  });

  it('the limit gets there while all of the memory is being read', async (ctx) => {
    const { group, load } = await fill(ctx, 160 * MIB);
    await group.setSwapBytes(200 * MIB);
    await group.setMemoryBytes(300 * MIB);
    let isLowered = false;
    const reading = (async (): Promise<void> => {
      while (!isLowered) await load.readFile(shared);
    })();
    await group.setMemoryBytes(96 * MIB).finally(() => (isLowered = true));
    await reading;
    expect(group.limits()).toMatchObject({ memoryBytes: 96 * MIB, swapBytes: 200 * MIB });
    expect(group.memoryAccount()?.oomKills).toBe(0);
  });

  it('nothing goes there where it may not, and the limit stays', async (ctx) => {
    const { group } = await fill(ctx, 160 * MIB);
    await group.setSwapBytes(0);
    await group.setMemoryBytes(300 * MIB);
    await expect(group.setMemoryBytes(96 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    await group.reclaim();
    expect(group.limits()).toMatchObject({ memoryBytes: 300 * MIB, swapBytes: 0 });
    expect(group.memoryAccount()).toMatchObject({ swapBytes: 0, swapRoomBytes: 0, oomKills: 0 });
  });

  it('a limit that swap has no room for is refused', async (ctx) => {
    const { group } = await fill(ctx, 160 * MIB);
    await group.setMemoryBytes(300 * MIB);
    await group.setSwapBytes(40 * MIB);
    await expect(group.setMemoryBytes(64 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(group.limits().memoryBytes).toBe(300 * MIB);
    await group.setMemoryBytes(200 * MIB);
    expect(group.memoryAccount()?.oomKills).toBe(0);
  });

  it('private memory stays when there is shared memory to take, and page cache goes first', async (ctx) => {
    const { group, load } = await fill(ctx, 64 * MIB);
    await group.setSwapBytes(200 * MIB);
    await load.writeFile(join(on.folder, 'cache'), 300 * MIB);
    if ((group.memoryAccount()?.fileBytes ?? 0) < 250 * MIB)
      return ctx.skip(`${on.folder} leaves no page cache`);
    await group.setMemoryBytes(300 * MIB);
    expect(group.memoryAccount()?.swapBytes).toBeLessThan(16 * MIB);
  });

  it('gives all back that swap takes', async (ctx) => {
    const { group } = await fill(ctx, 160 * MIB);
    await group.setMemoryBytes(300 * MIB);
    await group.setSwapBytes(200 * MIB);
    await group.reclaim();
    const account = group.memoryAccount();
    expect(account?.swapBytes).toBeGreaterThan(100 * MIB);
    expect(account === null ? 0 : heldBytes(account)).toBeLessThan(100 * MIB);
  });

  it('may have more there than its bound, until it comes back', async (ctx) => {
    const { group, load } = await fill(ctx, 160 * MIB);
    await group.setSwapBytes(200 * MIB);
    await group.setMemoryBytes(96 * MIB);
    const { swapBytes = 0 } = group.memoryAccount() ?? {};
    await group.setSwapBytes(8 * MIB);
    expect(group.limits().swapBytes).toBe(8 * MIB);
    expect(group.memoryAccount()).toMatchObject({ swapRoomBytes: 0 });
    expect(group.memoryAccount()?.swapBytes).toBeGreaterThan(swapBytes - 8 * MIB);
    await group.setMemoryBytes(300 * MIB);
    await load.readFile(shared);
    expect(group.memoryAccount()?.oomKills).toBe(0);
    expect(group.limits()).toMatchObject({ memoryBytes: 300 * MIB, swapBytes: 8 * MIB });
  });

  it('what waits for swap can be told from what waits for storage', async (ctx) => {
    const { group, load } = await fill(ctx, 160 * MIB);
    if (sleepsForSwap(process.pid) === null) return ctx.skip('stacks of processes cannot be read here');
    await group.setSwapBytes(200 * MIB);
    await group.setMemoryBytes(96 * MIB);
    const reader = new ProcessIoReader();
    reader.look([load.pid]);
    const before = group.memoryAccount()?.swappedInBytes ?? 0;
    let sawSwap = false;
    for (let round = 0; round < 20 && !sawSwap; round++) {
      const reading = load.readFile(shared).then(() => true);
      while (!(await Promise.race([reading, tick()]))) sawSwap ||= sleepsForSwap(load.pid) === true;
    }
    expect(sawSwap).toBe(true);
    const reads = reader.look([load.pid]);
    reader.close();
    // The kernel counts a page that comes from swap as read from storage.
    const swappedIn = (group.memoryAccount()?.swappedInBytes ?? 0) - before;
    expect((reads?.storageReadBytes ?? 0) + (reads?.swapInBytes ?? 0)).toBeGreaterThan(swappedIn / 2);

    // Shared memory fills the group, and may not leave it any more.
    await group.setMemoryBytes(300 * MIB);
    await group.setSwapBytes(0);
    const file = join(on.folder, 'stored');
    await load.writeFile(file, 400 * MIB);
    let sawOther = false;
    const reading = load.readFile(file).then(() => true);
    while (!(await Promise.race([reading, tick()]))) sawOther ||= sleepsForSwap(load.pid) === true;
    expect(sawOther).toBe(false);
  });
});

function tick(): Promise<false> {
  return new Promise((resolve) => setImmediate(() => resolve(false)));
}
