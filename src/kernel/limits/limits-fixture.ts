import { rmdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { TestContext } from 'vitest';
import { readText } from '../process-reader.ts';
import type { KernelLimits } from './kernel-limits.ts';
import { startLoadProcess } from './load-process-fixture.ts';
import type { LoadProcess } from './load-process-fixture.ts';
import { hasLimits } from './open-limits.ts';
import type { NoLimits, ResourceGroup } from './resource-group.ts';

/** Groups and processes of one suite, all of which are gone after each test. */
export interface LimitsFixture {
  /** The host; skips the test where it cannot do what the test is about. */
  host(ctx: TestContext, ...needs: (keyof KernelLimits['capabilities'])[]): KernelLimits;
  open(limits: KernelLimits, name?: string): Promise<ResourceGroup>;
  /** A process, in that group if there is one. */
  start(group?: ResourceGroup): Promise<LoadProcess>;
  /** For files that leave page cache. */
  readonly folder: string;
}

/** To be called inside of `describe`. */
export function limitsFixture(openHost: () => Promise<KernelLimits | NoLimits>): LimitsFixture {
  let found: KernelLimits | NoLimits;
  let folder = '';
  let groups: ResourceGroup[] = [];
  let processes: LoadProcess[] = [];

  beforeAll(async () => {
    found = await openHost();
    folder = await mkdtemp(join(tmpdir(), 'airglow-limits-'));
  });
  afterEach(async () => {
    for (const group of groups) {
      if (!group.exists()) continue;
      await group.thaw();
      // To end takes CPU as well, and on a slow machine much of it.
      await group.setCpus(null);
    }
    for (const process of processes) await process.stop();
    for (const group of groups) await group.remove();
    groups = [];
    processes = [];
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    if (hasLimits(found)) await found.removeRoot();
  });

  return {
    host(ctx, ...needs) {
      if (!hasLimits(found)) return ctx.skip(found.reason);
      const { capabilities } = found;
      const missing = needs.find((need) => !capabilities[need]);
      return missing === undefined ? found : ctx.skip(`no ${missing} here`);
    },
    async open(limits, name = 'shop') {
      const group = await limits.open(name);
      groups.push(group);
      return group;
    },
    async start(group) {
      const process = await startLoadProcess();
      processes.push(process);
      await group?.enter(process.pid);
      return process;
    },
    get folder() {
      return folder;
    },
  };
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 30_000, interval: 20 }).toBe(true);
}

/** CPU time of a process, in nanoseconds. */
export function runNs(pid: number): number {
  return Number.parseInt(readText(`/proc/${pid}/schedstat`) ?? '', 10);
}

/** Asks whether a process got on since. */
export function runsOn(pid: number): () => boolean {
  const before = runNs(pid);
  return () => runNs(pid) > before;
}

/** A process on its way out holds its group a moment longer. */
export function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
