import { setTimeout as sleep } from 'node:timers/promises';
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
/** How often the process has to rest when our session does, and to work when we make that work. */
const ROUNDS = 2;
const REST_MS = 30;
const REST_PATIENCE_MS = 3_000;

/**
 * Whether a pid that a database names is a process of this host, and which is its postmaster. A container or another
 * host has pids of its own, so a number alone proves nothing: start times, the process title with our own port, the
 * pid namespace and finally the CPU, used when we make our session work and not used when it rests, must all agree.
 */
export async function proveSameHost(
  backend: ClaimedBackend,
  makeItWork: () => Promise<unknown>,
): Promise<SameHost> {
  const looks = looksLike(backend);
  if (!looks.ok) return looks;
  const { pid } = backend;
  if (!(cpuNs(pid) > 0)) return no('this kernel keeps no account of CPU time for each process (schedstat)');
  for (let round = 0; round < ROUNDS; round++) {
    if (!(await rests(pid))) return no(`process ${pid} of this host works while our session rests`);
    const before = cpuNs(pid);
    await makeItWork();
    if (!(cpuNs(pid) > before)) return no(`process ${pid} of this host rests while our session works`);
  }
  return looks;
}

/** What can be told without the session's help. */
function looksLike(backend: ClaimedBackend): SameHost {
  const { pid } = backend;
  const bootMs = readBootTimeMs();
  if (bootMs === null) return no('this host has no /proc of Linux');
  const stat = readProcessStat(pid);
  const title = readCommandLine(pid);
  if (stat === null || title === null)
    return no(`process ${pid}, which serves us, is not visible on this host`);
  if (!isTitleOfUser(title, backend.user)) {
    const where = 'the database is on another host or in a container';
    return no(`process ${pid} of this host is not the PostgreSQL session that serves us; ${where}`);
  }
  if (!isTitleOfClient(title, backend.clientPort)) {
    const remedy = 'if a proxy or pooler is in between, connect to the server itself';
    return no(`process ${pid} of this host serves another client address than ours; ${remedy}`);
  }
  if (!startedAt(bootMs, stat.startTicks, backend.startedAtMs)) {
    return no(`process ${pid} of this host did not start when our session did`);
  }
  if (isInOtherNamespace(pid)) return no('the database runs in a container with pids of its own');
  const postmaster = readProcessStat(stat.parentPid);
  if (postmaster === null || !startedAt(bootMs, postmaster.startTicks, backend.serverStartedAtMs)) {
    return no('the parent process did not start when the database did, or the clock was set since');
  }
  return { ok: true, postmasterPid: stat.parentPid };
}

function no(reason: string): SameHost {
  return { ok: false, reason };
}

function startedAt(bootMs: number, startTicks: number, claimedMs: number): boolean {
  return Math.abs(bootMs + ticksToMs(startTicks) - claimedMs) <= START_TOLERANCE_MS;
}

/** `postgres: [cluster: ]user database client[ activity]`, whether or not the server keeps titles up to date. */
function isTitleOfUser(title: string, user: string): boolean {
  // Titles are read byte by byte.
  const bytes = Buffer.from(user, 'utf8').toString('latin1');
  return title.startsWith('postgres: ') && title.includes(`: ${bytes} `);
}

/** The client is `[local]`, or `address(port)`. Behind a proxy the port is the proxy's, which proves nothing. */
function isTitleOfClient(title: string, clientPort: number | null): boolean {
  const client = clientPort === null ? /\s\[local\](?=\s|$)/ : new RegExp(`\\S\\(${clientPort}\\)(?=\\s|$)`);
  return client.test(title);
}

function isInOtherNamespace(pid: number): boolean {
  const line = /^NSpid:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return line !== null && (line[1] ?? '').trim().split(/\s+/).length > 1;
}

/** A session comes to rest soon after its answer, unless there is no CPU for it; then it stands still as well. */
async function rests(pid: number): Promise<boolean> {
  const patienceEndsAt = performance.now() + REST_PATIENCE_MS;
  for (;;) {
    const before = cpuNs(pid);
    await sleep(REST_MS);
    if (cpuNs(pid) === before) return true;
    if (performance.now() > patienceEndsAt) return false;
  }
}

/** Nanoseconds of CPU since the start; not a number where the process is gone or the kernel does not count. */
function cpuNs(pid: number): number {
  return Number.parseInt(readText(`/proc/${pid}/schedstat`) ?? '', 10);
}
