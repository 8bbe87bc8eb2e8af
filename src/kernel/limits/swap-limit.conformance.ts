import { describe, expect, it } from 'vitest';
import type { LimitsFixture } from './limits-fixture.ts';

const MIB = 1024 ** 2;

/** What can be seen where no swap is on, too. */
export function describeSwapLimit(on: LimitsFixture): void {
  describe('the bound on swap', () => {
    it('is read back, beside every memory limit', async (ctx) => {
      const group = await on.open(on.host(ctx, 'swap'));
      for (const memoryBytes of [null, 64 * MIB, 256 * MIB, 48 * MIB, null, 128 * MIB]) {
        await group.setMemoryBytes(memoryBytes);
        for (const swapBytes of [100 * MIB, 0, 300 * MIB]) {
          await group.setSwapBytes(swapBytes);
          expect(group.limits()).toMatchObject({ memoryBytes, swapBytes });
        }
      }
      await group.setSwapBytes(null);
      expect(group.limits().swapBytes).toBeNull();
    });

    it('holds for every memory limit to come', async (ctx) => {
      const group = await on.open(on.host(ctx, 'swap'));
      await group.setSwapBytes(100 * MIB);
      for (const memoryBytes of [64 * MIB, 256 * MIB, null, 48 * MIB]) {
        await group.setMemoryBytes(memoryBytes);
        expect(group.limits()).toMatchObject({ memoryBytes, swapBytes: 100 * MIB });
      }
    });

    it('is known to whoever opens the group again', async (ctx) => {
      const limits = on.host(ctx, 'swap');
      const group = await on.open(limits);
      await group.setMemoryBytes(64 * MIB);
      for (const bytes of [100 * MIB, 0]) {
        await group.setSwapBytes(bytes);
        const again = await on.open(limits);
        expect(again.limits().swapBytes).toBe(bytes);
        expect(again.memoryAccount()?.swapRoomBytes).toBeLessThanOrEqual(bytes);
      }
    });

    it('is no number below zero', async (ctx) => {
      const group = await on.open(on.host(ctx, 'swap'));
      for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY])
        await expect(group.setSwapBytes(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
    });

    it('is refused where the kernel cannot tell what is on swap', async (ctx) => {
      const limits = on.host(ctx);
      if (limits.capabilities.swap) return ctx.skip('this kernel can tell');
      const group = await on.open(limits);
      await expect(group.setSwapBytes(MIB)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
      await group.setSwapBytes(0);
      await group.setSwapBytes(null);
    });
  });
}
