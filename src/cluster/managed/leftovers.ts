import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceGroup } from '../../kernel/limits/resource-group.ts';
import { processExecutable, processUid } from '../../kernel/process-owner.ts';
import { spawnIds } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import { serverProcesses, trySignal } from '../server-processes.ts';
import type { ClusterFolder } from './cluster-folder.ts';

const GRACE_MS = 5_000;

/**
 * Ends what a dead postmaster left behind: asked first, forced after a while. Only processes of the database's user
 * that are in its group, or are a PostgreSQL that works in its data folder.
 */
export async function endLeftovers(
  folder: ClusterFolder,
  runAs: RunAs,
  group: ResourceGroup | null,
): Promise<void> {
  const patienceEndsAt = performance.now() + GRACE_MS;
  for (let round = 0; ; round++) {
    const pids = await leftovers(folder, runAs, group);
    if (pids.length === 0) return;
    // They are on their own way out, most of the time.
    const signal = performance.now() < patienceEndsAt ? 'SIGQUIT' : 'SIGKILL';
    for (const pid of pids) if (round > 0) trySignal(pid, signal);
    await sleep(50);
  }
}

async function leftovers(
  folder: ClusterFolder,
  runAs: RunAs,
  group: ResourceGroup | null,
): Promise<number[]> {
  const uid = runAs.ids?.uid ?? process.getuid?.();
  const working = await serverProcesses(folder.dataDir);
  const ours = working.filter((pid) => basename(processExecutable(pid) ?? '') === 'postgres');
  return [...new Set([...ours, ...(group?.pids() ?? [])])].filter((pid) => processUid(pid) === uid);
}

/** A host that was started anew has none of the processes that this file names, but others of the same number. */
export async function forgetOldPidFile(folder: ClusterFolder, runAs: RunAs): Promise<void> {
  await asServerUser(runAs, '/bin/rm', ['-f', '--', join(folder.dataDir, 'postmaster.pid')]);
}

/** What is the server's own is removed in its name: as root we keep out of folders that somebody else can change. */
export async function removeAsServerUser(folder: ClusterFolder, runAs: RunAs): Promise<void> {
  await asServerUser(runAs, '/bin/rm', ['-rf', '--', folder.dataDir, folder.socketDir]);
}

async function asServerUser(runAs: RunAs, program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { ...spawnIds(runAs), cwd: '/', stdio: 'ignore', env: {} });
  await once(child, 'exit');
}
