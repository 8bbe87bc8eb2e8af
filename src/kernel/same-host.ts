import { readBootTimeMs, ticksToMs } from './boot-clock.ts';
import { readCommandLine, readProcessStat, readText } from './process-reader.ts';

/** What the database says of the process that serves us. */
export interface ClaimedBackend {
  readonly pid: number;
  readonly startedAtMs: number;
  readonly serverStartedAtMs: number;
  readonly clientPort: number | null;
  readonly user: string;
}

export type SameHost =
  | { readonly ok: true; readonly postmasterPid: number }
  | { readonly ok: false; readonly reason: string };

/** `btime` is in whole seconds, start times in 10 ms, and a busy server takes a while from fork to log-in. */
const START_TOLERANCE_MS = 3_000;

/**
 * Whether a pid that a database names is a process of this host, and which is its postmaster. A container or another
 * host has pids of its own, so a number alone proves nothing: start times, the process title with our own port, the
 * pid namespace and finally the CPU the process uses when we make it work must all agree.
 */
export async function proveSameHost(
  backend: ClaimedBackend,
  makeItWork: () => Promise<unknown>,
): Promise<SameHost> {
  const no = (reason: string): SameHost => ({ ok: false, reason });
  const bootMs = readBootTimeMs();
  if (bootMs === null) return no('this host has no /proc of Linux');
  const stat = readProcessStat(backend.pid);
  const title = readCommandLine(backend.pid);
  if (stat === null || title === null) return no(`process ${backend.pid} is not visible on this host`);
  if (!isBackendTitle(title, backend))
    return no(`process ${backend.pid} of this host is not our PostgreSQL session`);
  if (!startedAt(bootMs + ticksToMs(stat.startTicks), backend.startedAtMs)) {
    return no(`process ${backend.pid} of this host did not start when our session did`);
  }
  if (isInOtherNamespace(backend.pid)) return no('the database runs in a container with pids of its own');
  const postmaster = readProcessStat(stat.parentPid);
  if (
    postmaster === null ||
    !startedAt(bootMs + ticksToMs(postmaster.startTicks), backend.serverStartedAtMs)
  ) {
    return no('the parent process did not start when the database did');
  }
  if (!(await usesCpu(backend.pid, makeItWork))) {
    return no(`process ${backend.pid} of this host stays idle while our session works`);
  }
  return { ok: true, postmasterPid: stat.parentPid };
}

function startedAt(processStartMs: number, claimedStartMs: number): boolean {
  return Math.abs(processStartMs - claimedStartMs) <= START_TOLERANCE_MS;
}

/** `postgres: user database address(port) activity`; a server may have titles switched off, then its path remains. */
function isBackendTitle(title: string, backend: ClaimedBackend): boolean {
  if (!title.startsWith('postgres:')) return /(^|\/)(postgres|postmaster)( |$)/.test(title);
  if (!title.includes(` ${backend.user} `)) return false;
  const port = /\((\d+)\)/.exec(title);
  return backend.clientPort === null || port === null || Number(port[1]) === backend.clientPort;
}

function isInOtherNamespace(pid: number): boolean {
  const line = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return line !== null && (line[1] ?? '').trim().split(/\s+/).length > 1;
}

async function usesCpu(pid: number, makeItWork: () => Promise<unknown>): Promise<boolean> {
  const runNs = (): number => Number((readText(`/proc/${pid}/schedstat`) ?? '').split(' ')[0] ?? Number.NaN);
  const before = runNs();
  await makeItWork();
  return runNs() > before;
}
