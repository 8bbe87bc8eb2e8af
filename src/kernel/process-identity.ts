import { execFileSync } from 'node:child_process';
import { readProcessStat, readText } from './process-reader.ts';

/**
 * Tells a process from every other one that had or will have its number, on this machine: to be compared with itself
 * only. On Linux the boot and the start in clock ticks, which no setting of the clock changes; elsewhere what `ps` says of
 * the start. Null where the process is gone (a zombie is), or there is nobody to ask.
 */
export function processIdentity(pid: number): string | null {
  const bootId = readText('/proc/sys/kernel/random/boot_id');
  if (bootId === null) return startByPs(pid);
  const stat = readProcessStat(pid);
  return stat === null || isDead(stat.state) ? null : `${bootId.trim()} ${stat.startTicks}`;
}

function startByPs(pid: number): string | null {
  try {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
    const args = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)];
    const line = execFileSync('ps', args, { encoding: 'utf8', env, stdio: 'pipe' });
    const [, state = '', start] = /^(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return start === undefined || isDead(state) ? null : start;
  } catch {
    return null;
  }
}

function isDead(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}
