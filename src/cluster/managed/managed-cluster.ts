import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { readSpec } from './cluster-file.ts';
import { clusterFolder } from './cluster-folder.ts';
import { ClusterLimits } from './cluster-limits.ts';
import type { CreateClusterOptions, OpenClusterOptions } from './cluster-options.ts';
import { createOnDisk } from './create-cluster.ts';
import { LocalCluster } from './local-cluster.ts';
import type { ManagedCluster } from './model.ts';
import { resolveOsUser } from './os-user.ts';
import { removeRemains } from './remove-cluster.ts';
import { readSecrets } from './secrets.ts';

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
  const spec = await readSpec(folder.path, options.log);
  if (await exists(folder.incompleteFile)) {
    await removeRemains(folder, spec, new ClusterLimits(options.limits, spec.id, options.shape));
    throw new AirglowError(
      'CLUSTER_NOT_FOUND',
      `The database ${spec.name} was being made or deleted when Airglow ended; what was left of it has been removed.`,
    );
  }
  const [runAs, secrets] = [await resolveOsUser(spec.osUser), await readSecrets(folder.secretFile)];
  return new LocalCluster({ spec, folder, runAs, secrets, guard: null }, options);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
