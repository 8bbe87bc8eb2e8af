import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LimitsFixture } from './limits-fixture.ts';

const MIB = 1024 ** 2;

export function describeMemoryLimit(on: LimitsFixture): void {
  describe('the memory limit', () => {
    it('bounds the page cache, and says what had to be read again', async (ctx) => {
      const group = await on.open(on.host(ctx, 'memory'));
      await group.setMemoryBytes(48 * MIB);
      expect(group.limits().memoryBytes).toBe(48 * MIB);
      const process = await on.start(group);
      await process.writeFile(join(on.folder, 'cache'), 128 * MIB);
      if ((group.memoryAccount()?.fileBytes ?? 0) < MIB) return ctx.skip(`${on.folder} leaves no page cache`);
      await process.readFile(join(on.folder, 'cache'));
      await process.readFile(join(on.folder, 'cache'));
      const account = group.memoryAccount();
      expect(account?.usageBytes).toBeLessThanOrEqual(48 * MIB);
      expect(account?.fileBytes).toBeGreaterThan(8 * MIB);
      // The second time all of it was read before, and most of it was dropped since.
      expect(account?.refaultedBytes).toBeGreaterThan(32 * MIB);
      expect(account?.refaultedBytes).toBeLessThan(300 * MIB);
      expect(account?.oomKills).toBe(0);
    });

    it('evicts the page cache when it is lowered, and kills nobody', async (ctx) => {
      const limits = on.host(ctx, 'memory');
      const group = await on.open(limits);
      const process = await on.start(group);
      await process.writeFile(join(on.folder, 'cache'), 400 * MIB);
      if ((group.memoryAccount()?.fileBytes ?? 0) < 300 * MIB)
        return ctx.skip(`${on.folder} leaves no page cache`);
      await process.holdBytes(40 * MIB);
      await group.setMemoryBytes(500 * MIB);
      await group.setMemoryBytes(96 * MIB);
      expect(group.limits().memoryBytes).toBe(96 * MIB);
      const account = group.memoryAccount();
      expect(account?.usageBytes).toBeLessThanOrEqual(96 * MIB);
      expect(account?.anonBytes).toBeGreaterThanOrEqual(40 * MIB);
      expect(account?.oomKills).toBe(0);
      expect(typeof account?.stalledUs).toBe(limits.capabilities.pressure ? 'number' : 'object');
      expect(process.isAlive()).toBe(true);
      await group.setMemoryBytes(300 * MIB);
      expect(group.limits().memoryBytes).toBe(300 * MIB);
      await group.setMemoryBytes(null);
      expect(group.limits().memoryBytes).toBeNull();
    });

    it('evicts while the cache is being filled', async (ctx) => {
      const group = await on.open(on.host(ctx, 'memory'));
      const process = await on.start(group);
      await process.writeFile(join(on.folder, 'cache'), 256 * MIB);
      if ((group.memoryAccount()?.fileBytes ?? 0) < 200 * MIB)
        return ctx.skip(`${on.folder} leaves no page cache`);
      let isLowered = false;
      const reading = (async (): Promise<void> => {
        while (!isLowered) await process.readFile(join(on.folder, 'cache'));
      })();
      await group.setMemoryBytes(64 * MIB);
      isLowered = true;
      await reading;
      expect(group.limits().memoryBytes).toBe(64 * MIB);
      expect(group.memoryAccount()?.oomKills).toBe(0);
    });

    it('stays as it was where the memory is in use', async (ctx) => {
      const group = await on.open(on.host(ctx, 'memory'));
      const process = await on.start(group);
      await process.holdBytes(100 * MIB);
      for (const old of [null, 300 * MIB]) {
        await group.setMemoryBytes(old);
        await expect(group.setMemoryBytes(64 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
        expect(group.limits().memoryBytes).toBe(old);
      }
      expect(group.memoryAccount()?.anonBytes).toBeGreaterThanOrEqual(100 * MIB);
      expect(group.memoryAccount()?.oomKills).toBe(0);
      expect(process.isAlive()).toBe(true);
    });

    it('leaves the event loop alone while the kernel evicts', async (ctx) => {
      const group = await on.open(on.host(ctx, 'memory'));
      const process = await on.start(group);
      await process.writeFile(join(on.folder, 'cache'), 400 * MIB);
      if ((group.memoryAccount()?.fileBytes ?? 0) < 300 * MIB)
        return ctx.skip(`${on.folder} leaves no page cache`);
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      await group.setMemoryBytes(64 * MIB);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
    });
  });
}
