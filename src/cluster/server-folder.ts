import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveTo, othersCanReach } from './run-as.ts';
import type { RunAs } from './run-as.ts';

/**
 * The temporary folder of one server. We own it, so its configuration and its log stay out of the hands of the
 * database's superuser; only `dataDir` and `socketDir` belong to the user that PostgreSQL runs as.
 */
export interface ServerFolder {
  readonly path: string;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly configFile: string;
  readonly logFile: string;
}

/** A Unix socket's path must fit into 104 bytes (macOS; Linux allows 108). */
export const LONGEST_SOCKET_PATH = 103;

export async function createServerFolder(runAs: RunAs, parentDir?: string): Promise<ServerFolder> {
  const path = await mkdtemp(join(parentDir ?? (await chooseParent(runAs)), 'airglow-pg-'));
  // Others may pass through to what is theirs, not look around.
  await chmod(path, runAs.ids === null ? 0o700 : 0o711);
  const folder: ServerFolder = {
    path,
    dataDir: join(path, 'data'),
    socketDir: join(path, 'run'),
    configFile: join(path, 'postgresql.conf'),
    logFile: join(path, 'server.log'),
  };
  for (const [owned, mode] of [
    [folder.dataDir, 0o700],
    [folder.socketDir, 0o755],
  ] as const) {
    await mkdir(owned, { mode });
    await giveTo(runAs, owned);
  }
  await writeFile(folder.logFile, '', { mode: 0o600 });
  return folder;
}

/** Writes a file that only the server's user can read, hands its path to `use`, and removes it. */
export async function withSecretFile<T>(
  folder: ServerFolder,
  runAs: RunAs,
  secret: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder.path, 'secret');
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(secret);
    if (runAs.ids !== null) await file.chown(runAs.ids.uid, runAs.ids.gid);
    return await use(path);
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

export async function writeConfig(folder: ServerFolder, text: string): Promise<void> {
  await writeFile(folder.configFile, text);
  // Whatever our umask is, the server's user has to read it.
  await chmod(folder.configFile, 0o644);
}

export async function removeServerFolder(folder: ServerFolder): Promise<void> {
  await rm(folder.path, { recursive: true, force: true, maxRetries: 5 });
}

async function chooseParent(runAs: RunAs): Promise<string> {
  const parent = tmpdir();
  const longest = join(parent, 'airglow-pg-XXXXXX', 'run', '.s.PGSQL.65535.lock');
  if (Buffer.byteLength(longest) > LONGEST_SOCKET_PATH) return '/tmp';
  if (runAs.ids !== null && !(await othersCanReach(parent))) return '/tmp';
  return parent;
}
