import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { readSpec } from './cluster-file.ts';
import { clusterFolder, removeClusterFolder } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { ClusterLimits } from './cluster-limits.ts';
import type { CreateClusterOptions, OpenClusterOptions } from './cluster-options.ts';
import { createOnDisk } from './create-cluster.ts';
import { LocalCluster } from './local-cluster.ts';
import type { ManagedCluster } from './model.ts';
import { resolveOsUser } from './os-user.ts';
import { removeRemains } from './remove-cluster.ts';
import { makeSecrets, readSecrets } from './secrets.ts';

export type { CreateClusterOptions, OpenClusterOptions } from './cluster-options.ts';

/**
 * Makes a database; it is not started. Raises INVALID_ARGUMENT, SETTING_REFUSED, CLUSTER_EXISTS, PORT_IN_USE,
 * POSTGRES_NOT_FOUND, POSTGRES_FAILED.
 */
export async function createManagedCluster(options: CreateClusterOptions): Promise<ManagedCluster> {
  return new LocalCluster(await createOnDisk(options), options);
}

/**
 * A database made earlier, as it is after a restart of the daemon: see `adopt()`. What was being made or deleted when
 * its daemon ended is removed. Raises CLUSTER_NOT_FOUND, STATE_CORRUPT, POSTGRES_FAILED.
 */
export async function openManagedCluster(path: string, options: OpenClusterOptions): Promise<ManagedCluster> {
  const folder = clusterFolder(resolve(path));
  if (await exists(folder.incompleteFile)) {
    await removeIncomplete(folder, options);
    throw new AirglowError(
      'CLUSTER_NOT_FOUND',
      `The database in ${folder.path} was being made or deleted when Airglow ended; what was left of it has been removed.`,
    );
  }
  const spec = await readSpec(folder.path, options.log);
  const [runAs, secrets] = [await resolveOsUser(spec.osUser), await readSecrets(folder.secretFile)];
  const cluster = new LocalCluster({ spec, folder, runAs, secrets, guard: null }, options);
  await cluster.tempSpace.recall();
  return cluster;
}

async function removeIncomplete(folder: ClusterFolder, options: OpenClusterOptions): Promise<void> {
  const spec = await readSpec(folder.path, options.log).catch(() => null);
  // The spec comes first and goes last: without it there is nothing else.
  if (spec === null) return removeClusterFolder(folder);
  const runAs = await resolveOsUser(spec.osUser).catch(() => null);
  // Who has no user any more has no process either.
  if (runAs === null)
    return removeRemains(folder, spec, new ClusterLimits(options.limits, spec.id, options.shape));
  const secrets = await readSecrets(folder.secretFile).catch(makeSecrets);
  await new LocalCluster({ spec, folder, runAs, secrets, guard: null }, options).delete();
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
