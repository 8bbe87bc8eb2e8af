import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from '../../kernel/process-owner.ts';
import { findUser } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import { trySignal } from '../server-processes.ts';
import { removeClusterFolder } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { ClusterLimits } from './cluster-limits.ts';
import { removeAsServerUser } from './leftovers.ts';
import type { ClusterSpec } from './model.ts';
import { removeOsUser } from './os-user.ts';
import { removeTempSpace } from './temp-space/remove-temp-space.ts';

const PATIENCE_MS = 10_000;

/** All that there is of a database that does not run: processes in its group, groups, data, folder, system user. */
export async function removeRemains(
  folder: ClusterFolder,
  spec: ClusterSpec,
  limits: ClusterLimits,
): Promise<void> {
  if (await limits.exists()) await endMembers(limits);
  await limits.remove();
  const runAs = await ownerOf(spec);
  if (runAs !== null) await removeAsServerUser(folder, runAs);
  await removeTempSpace(folder.path, spec.id, runAs);
  // The folder goes last: while it is there, what failed can be done again.
  await endProcessesOf(spec);
  await removeOsUser(spec.osUser);
  await removeClusterFolder(folder);
}

/** Null where that user is gone. */
async function ownerOf({ osUser }: ClusterSpec): Promise<RunAs | null> {
  if (process.getuid?.() !== 0) return { name: osUser.name, ids: null };
  return findUser(osUser.name);
}

/** Of a user that is the database's alone everything ends. */
async function endProcessesOf({ osUser }: ClusterSpec): Promise<void> {
  const uid = osUser.isOwn ? (await findUser(osUser.name))?.ids?.uid : undefined;
  if (uid === undefined || uid === 0) return;
  await untilNone(() => processesOf(uid));
}

/** A superuser may have started programs that have nothing to do with PostgreSQL any more. */
async function endMembers(limits: ClusterLimits): Promise<void> {
  const group = await limits.open();
  await group?.thaw();
  await untilNone(() => group?.pids() ?? []);
}

async function untilNone(find: () => number[]): Promise<void> {
  const patienceEndsAt = performance.now() + PATIENCE_MS;
  for (let pids = find(); pids.length > 0; pids = find()) {
    for (const pid of pids) trySignal(pid, 'SIGKILL');
    if (performance.now() > patienceEndsAt) return;
    await sleep(20);
  }
}
