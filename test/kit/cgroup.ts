import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findHierarchy } from './cgroup-hierarchy.ts';
import type { Hierarchy } from './cgroup-hierarchy.ts';

/** Cumulative figures of the group. */
export interface CpuGroupStat {
  readonly periods: number;
  readonly throttledPeriods: number;
  /** Summed over the processors. */
  readonly throttledMs: number;
  readonly usageMs: number;
}

/** A group of processes with a CPU limit of its own. */
export interface CpuGroup {
  /** Where the limit stands. */
  readonly path: string;
  readonly version: 1 | 2;
  /** Moves a process and everything that descends from it. */
  add(pid: number): Promise<void>;
  /** CPUs as in `0.25`; null takes the limit away. */
  setCpus(cpus: number | null): Promise<void>;
  stat(): Promise<CpuGroupStat>;
  /** Moves what still lives in it back to the group above and removes it. */
  remove(): Promise<void>;
}

const PERIOD_US = 100_000;

/** Limits the CPU of processes, by cgroup v1 or v2; where that is not possible, the reason, to skip the test with. */
export async function createCpuGroup(
  name: string,
  cpus: number | null = null,
): Promise<
  { readonly group: CpuGroup; readonly reason: null } | { readonly group: null; readonly reason: string }
> {
  const found = await findHierarchy();
  if (typeof found === 'string') return { group: null, reason: found };
  const paths = found.parents.map((parent) => join(parent, `airglow-test-${name}-${process.pid}`));
  const group = openGroup(found, paths);
  try {
    for (const path of paths) await mkdir(path, { recursive: true });
    await group.setCpus(cpus);
    return { group, reason: null };
  } catch (error) {
    await group.remove().catch(() => {});
    return {
      group: null,
      reason: `no CPU group can be made: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function openGroup(hierarchy: Hierarchy, paths: readonly string[]): CpuGroup {
  const [path = '', accountingPath = path] = paths;
  return {
    path,
    version: hierarchy.version,
    async add(pid) {
      // Children forked by a process that has moved are born inside, so this ends.
      for (let outside = [pid]; outside.length > 0; outside = await descendantsOutside(pid, path)) {
        for (const one of outside) for (const folder of paths) await move(one, folder);
      }
    },
    async setCpus(cpus) {
      const quotaUs = cpus === null ? null : Math.round(cpus * PERIOD_US);
      if (hierarchy.version === 2) {
        await writeFile(join(path, 'cpu.max'), `${quotaUs ?? 'max'} ${PERIOD_US}`);
      } else {
        await writeFile(join(path, 'cpu.cfs_period_us'), String(PERIOD_US));
        await writeFile(join(path, 'cpu.cfs_quota_us'), String(quotaUs ?? -1));
      }
    },
    stat: () => (hierarchy.version === 2 ? readStatV2(path) : readStatV1(path, accountingPath)),
    async remove() {
      for (const [index, folder] of paths.entries()) await dissolve(folder, hierarchy.parents[index] ?? '');
    },
  };
}

async function readStatV1(path: string, accountingPath: string): Promise<CpuGroupStat> {
  const stat = await readPairs(join(path, 'cpu.stat'));
  const usageNs = Number(await readFile(join(accountingPath, 'cpuacct.usage'), 'utf8'));
  return {
    periods: stat.get('nr_periods') ?? 0,
    throttledPeriods: stat.get('nr_throttled') ?? 0,
    throttledMs: (stat.get('throttled_time') ?? 0) / 1e6,
    usageMs: usageNs / 1e6,
  };
}

async function readStatV2(path: string): Promise<CpuGroupStat> {
  const stat = await readPairs(join(path, 'cpu.stat'));
  return {
    periods: stat.get('nr_periods') ?? 0,
    throttledPeriods: stat.get('nr_throttled') ?? 0,
    throttledMs: (stat.get('throttled_usec') ?? 0) / 1e3,
    usageMs: (stat.get('usage_usec') ?? 0) / 1e3,
  };
}

async function readPairs(path: string): Promise<Map<string, number>> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [key = '', value] = line.split(' ');
      return [key, Number(value)];
    }),
  );
}

async function descendantsOutside(pid: number, path: string): Promise<number[]> {
  const inside = new Set(await members(path));
  return (await descendants(pid)).filter((one) => !inside.has(one));
}

async function descendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const direct = children.split(' ').filter(Boolean).map(Number);
  return [...direct, ...(await Promise.all(direct.map((one) => descendants(one)))).flat()];
}

async function members(path: string): Promise<number[]> {
  return (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);
}

/** A process that has ended meanwhile needs no moving. */
async function move(pid: number, folder: string): Promise<void> {
  await writeFile(join(folder, 'cgroup.procs'), String(pid)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ESRCH') throw error;
  });
}

async function dissolve(folder: string, parent: string): Promise<void> {
  const there = await readdir(folder).catch(() => null);
  if (there === null) return;
  for (let attempt = 0; ; attempt++) {
    for (const pid of await members(folder)) await move(pid, parent);
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      // A process on its way out holds the group a moment longer.
      if (attempt === 100) throw error;
      await sleep(50);
    }
  }
}
