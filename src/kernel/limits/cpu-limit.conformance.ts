import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runNs, until } from './limits-fixture.ts';
import type { LimitsFixture } from './limits-fixture.ts';
import type { ResourceGroup } from './resource-group.ts';

const MIB = 1024 ** 2;

export function describeCpuLimit(on: LimitsFixture): void {
  describe('the CPU limit', () => {
    it('is in force for the limited part, and accounted', async (ctx) => {
      const group = await on.open(on.host(ctx, 'cpu'));
      await group.setCpus(0.2);
      for (const process of [await on.start(group), await on.start(group)]) process.spin();
      await until(() => (group.cpuAccount()?.throttledPeriods ?? 0) > 3);
      const used = await cpusUsed(group, 2_000);
      // Whoever reads the clock late sees less, never more; a saved quota may come on top.
      expect(used).toBeLessThan(0.26);
      const before = group.cpuAccount();
      await until(() => (group.cpuAccount()?.throttledNs ?? 0) > (before?.throttledNs ?? 0));
      expect(group.cpuAccount()?.periods).toBeGreaterThan(before?.periods ?? Number.NaN);
      // An emulated machine of one processor, as may be all there is to try v2 on, was seen to take 44 s.
    }, 180_000);

    it('can be raised, lowered and taken away under load', async (ctx) => {
      const group = await on.open(on.host(ctx, 'cpu'));
      (await on.start(group)).spin();
      for (const cpus of [0.125, 2, 0.25, 64, 1, 0.5, 0.375, null, 0.125]) {
        await group.setCpus(cpus);
        expect(group.limits().cpus).toBe(cpus);
      }
      await group.setCpus(null);
      const throttled = group.cpuAccount()?.throttledPeriods;
      await until(async () => (await cpusUsed(group, 300)) > 0.2);
      expect(group.cpuAccount()?.throttledPeriods).toBe(throttled);
    });

    it('does not hold the exempt part, nor is that accounted', async (ctx) => {
      const group = await on.open(on.host(ctx, 'cpu'));
      await group.setCpus(0.05);
      const limited = await on.start(group);
      const exempt = await on.start(group);
      await group.exempt(exempt.pid);
      expect(group.pids()).toEqual([limited.pid]);
      const before = group.cpuAccount()?.usageNs ?? Number.NaN;
      exempt.spin();
      const startedAt = performance.now();
      const startedNs = runNs(exempt.pid);
      await until(() => (runNs(exempt.pid) - startedNs) / 1e6 > 300 + 0.1 * (performance.now() - startedAt));
      // What it ran is far more than the limit gives, and none of it is in the account.
      expect((group.cpuAccount()?.usageNs ?? Number.NaN) - before).toBeLessThan(100e6);
    });

    it('is no number below or equal to zero', async (ctx) => {
      const group = await on.open(on.host(ctx));
      for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(group.setCpus(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
        await expect(group.setMemoryBytes(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
      }
    });

    it('is null where there is no such controller', async (ctx) => {
      const limits = on.host(ctx);
      const { cpu, memory } = limits.capabilities;
      if (cpu && memory) return ctx.skip('this host has both');
      const group = await on.open(limits);
      await group.setCpus(1);
      await group.setMemoryBytes(64 * MIB);
      expect(group.limits()).toEqual({
        cpus: cpu ? 1 : null,
        memoryBytes: memory ? 64 * MIB : null,
        swapBytes: null,
      });
    });
  });
}

/** CPU time over real time. */
async function cpusUsed(group: ResourceGroup, durationMs: number): Promise<number> {
  const startedAt = performance.now();
  const before = group.cpuAccount()?.usageNs ?? Number.NaN;
  await sleep(durationMs);
  const usedNs = (group.cpuAccount()?.usageNs ?? Number.NaN) - before;
  return usedNs / 1e6 / (performance.now() - startedAt);
}
