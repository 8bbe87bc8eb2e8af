import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readText } from '../process-reader.ts';
import { describeCpuLimit } from './cpu-limit.conformance.ts';
import type { KernelLimits } from './kernel-limits.ts';
import { limitsFixture, removed, runNs, runsOn, until } from './limits-fixture.ts';
import type { LimitsFixture } from './limits-fixture.ts';
import { describeMemoryLimit } from './memory-limit.conformance.ts';
import { processTree } from './process-tree.ts';
import type { NoLimits } from './resource-group.ts';
import { describeSwapLimit } from './swap-limit.conformance.ts';

/** What every kind of resource group does, on the real thing. What a host cannot do is skipped with the reason. */
export function describeResourceGroup(name: string, openHost: () => Promise<KernelLimits | NoLimits>): void {
  describe(`resource groups: ${name}`, () => {
    const on = limitsFixture(openHost);
    describeGroups(on);
    describeCpuLimit(on);
    describeMemoryLimit(on);
    describeSwapLimit(on);
  });
}

function describeGroups(on: LimitsFixture): void {
  describe('a group', () => {
    it('is there once it was opened, without limits, and gone once it was removed', async (ctx) => {
      const limits = on.host(ctx);
      const group = await on.open(limits);
      expect(group.name).toBe('shop');
      expect(group.exists()).toBe(true);
      expect(group.pids()).toEqual([]);
      expect(group.limits()).toMatchObject({ cpus: null, memoryBytes: null });
      expect(await limits.list()).toEqual(['shop']);
      await group.remove();
      expect(group.exists()).toBe(false);
      expect(await limits.list()).toEqual([]);
      await group.remove();
    });

    it('is the same when it is opened again', async (ctx) => {
      const limits = on.host(ctx, 'cpu');
      const group = await on.open(limits);
      await group.setCpus(0.5);
      const process = await on.start(group);
      const again = await on.open(limits);
      expect(again.limits().cpus).toBe(0.5);
      expect(again.pids()).toEqual([process.pid]);
    });

    it('is listed beside the others', async (ctx) => {
      const limits = on.host(ctx);
      await on.open(limits, 'shop');
      await on.open(limits, 'blog-2');
      expect(await limits.list()).toEqual(['blog-2', 'shop']);
    });

    it('has no name that leads elsewhere', async (ctx) => {
      const limits = on.host(ctx);
      for (const wrong of ['', '..', 'a/b', 'Shop', 'a b']) {
        await expect(limits.open(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
      }
    });

    it('names its folders so that they can be removed one after the other', async (ctx) => {
      const group = await on.open(on.host(ctx));
      for (const one of group.folders) rmdirSync(one);
      expect(group.exists()).toBe(false);
    });
  });

  describe('processes', () => {
    it('enter with all that descends from them', async (ctx) => {
      const group = await on.open(on.host(ctx));
      const process = await on.start();
      await process.fork(3);
      await group.enter(process.pid);
      expect(ascending(group.pids())).toEqual(ascending(processTree(process.pid)));
      expect(group.pids()).toHaveLength(4);
    });

    it('enter with the children that they make meanwhile', async (ctx) => {
      const group = await on.open(on.host(ctx));
      const process = await on.start();
      const forked = process.fork(60);
      await until(() => processTree(process.pid).length > 5);
      await group.enter(process.pid);
      await forked;
      const tree = processTree(process.pid);
      expect(tree).toHaveLength(61);
      expect(ascending(group.pids())).toEqual(ascending(tree));
    });

    it('may be gone', async (ctx) => {
      const group = await on.open(on.host(ctx));
      const process = await on.start();
      await process.stop();
      await group.enter(process.pid);
      await group.exempt(process.pid);
      expect(group.pids()).toEqual([]);
    });

    it('are never this very process by mistake', async (ctx) => {
      const group = await on.open(on.host(ctx));
      for (const wrong of [0, 1, -1, 1.5, Number.NaN]) {
        await expect(group.enter(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
        await expect(group.exempt(wrong)).rejects.toMatchObject({ code: 'LIMIT_REFUSED' });
      }
      expect(group.pids()).toEqual([]);
    });

    it('stay exempt when their parent enters again', async (ctx) => {
      const group = await on.open(on.host(ctx, 'cpu'));
      const parent = await on.start(group);
      await parent.fork(2);
      const child = processTree(parent.pid).at(-1) ?? 0;
      await group.exempt(child);
      expect(group.pids()).not.toContain(child);
      await group.enter(parent.pid);
      expect(group.pids()).not.toContain(child);
      await group.enter(child);
      expect(group.pids()).toContain(child);
    });

    it('live on when the group is removed, even if it was frozen', async (ctx) => {
      const group = await on.open(on.host(ctx, 'freezer'));
      const process = await on.start(group);
      process.spin();
      await group.freeze(20_000);
      await group.remove();
      expect(readText(`/proc/${process.pid}/cgroup`)).not.toContain('shop');
      await until(runsOn(process.pid));
    });
  });

  describe('the freezer', () => {
    it('holds every process until it is thawed', async (ctx) => {
      const group = await on.open(on.host(ctx, 'freezer'));
      const processes = [await on.start(group), await on.start(group)];
      for (const process of processes) process.spin();
      for (const { pid } of processes) await until(runsOn(pid));
      expect(group.isFrozen()).toBe(false);
      await group.freeze(20_000);
      expect(group.isFrozen()).toBe(true);
      const before = processes.map(({ pid }) => runNs(pid));
      await sleep(50);
      expect(processes.map(({ pid }) => runNs(pid))).toEqual(before);
      await group.thaw();
      expect(group.isFrozen()).toBe(false);
      for (const { pid } of processes) await until(runsOn(pid));
    });

    it('holds the exempt part, too', async (ctx) => {
      const group = await on.open(on.host(ctx, 'freezer'));
      const process = await on.start(group);
      await group.exempt(process.pid);
      process.spin();
      await group.freeze(20_000);
      const before = runNs(process.pid);
      await sleep(50);
      expect(runNs(process.pid)).toBe(before);
      await group.thaw();
      await until(runsOn(process.pid));
    });
  });

  describe('a group that somebody else removed', () => {
    it('says so', async (ctx) => {
      const limits = on.host(ctx);
      const group = await on.open(limits);
      const process = await on.start(group);
      group.cpuAccount();
      group.memoryAccount();
      await process.stop();
      for (const one of group.folders) await until(() => removed(one));
      expect(group.exists()).toBe(false);
      expect(group.pids()).toEqual([]);
      expect(group.cpuAccount()).toBeNull();
      expect(group.memoryAccount()).toBeNull();
      expect(group.isFrozen()).toBe(false);
      expect(() => group.limits()).toThrow(expect.objectContaining({ code: 'GROUP_GONE' }));
      const gone = { code: 'GROUP_GONE' };
      await expect(group.setCpus(1)).rejects.toMatchObject(gone);
      await expect(group.setMemoryBytes(64e6)).rejects.toMatchObject(gone);
      await expect(group.setSwapBytes(64e6)).rejects.toMatchObject(gone);
      await expect(group.freeze(1_000)).rejects.toMatchObject(gone);
      await expect(group.thaw()).rejects.toMatchObject(gone);
      const other = await on.start();
      await expect(group.enter(other.pid)).rejects.toMatchObject(gone);
      await expect(group.exempt(other.pid)).rejects.toMatchObject(gone);
      await group.remove();
    });

    it('can be made anew, and is accounted from the start', async (ctx) => {
      const limits = on.host(ctx, 'cpu');
      const group = await on.open(limits);
      const spinning = await on.start(group);
      spinning.spin();
      await until(() => (group.cpuAccount()?.usageNs ?? 0) > 50e6);
      await spinning.stop();
      for (const one of group.folders) await until(() => removed(one));
      await on.open(limits);
      expect(group.cpuAccount()?.usageNs).toBe(0);
    });
  });
}

function ascending(pids: readonly number[]): number[] {
  return pids.toSorted((a, b) => a - b);
}
