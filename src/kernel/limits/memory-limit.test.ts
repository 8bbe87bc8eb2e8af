import { expect, it } from 'vitest';
import { fakeMemory, MIB, PAGE_BYTES } from './fake-memory-fixture.ts';
import { MemoryLimit } from './memory-limit.ts';

it('a limit that is raised does not wait until the lower one before it is in force', async () => {
  const memory = Object.assign(fakeMemory({ version: 2 }), { cacheBytes: 4_000 * MIB });
  const limit = new MemoryLimit(memory.control, PAGE_BYTES);
  let raising: Promise<unknown> | undefined;
  const stepDown = memory.control.stepDown.bind(memory.control);
  Object.assign(memory.control, {
    async stepDown(toBytes: number, usageBytes: number) {
      raising ??= limit.set(8_000 * MIB);
      return stepDown(toBytes, usageBytes);
    },
  });
  await expect(limit.set(300 * MIB)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
  await raising;
  expect(memory.control.limitBytes()).toBe(8_000 * MIB);
  expect(memory.cacheBytes).toBeGreaterThan(300 * MIB);
});

it('of several that are asked for at once the last one is in force', async () => {
  const memory = Object.assign(fakeMemory({ version: 1 }), { cacheBytes: 900 * MIB });
  const limit = new MemoryLimit(memory.control, PAGE_BYTES);
  const results = await Promise.allSettled([100, 500, null, 400, 200].map((n) => limit.set(n && n * MIB)));
  expect(results.map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(memory.control.limitBytes()).toBe(200 * MIB);
});

it('one that failed is no hindrance for the next', async () => {
  const memory = Object.assign(fakeMemory({ version: 1 }), { anonBytes: 500 * MIB });
  const limit = new MemoryLimit(memory.control, PAGE_BYTES);
  await expect(limit.set(100 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
  expect(await limit.set(600 * MIB + 1)).toBe(600 * MIB);
});
