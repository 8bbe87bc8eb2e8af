import { chmod, chown, lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo } from '../../run-as.ts';
import type { RunAs } from '../../run-as.ts';
import { asServerUser } from './as-server-user.ts';
import type { HomeFolders, LocalFolders } from './temp-layout.ts';
import { localFolders } from './temp-layout.ts';
import type { TempRecord } from './temp-record.ts';

const FILES_AT_ONCE = 500;
const OURS = 0o711;
const THEIRS = 0o700;

/** Makes what is beside the data, as far as it is missing. */
export async function makeHome(home: HomeFolders, runAs: RunAs, versionFolder: string | null): Promise<void> {
  await makeFolder(home.path, OURS, null);
  await makeFolder(home.substitute, THEIRS, runAs);
  await makeVersionFolder(home.substitute, runAs, versionFolder);
}

/**
 * Makes what is missing on local storage; true where something was. Raises what the system says, and where somebody
 * else's folder has our name.
 */
export async function makeLocal(
  folders: LocalFolders,
  runAs: RunAs,
  versionFolder: string | null,
): Promise<boolean> {
  const made = [
    await makeFolder(folders.path, OURS, null),
    await makeFolder(folders.temp, THEIRS, runAs),
    await makeVersionFolder(folders.temp, runAs, versionFolder),
  ];
  return made.includes(true);
}

/** Whom `place` leads to from now on; whoever follows it sees the old one or the new one. */
export async function leadTo(home: HomeFolders, target: string): Promise<void> {
  if ((await readlink(home.place).catch(() => null)) === target) return;
  const fresh = `${home.place}.new`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, home.place);
}

/** Leaves a folder of the server's user empty. Raises what could not be removed. */
export async function empty(folder: string, runAs: RunAs): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  await asServerUser(runAs, '/bin/rm', ['-rf', '--', ...names.map((name) => join(folder, name))]);
}

/** Files of the server's user, so many at a time as fit on a command line. */
export async function removeFiles(paths: readonly string[], runAs: RunAs): Promise<void> {
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE)
    await asServerUser(runAs, '/bin/rm', ['-f', '--', ...paths.slice(from, from + FILES_AT_ONCE)]);
}

/** All of it, as far as it can be had: local storage may be gone. Without a user nobody can interfere. */
export async function removeFolders(
  home: HomeFolders,
  record: TempRecord | null,
  id: string,
  runAs: RunAs | null,
): Promise<void> {
  if (record !== null) {
    const { path, temp } = localFolders(record.realPath, id);
    await removeTheirs(temp, runAs);
    // A disk that fails must not keep a database from being removed.
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
  await removeTheirs(home.substitute, runAs);
  await rm(home.path, { recursive: true, force: true });
}

async function removeTheirs(folder: string, runAs: RunAs | null): Promise<void> {
  if (runAs !== null) {
    await empty(folder, runAs).catch(() => {});
    await rmdir(folder).catch(() => {});
  } else await rm(folder, { recursive: true, force: true });
}

/** True where it was missing. */
async function makeFolder(path: string, mode: number, owner: RunAs | null): Promise<boolean> {
  const uid = owner?.ids?.uid ?? process.getuid?.() ?? 0;
  const found = await lstat(path).catch(() => null);
  if (found?.isDirectory() === true) {
    if (found.uid !== uid) {
      // Made, and then its maker died.
      const isHalfMade = owner !== null && found.uid === process.getuid?.();
      if (!isHalfMade) throw new Error(`${path} belongs to somebody else`);
      await giveTo(owner, path);
    }
    if ((found.mode & 0o777) !== mode) await chmod(path, mode);
    return false;
  }
  if (found !== null) throw new Error(`${path} is not a folder`);
  await mkdir(path, { mode: THEIRS });
  await chmod(path, mode);
  if (owner?.ids != null) await chown(path, owner.ids.uid, owner.ids.gid);
  return true;
}

async function makeVersionFolder(folder: string, runAs: RunAs, name: string | null): Promise<boolean> {
  if (name === null) return false;
  const path = join(folder, name);
  if ((await lstat(path).catch(() => null))?.isDirectory() === true) return false;
  await asServerUser(runAs, '/bin/mkdir', ['-p', '-m', '700', '--', path]);
  return true;
}
