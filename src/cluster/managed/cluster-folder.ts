import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { giveTo, othersCanReach } from '../run-as.ts';
import type { RunAs } from '../run-as.ts';
import { LONGEST_SOCKET_PATH } from '../server-folder.ts';
import type { ServerFolder } from '../server-folder.ts';

/**
 * The folder of one database. It and all in it is ours, and what configures the server can be read by the server's user
 * but not written; only `data` and the sockets' folder are the server's.
 */
export interface ClusterFolder extends ServerFolder {
  readonly capacityFile: string;
  /** There once temporary objects were to go to local storage. */
  readonly tempFile: string;
  readonly hbaFile: string;
  readonly identFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly secretFile: string;
  /** There while the database is being made: what is found with it after a crash is not a whole one. */
  readonly incompleteFile: string;
  /** The parameters that it last started with. */
  readonly lastGoodFile: string;
}

export function clusterFolder(path: string): ClusterFolder {
  return {
    path,
    dataDir: join(path, 'data'),
    socketDir: chooseSocketDir(path),
    configFile: join(path, 'postgresql.conf'),
    capacityFile: join(path, 'capacity.conf'),
    tempFile: join(path, 'temp.conf'),
    hbaFile: join(path, 'pg_hba.conf'),
    identFile: join(path, 'pg_ident.conf'),
    certFile: join(path, 'server.crt'),
    keyFile: join(path, 'server.key'),
    logFile: join(path, 'server.log'),
    secretFile: join(path, 'secret'),
    incompleteFile: join(path, 'incomplete'),
    lastGoodFile: join(path, 'last-good.json'),
  };
}

/** Where a path is too long for the kernel, a short one that is as much its own. */
function chooseSocketDir(path: string): string {
  const own = join(path, 'run');
  if (Buffer.byteLength(join(own, '.s.PGSQL.65535')) <= LONGEST_SOCKET_PATH) return own;
  return join('/tmp', `airglow-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`);
}

/** Raises CLUSTER_EXISTS, INVALID_ARGUMENT where the server's user could not get in. */
export async function makeClusterFolder(
  clustersDir: string,
  name: string,
  ids: RunAs['ids'],
): Promise<ClusterFolder> {
  const mode = ids === null ? 0o700 : 0o711;
  const made = await mkdir(clustersDir, { recursive: true });
  // Whatever our umask is, the server's user has to pass.
  if (made !== undefined) for (const path of foldersBetween(made, clustersDir)) await chmod(path, mode);
  if (ids !== null && !(await othersCanReach(clustersDir))) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `PostgreSQL refuses to run as root, and other users cannot get into ${clustersDir}. Choose another state folder, as in ` +
        '/var/lib/airglow, or let others pass (chmod o+x) through the folders above it.',
    );
  }
  const folder = clusterFolder(join(clustersDir, name));
  // One that is empty was to become a database when its maker died.
  await rmdir(folder.path).catch(() => {});
  try {
    await mkdir(folder.path, { mode: 0o700 });
    await chmod(folder.path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new AirglowError('CLUSTER_EXISTS', `There is a database ${name} already. Choose another name.`);
  }
  return folder;
}

function foldersBetween(upper: string, lower: string): string[] {
  const found: string[] = [];
  for (let path = resolve(lower); path.startsWith(resolve(upper)); path = dirname(path)) found.push(path);
  return found;
}

export async function makeDataFolder(folder: ClusterFolder, runAs: RunAs): Promise<void> {
  await mkdir(folder.dataDir, { mode: 0o700 });
  await giveTo(runAs, folder.dataDir);
}

/** Makes it where it is missing: folders for temporary files are emptied at times. Raises POSTGRES_FAILED. */
export async function prepareSocketDir(folder: ClusterFolder, runAs: RunAs): Promise<void> {
  try {
    await mkdir(folder.socketDir, { mode: 0o700 });
    await chmod(folder.socketDir, 0o755);
    await giveTo(runAs, folder.socketDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await lstat(folder.socketDir);
  const owner = runAs.ids?.uid ?? process.getuid?.() ?? 0;
  if (found.isDirectory() && found.uid === owner && (found.mode & 0o022) === 0) return;
  throw new AirglowError(
    'POSTGRES_FAILED',
    `${folder.socketDir}, where the server's socket belongs, is not a folder of ${runAs.name} alone. Remove it.`,
  );
}

/** What is left once the server's user has removed what is its own. */
export async function removeClusterFolder(folder: ClusterFolder): Promise<void> {
  // Outside of our folder we only remove what is empty: others could have put something else there.
  await rmdir(folder.socketDir).catch(() => {});
  await rm(folder.path, { recursive: true, force: true, maxRetries: 5 });
}
