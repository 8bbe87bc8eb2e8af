import { describe, expect, it } from 'vitest';
import { fakeMemory, MIB, PAGE_BYTES } from './fake-memory-fixture.ts';
import type { FakeMemory, FakeMemoryOptions } from './fake-memory-fixture.ts';
import { systemError } from './fake-files-fixture.ts';
import { lowerMemory } from './lower-memory.ts';

const KINDS: readonly [string, FakeMemoryOptions][] = [
  ['v1', { version: 1 }],
  ['v2', { version: 2 }],
  ['v2 before Linux 6.9', { version: 2, reclaim: 'plain' }],
  ['v2 before Linux 5.19', { version: 2, reclaim: 'none' }],
];

function lower({ control }: FakeMemory, bytes: number): Promise<void> {
  return lowerMemory(control, bytes, PAGE_BYTES);
}

describe.each(KINDS)('lowering memory in %s', (_, options) => {
  it('evicts the page cache in steps', async () => {
    const memory = Object.assign(fakeMemory(options), { anonBytes: 100 * MIB, cacheBytes: 1_900 * MIB });
    await lower(memory, 300 * MIB);
    expect(memory.control.limitBytes()).toBe(300 * MIB);
    expect(memory.anonBytes + memory.cacheBytes).toBeLessThanOrEqual(300 * MIB);
    expect(memory.lethalWrites).toBe(0);
    const limits = memory.files.writes
      .map((write) => /^memory\.(?:max|limit_in_bytes): (\d+)$/.exec(write)?.[1])
      .filter((limit) => limit !== undefined)
      .map(Number);
    expect(limits.length).toBeGreaterThan(5);
    const steps = limits.map((limit, index) => (limits[index - 1] ?? 2_000 * MIB) - limit);
    expect(Math.max(...steps)).toBeLessThanOrEqual(256 * MIB);
  });

  it('does not touch anything where what is held does not fit', async () => {
    const memory = Object.assign(fakeMemory(options), { anonBytes: 290 * MIB, cacheBytes: 500 * MIB });
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(memory.control.limitBytes()).toBeNull();
    expect(memory.cacheBytes).toBe(500 * MIB);
    expect(memory.oomKills).toBe(0);
  });

  it('goes back to the old limit where pages cannot be dropped', async () => {
    const memory = Object.assign(fakeMemory(options), { anonBytes: 50 * MIB, cacheBytes: 900 * MIB });
    await memory.control.setLimit(1_000 * MIB);
    memory.dirtyBytes = 400 * MIB;
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(memory.control.limitBytes()).toBe(1_000 * MIB);
    expect(memory.lethalWrites).toBe(0);
  });

  it('waits for pages that are being written', async () => {
    const memory = Object.assign(fakeMemory(options), { cacheBytes: 500 * MIB, dirtyBytes: 400 * MIB });
    setTimeout(() => Object.assign(memory, { dirtyBytes: 0 }), 60);
    await lower(memory, 300 * MIB);
    expect(memory.control.limitBytes()).toBe(300 * MIB);
    expect(memory.lethalWrites).toBe(0);
  });

  it('gets there while the cache is being filled', async () => {
    const memory = Object.assign(fakeMemory(options), { anonBytes: 50 * MIB, cacheBytes: 900 * MIB });
    memory.refillBytes = 3 * MIB;
    await lower(memory, 300 * MIB);
    expect(memory.control.limitBytes()).toBe(300 * MIB);
    expect(memory.lethalWrites).toBe(0);
  });

  it('stops where a process takes memory on the way', async () => {
    const memory = Object.assign(fakeMemory(options), { anonBytes: 50 * MIB, cacheBytes: 1_900 * MIB });
    memory.files.writes.push = (...writes) => {
      memory.anonBytes += 60 * MIB;
      return Array.prototype.push.apply(memory.files.writes, writes);
    };
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(memory.control.limitBytes()).toBeNull();
    expect(memory.oomKills).toBe(0);
  });

  it('is taken back where the kernel killed all the same', async () => {
    const memory = Object.assign(fakeMemory(options), { cacheBytes: 500 * MIB });
    memory.files.writes.push = (...writes) => {
      memory.oomKills = 1;
      return Array.prototype.push.apply(memory.files.writes, writes);
    };
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({
      code: 'MEMORY_IN_USE',
      message: expect.stringContaining('killed') as string,
    });
    expect(memory.control.limitBytes()).toBeNull();
  });

  it('says that the group is gone when it goes on the way', async () => {
    const memory = Object.assign(fakeMemory(options), { cacheBytes: 1_000 * MIB });
    const limit = options.version === 1 ? '/g/memory.limit_in_bytes' : '/g/memory.max';
    memory.files.onWrite(limit, (_text, path) => {
      memory.files.vanish('/g');
      throw systemError('ENODEV', path);
    });
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({ code: 'GROUP_GONE' });
  });
});

describe('memory and swap together, in v1', () => {
  const withSwap = '/g/memory.memsw.limit_in_bytes';

  it('are left alone where nobody limited them', async () => {
    const { control, files } = fakeMemory({ version: 1 });
    files.put(withSwap, '9223372036854771712');
    await control.setLimit(300 * MIB);
    await control.setLimit(600 * MIB);
    expect(files.writes.every((write) => write.startsWith('memory.limit_in_bytes'))).toBe(true);
  });

  it('are raised before memory would be above them, by as much as somebody else left for swap', async () => {
    const { control, files } = fakeMemory({ version: 1 });
    await control.setLimit(300 * MIB);
    files.put(withSwap, String(400 * MIB));
    await control.setLimit(600 * MIB);
    expect(files.read(withSwap).trim()).toBe(String(700 * MIB));
    expect(control.limitBytes()).toBe(600 * MIB);
  });

  it('stay as somebody else bound them when memory is lowered', async () => {
    const { control, files } = fakeMemory({ version: 1 });
    await control.setLimit(300 * MIB);
    files.put(withSwap, String(400 * MIB));
    await lowerMemory(control, 200 * MIB, PAGE_BYTES);
    expect(files.read(withSwap).trim()).toBe(String(400 * MIB));
  });
});

describe.each(KINDS.slice(0, 3))('lowering memory with a tier in %s', (_, options) => {
  function withTier(swapFreeBytes: number): FakeMemory {
    const memory = Object.assign(fakeMemory(options), {
      anonBytes: 50 * MIB,
      shmemBytes: 900 * MIB,
      swapFreeBytes,
    });
    memory.control.setSwap(1_000 * MIB);
    return memory;
  }

  it('pushes shared memory out to swap', async () => {
    const memory = withTier(1_000 * MIB);
    await lower(memory, 300 * MIB);
    expect(memory.control.limitBytes()).toBe(300 * MIB);
    expect(memory.swapBytes).toBeGreaterThanOrEqual(650 * MIB);
    expect(memory.control.swapBytes()).toBe(1_000 * MIB);
    expect(memory.lethalWrites).toBe(0);
  });

  it('goes on for as long as the usage falls', async () => {
    const memory = Object.assign(withTier(1_000 * MIB), { shmemBytes: 310 * MIB, evictableAtOnce: 6 * MIB });
    await memory.control.setLimit(400 * MIB);
    await lower(memory, 280 * MIB);
    expect(memory.control.limitBytes()).toBe(280 * MIB);
    expect(memory.lethalWrites).toBe(0);
  });

  it('has page cache go first', async () => {
    const memory = Object.assign(withTier(1_000 * MIB), { shmemBytes: 200 * MIB, cacheBytes: 2_000 * MIB });
    await lower(memory, 600 * MIB);
    expect(memory.swapBytes).toBe(0);
    const said = options.version === 1 ? 'memory.swappiness: 1' : 'memory.reclaim: ';
    expect(memory.files.writes.some((write) => write.startsWith(said))).toBe(true);
    // As it was, after each step.
    expect(options.version === 1 ? memory.files.read('/g/memory.swappiness') : '100').toBe('100');
  });

  it('swaps nothing where page cache is enough, though all of it has to go', async () => {
    const memory = Object.assign(withTier(1_000 * MIB), { shmemBytes: 200 * MIB, cacheBytes: 200 * MIB });
    await lower(memory, 50 * MIB + 200 * MIB + 32 * MIB);
    expect(memory.swapBytes).toBe(0);
    expect(memory.files.writes.filter((write) => write.includes('swappiness=100'))).toEqual([]);
    const said = options.version === 1 ? /^memory\.swappiness: 1$/ : /^memory\.reclaim: /;
    expect(memory.files.writes.some((write) => said.test(write))).toBe(true);
  });

  it.each([
    ['nothing may go there', 0, 1_000 * MIB],
    ['it may not take enough', 300 * MIB, 1_000 * MIB],
    ['the host has not enough', 1_000 * MIB, 300 * MIB],
  ])('is refused where %s', async (_why, boundBytes, freeBytes) => {
    const memory = withTier(freeBytes);
    memory.control.setSwap(boundBytes);
    await expect(lower(memory, 300 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
    expect(memory.control.limitBytes()).toBeNull();
    expect(memory.swapBytes).toBe(0);
  });
});
