import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** As in `getconf CLK_TCK`, the same on every Linux. */
const TICKS_PER_SECOND = 100;

export interface BrowserCpu {
  /** Per cent of a core: the process of the page and that of the GPU, which draws in software here. */
  readonly pagePercent: number;
  /** With all other processes of the browser. */
  readonly allPercent: number;
}

/** What the browser of that pid uses over a time. Linux only. */
export async function measureBrowserCpu(browserPid: number, seconds: number): Promise<BrowserCpu> {
  const before = cpuSeconds(browserPid);
  const startMs = performance.now();
  await sleep(seconds * 1000);
  const after = cpuSeconds(browserPid);
  const percentOf = (used: number): number => (used / ((performance.now() - startMs) / 1000)) * 100;
  return { pagePercent: percentOf(after.page - before.page), allPercent: percentOf(after.all - before.all) };
}

function cpuSeconds(browserPid: number): { readonly page: number; readonly all: number } {
  const processes = readProcesses();
  const tree = new Set([browserPid]);
  // Parents have been started first, but pids may begin anew, so until nothing is added.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const own = processes.filter(({ pid }) => tree.has(pid));
  const sum = (of: readonly Process[]): number => of.reduce((total, { seconds }) => total + seconds, 0);
  return {
    all: sum(own),
    page: sum(own.filter(({ command }) => /--type=(renderer|gpu-process)/.test(command))),
  };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
  readonly command: string;
}

function readProcesses(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name before may hold spaces and parentheses.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const seconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return [{ pid: Number(name), parent: Number(fields[1]), seconds, command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
