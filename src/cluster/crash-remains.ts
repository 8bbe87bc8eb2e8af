import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { startChild } from './child.ts';
import type { Guard } from './guard.ts';
import type { RunAs } from './run-as.ts';
import type { ServerFolder } from './server-folder.ts';
import { trySignal } from './server-processes.ts';

const PATIENCE_MS = 20_000;

/**
 * A postmaster that was killed leaves shared memory behind, outside of its folder, and only PostgreSQL knows which.
 * It removes that when it next starts; so start it once more, in single-user mode with nothing to do.
 */
export async function releaseSharedMemory(
  binaries: Binaries,
  folder: ServerFolder,
  runAs: RunAs,
  guard: Guard | null,
): Promise<void> {
  const args = ['--single', '-D', folder.dataDir, '-c', `config_file=${folder.configFile}`, 'postgres'];
  const child = await startChild(binaries.postgres, args, folder, runAs);
  guard?.watch(child.pid, 'let-finish');
  const given = new AbortController();
  void sleep(PATIENCE_MS, undefined, { signal: given.signal })
    .then(() => trySignal(child.pid, 'SIGKILL'))
    .catch(() => {});
  await child.exited;
  given.abort();
  guard?.forget();
}
