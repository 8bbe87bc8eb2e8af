import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ApiClient } from '../../src/api/client.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { listenerOf } from '../load/socket-owner.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = join('dist', 'cli', 'main.js');

/** `airglow up` as a user runs it, built, in a state folder of its own. */
export class Daemon {
  readonly api: ApiClient;
  readonly #stateDir: string;
  readonly #child: ChildProcess;
  #said = '';

  private constructor(stateDir: string, nodeFlags: readonly string[]) {
    this.#stateDir = stateDir;
    this.api = new ApiClient({ socketPath: join(stateDir, 'control.sock') });
    const args = [...nodeFlags, PROGRAM, 'up', '--state', stateDir, '--listen', '127.0.0.1:0'];
    // In a group of its own: Ctrl-C is for us, who delete its databases first.
    this.#child = spawn(process.execPath, args, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (bytes: Buffer) => (this.#said += bytes.toString()));
  }

  static async start(stateDir: string, nodeFlags: readonly string[] = []): Promise<Daemon> {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const daemon = new Daemon(stateDir, nodeFlags);
    try {
      await waitFor(() => daemon.#hasEnded() || daemon.#said.includes('Ctrl-C'), { what: 'airglow up' });
      if (daemon.#hasEnded()) throw new Error(`airglow up has ended: ${daemon.#said}`);
      return daemon;
    } catch (error) {
      daemon.#child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  sentinelPid(): number {
    const pid = listenerOf(sentinelFiles(this.#stateDir).socket);
    if (pid === null) throw new Error('There is no sentinel.');
    return pid;
  }

  /** With all its databases. */
  async end(): Promise<void> {
    if (!this.#hasEnded()) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGINT');
      await exited;
    }
    const fleet = await openFleet({ stateDir: this.#stateDir, log: () => {} });
    for (const { name } of fleet.list()) await fleet.delete(name);
    await fleet.close();
    await endSentinel(this.#stateDir);
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Having nothing to look after it would end by itself, some seconds later. */
async function endSentinel(stateDir: string): Promise<void> {
  const { socket } = sentinelFiles(stateDir);
  const pid = listenerOf(socket);
  if (pid !== null) process.kill(pid, 'SIGTERM');
  await waitFor(() => listenerOf(socket) === null, { what: 'the end of the sentinel' });
}
