import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { availableParallelism, cpus as cpuList, totalmem } from 'node:os';
import { groupFolders } from './cgroup-folders.ts';
import type { GroupFolder } from './cgroup-folders.ts';
import { readCpuAllowance } from './cpu-allowance.ts';
import { readText } from './process-reader.ts';

/** What the host has for us, and its clock. */
export interface HostFacts {
  /** Processors that this process may use, as in 1.5: its affinity and the CPU quotas on it. */
  readonly cpus: number;
  /** Memory of the host, or the least memory limit on this process. */
  readonly memoryBytes: number;
  readonly bootId: string;
  readonly bootMs: number;
}

export function readHostFacts(): HostFacts {
  return {
    cpus: readCpuAllowance(process.pid) ?? availableParallelism(),
    memoryBytes: Math.min(totalmem(), ...readMemoryLimits(process.pid)),
    bootId: readBootId(),
    bootMs: readBootMs(),
  };
}

let bootId: string | null = null;

/**
 * Another one after every start of the host: times of {@link readBootMs} can be compared where it is the same. Where
 * nobody tells, it is another one in every process.
 */
export function readBootId(): string {
  bootId ??= readText('/proc/sys/kernel/random/boot_id')?.trim() ?? bootIdOfMac() ?? randomUUID();
  return bootId;
}

/**
 * Milliseconds on a clock that goes on while the host is suspended and that nobody sets; good to 10 ms on Linux. The same
 * in all processes of a boot.
 */
export function readBootMs(): number {
  const seconds = Number.parseFloat(readText('/proc/uptime') ?? '');
  return Number.isNaN(seconds) ? Number(process.hrtime.bigint() / 1_000_000n) : Math.round(seconds * 1000);
}

function bootIdOfMac(): string | null {
  if (process.platform !== 'darwin') return null;
  try {
    const id = execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    return id === '' ? null : id;
  } catch {
    return null;
  }
}

function readMemoryLimits(pid: number): number[] {
  return groupFolders(pid, 'memory')
    .flatMap(readMemoryLimit)
    .filter((limit) => limit > 0);
}

/** Above `memory.high` processes crawl, so that is a limit, too. `max` is no number. */
function readMemoryLimit({ version, folder }: GroupFolder): number[] {
  const names = version === 1 ? ['memory.limit_in_bytes'] : ['memory.max', 'memory.high'];
  return names.map((name) => Number.parseInt(readText(`${folder}/${name}`) ?? '', 10));
}

/** How busy the processors of the whole host are, whoever uses them. */
export class HostCpu {
  #last = readCpuTimes();
  #busyShare: number | null = null;

  /**
   * 0 to 1, the mean since the last look (since it was made, at the first one). What a hypervisor took from us counts as
   * busy, waiting for a disk as idle. Null until a clock tick of 10 ms has gone by, and where nobody tells.
   */
  look(): { readonly busyShare: number | null } {
    const now = readCpuTimes();
    const busy = now.busy - this.#last.busy;
    const total = busy + now.idle - this.#last.idle;
    if (total > 0) {
      this.#busyShare = Math.min(Math.max(busy / total, 0), 1);
      this.#last = now;
    }
    return { busyShare: this.#busyShare };
  }
}

/** Cumulative, over all processors, in whatever unit the system counts. */
interface CpuTimes {
  readonly busy: number;
  readonly idle: number;
}

function readCpuTimes(): CpuTimes {
  return parseCpuTimes(readText('/proc/stat') ?? '') ?? cpuTimesByNode();
}

/** From the first line of /proc/stat; time in guests is part of user and nice already. */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const line = /^cpu +(.*)$/m.exec(stat);
  if (line === null) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = (
    line[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return { busy: user + nice + system + irq + softIrq + steal, idle: idle + ioWait };
}

function cpuTimesByNode(): CpuTimes {
  const times = cpuList().map((cpu) => cpu.times);
  return {
    busy: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0),
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
  };
}
