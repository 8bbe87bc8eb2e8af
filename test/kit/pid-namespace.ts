import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { connectClient } from './client.ts';
import { startTestPostgres } from './postgres.ts';
import { waitFor } from './wait-for.ts';

/** A real PostgreSQL whose pids are its own, as in a container. */
export interface SecludedPostgres {
  readonly url: string;
  /** Of the postmaster, as this host counts. */
  readonly hostPid: number;
  /** The next process that is made in there gets this number, if it is free in there. False where it cannot be set. */
  setNextPid(pid: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Needs root; without it `server` is null and `reason` says why. */
export async function startSecludedPostgres(): Promise<
  { server: SecludedPostgres; reason: null } | { server: null; reason: string }
> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { server: null, reason: 'only root on Linux may make a pid namespace' };
  const files = await startTestPostgres({ settings: { autovacuum: 'off' } });
  await files.stop('fast', { keepData: true });
  const host = spawnSecluded(files);
  try {
    const reason = await untilAnswers(files.url, host);
    if (reason !== null) throw new Error(reason);
    const pid = Number(readFileSync(`/proc/${host.pid}/task/${host.pid}/children`, 'utf8').trim());
    const setter = spawn('nsenter', ['-t', String(pid), '-p', 'sh', '-c', SET_LAST_PID], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return { server: toServer(files, host, setter, pid), reason: null };
  } catch (error) {
    await end(host);
    await files.stop();
    return { server: null, reason: `no pid namespace here: ${(error as Error).message}` };
  }
}

/** A shell inside the namespace that forks nothing, so that the number it sets is for somebody else. */
const SET_LAST_PID =
  'while read -r n; do echo "$n" > /proc/sys/kernel/ns_last_pid && echo set || echo no; done';

/** Dies with us: each of the chain gets SIGKILL when its parent ends, and a namespace ends with its first process. */
function spawnSecluded(files: RunningPostgres): ChildProcess {
  const { ids } = files.osUser;
  const user = ids === null ? [] : [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--clear-groups'];
  const postgres = join(files.installDir, 'bin', 'postgres');
  const config = `config_file=${join(files.folder, 'postgresql.conf')}`;
  const args = [
    ...['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--mount-proc'],
    ...['setpriv', '--pdeathsig', 'KILL', ...user, postgres, '-D', files.dataDir, '-c', config],
  ];
  return spawn('setpriv', args, { cwd: files.dataDir, stdio: 'ignore', env: { PATH: process.env['PATH'] } });
}

/** Null once it does, else why it cannot. */
async function untilAnswers(url: string, host: ChildProcess): Promise<string | null> {
  let failure: string | null = null;
  host.once('error', (error) => (failure = error.message));
  host.once('exit', (code) => (failure = `unshare ended with code ${code}`));
  await waitFor(async () => failure ?? (await (await connectClient(url)).end().then(() => true)), {
    what: 'the server in its namespace',
  });
  return failure;
}

function toServer(
  files: RunningPostgres,
  host: ChildProcess,
  setter: ChildProcess,
  hostPid: number,
): SecludedPostgres {
  return {
    url: files.url,
    hostPid,
    async setNextPid(pid) {
      const said = once(setter.stdout!, 'data');
      setter.stdin!.write(`${pid - 1}\n`);
      const [answer] = (await said) as [Buffer];
      return String(answer).trim() === 'set';
    },
    async stop() {
      setter.stdin!.end();
      process.kill(hostPid, 'SIGQUIT');
      await end(host, 20_000);
      await waitFor(async () => (await files.processes()).length === 0, { what: 'its last process to end' });
      await files.stop();
    },
  };
}

async function end(child: ChildProcess, patienceMs = 0): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}
