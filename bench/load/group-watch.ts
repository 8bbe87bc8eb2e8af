import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText } from '../../src/kernel/process-reader.ts';
import { KernelFile } from './kernel-file.ts';
import { monotonicMs } from './plan.ts';

/** What the kernel has in force and accounts for, seen from outside of what sets it. */
export interface WatchedGroup {
  /** Changes only, the first being what was found at the start; null is no limit. */
  readonly limits: readonly LimitReading[];
  readonly accounts: readonly AccountReading[];
}

export interface LimitReading {
  readonly atMs: number;
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

/** Cumulative, but for the memory in use. */
export interface AccountReading {
  readonly atMs: number;
  readonly usedMs: number;
  readonly throttledMs: number;
  readonly memoryBytes: number;
  /** Of all processors of the host, for whomever; taken by the hypervisor counts, too. */
  readonly hostBusyMs: number;
}

const LIMITS_EVERY_MS = 10;
const ACCOUNTS_EVERY = 10;
/** v1 says "none" with a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

/** Watches the limits that hold for a process: those of its groups and of all groups above them. */
export class GroupWatch {
  readonly #limits: LimitReading[] = [];
  readonly #accounts: AccountReading[] = [];
  readonly #files: OpenFiles;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;

  constructor(pid: number) {
    this.#files = openFiles(findGroups(pid));
    this.#look();
    this.#timer = setInterval(() => this.#look(), LIMITS_EVERY_MS);
  }

  get cpus(): number | null {
    return this.#limits.at(-1)?.cpus ?? null;
  }

  stop(): WatchedGroup {
    clearInterval(this.#timer);
    this.#account();
    for (const file of Object.values(this.#files).flat()) if (file instanceof KernelFile) file.close();
    return { limits: this.#limits, accounts: this.#accounts };
  }

  #look(): void {
    const reading = readLimits(this.#files);
    const last = this.#limits.at(-1);
    if (last?.cpus !== reading.cpus || last.memoryBytes !== reading.memoryBytes) this.#limits.push(reading);
    if (this.#looks++ % ACCOUNTS_EVERY === 0) this.#account();
  }

  #account(): void {
    this.#accounts.push(readAccount(this.#files));
  }
}

/** Folders of the groups that a process is in, the innermost first. */
interface GroupFolders {
  readonly version: 1 | 2;
  readonly cpu: readonly string[];
  readonly cpuacct: readonly string[];
  readonly memory: readonly string[];
}

function findGroups(pid: number): GroupFolders {
  const lines = (readText(`/proc/${pid}/cgroup`) ?? '').trim().split('\n');
  const paths = new Map(
    lines.flatMap((line) => {
      const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return controllers.split(',').map((controller) => [controller, path] as const);
    }),
  );
  const chain = (controller: string): string[] => {
    const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', `/sys/fs/cgroup/${controller}`];
    const path = paths.get(controller);
    const root = roots.find((one) => path !== undefined && existsSync(join(one, path, 'cgroup.procs')));
    return root === undefined || path === undefined
      ? []
      : ancestors(path).map((folder) => join(root, folder));
  };
  if (paths.has('cpu')) {
    return { version: 1, cpu: chain('cpu'), cpuacct: chain('cpuacct'), memory: chain('memory') };
  }
  const unified = chain('');
  return { version: 2, cpu: unified, cpuacct: unified, memory: unified };
}

function ancestors(path: string): string[] {
  return path === '/' || path === '.' ? [] : [path, ...ancestors(dirname(path))];
}

interface OpenFiles {
  readonly version: 1 | 2;
  readonly quota: readonly KernelFile[];
  /** In v1 only. */
  readonly period: readonly KernelFile[];
  readonly memoryLimit: readonly KernelFile[];
  readonly memoryUse: readonly KernelFile[];
  readonly stat: readonly KernelFile[];
  /** In v1 only. */
  readonly usage: readonly KernelFile[];
  readonly host: readonly KernelFile[];
}

function openFiles(files: GroupFolders): OpenFiles {
  const open = (folders: readonly string[], name: string): KernelFile[] =>
    folders.map((folder) => new KernelFile(join(folder, name)));
  const isOne = files.version === 1;
  return {
    version: files.version,
    quota: open(files.cpu, isOne ? 'cpu.cfs_quota_us' : 'cpu.max'),
    period: isOne ? open(files.cpu, 'cpu.cfs_period_us') : [],
    memoryLimit: open(files.memory, isOne ? 'memory.limit_in_bytes' : 'memory.max'),
    memoryUse: open([accountedFolder(files)], isOne ? 'memory.usage_in_bytes' : 'memory.current'),
    stat: open(files.cpu.slice(0, 1), 'cpu.stat'),
    usage: isOne ? open(files.cpuacct.slice(0, 1), 'cpuacct.usage') : [],
    host: open(['/proc'], 'stat'),
  };
}

/** The innermost group that limits memory: what is above it may hold other databases, too. */
function accountedFolder({ version, memory }: GroupFolders): string {
  const limited = memory.find((folder) => {
    const file = new KernelFile(join(folder, version === 1 ? 'memory.limit_in_bytes' : 'memory.max'));
    const limit = Number(file.read().trim());
    file.close();
    return limit > 0 && limit < NO_LIMIT_BYTES;
  });
  return limited ?? memory[0] ?? '';
}

function readLimits({ version, quota, period, memoryLimit }: OpenFiles): LimitReading {
  const quotas = quota.map((file, index) => {
    const [allowed = 'max', periodUs = period[index]?.read() ?? '100000'] = file.read().trim().split(' ');
    const isNone = version === 1 ? Number(allowed) < 0 : allowed === 'max';
    return isNone ? null : Number(allowed) / Number(periodUs);
  });
  const bytes = memoryLimit.map((file) => {
    const limit = Number(file.read().trim());
    return limit > 0 && limit < NO_LIMIT_BYTES ? limit : null;
  });
  return { atMs: monotonicMs(), cpus: least(quotas), memoryBytes: least(bytes) };
}

function least(limits: readonly (number | null)[]): number | null {
  const known = limits.filter((limit) => limit !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function readAccount({ stat, usage, memoryUse, host }: OpenFiles): AccountReading {
  const text = stat[0]?.read() ?? '';
  const figure = (key: string): number => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const isOne = usage.length > 0;
  return {
    atMs: monotonicMs(),
    usedMs: isOne ? Number(usage[0]?.read() ?? 0) / 1e6 : figure('usage_usec') / 1e3,
    throttledMs: isOne ? figure('throttled_time') / 1e6 : figure('throttled_usec') / 1e3,
    memoryBytes: Number(memoryUse[0]?.read() ?? 0),
    hostBusyMs: hostBusyMs(host[0]?.read() ?? ''),
  };
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; in hundredths of a second. */
function hostBusyMs(text: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.*)$/m.exec(text)?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * 10;
}
