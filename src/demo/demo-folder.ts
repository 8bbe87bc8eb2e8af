import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * When its input ends without a word, its owner is dead (kill -9 included). The database in the folder has a guard of
 * its own: it is given its time, then the rest is removed. Signals of the terminal are not for it.
 */
const SCRIPT = `
trap '' HUP INT TERM QUIT
read -r word && exit 0
tries=0
while [ -n "$(ls -A "$1/clusters" 2>/dev/null)" ] && [ $tries -lt 600 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
rm -rf -- "$1"
`;

/** A temporary folder that goes with this process, however that ends. */
export interface DemoFolder {
  readonly path: string;
  /** Resolves when it is gone. */
  remove(): Promise<void>;
}

export async function createDemoFolder(): Promise<DemoFolder> {
  const path = await mkdtemp(join(tmpdir(), 'airglow-demo-'));
  // The database runs as another user where we are root, and has to pass through.
  await chmod(path, 0o711);
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'airglow-demo-guard', path], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  });
  // It must never keep us alive, and its own death must not kill us.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      if (shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
      const gone = once(shell, 'exit');
      shell.ref();
      shell.stdin.end('done\n');
      await gone;
    },
  };
}
