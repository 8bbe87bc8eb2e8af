import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunAs } from '../../run-as.ts';
import { asServerUser } from './as-server-user.ts';
import { inTime } from '../in-time.ts';
import type { HomeFolders, LocalFolders } from './temp-layout.ts';
import { localFolders } from './temp-layout.ts';
import type { TempRecord } from './temp-record.ts';

const FILES_AT_ONCE = 500;
/** Many files take a while; a disk that hangs takes for ever. */
const LOCAL_PATIENCE_MS = 60_000;
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

/** Takes back what `makeLocal` made, as long as nothing is in it. Never fails: what is left is on another disk. */
export async function unmakeLocal(
  { path, temp }: LocalFolders,
  runAs: RunAs,
  versionFolder: string | null,
): Promise<void> {
  if (versionFolder !== null)
    await asServerUser(runAs, '/bin/rmdir', ['--', join(temp, versionFolder)]).catch(() => {});
  for (const folder of [temp, path]) await rmdir(folder).catch(() => {});
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
  const paths = names.map((name) => join(folder, name));
  await remove('-rf', paths, runAs);
}

/** Files of the server's user. */
export async function removeFiles(paths: readonly string[], runAs: RunAs): Promise<void> {
  await remove('-f', paths, runAs);
}

/** So many at a time as fit on a command line. */
async function remove(option: '-f' | '-rf', paths: readonly string[], runAs: RunAs): Promise<void> {
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE)
    await asServerUser(runAs, '/bin/rm', [option, '--', ...paths.slice(from, from + FILES_AT_ONCE)]);
}

/**
 * All of it. What cannot be had of local storage is left there: it may be gone, and must not keep a database from being
 * removed. Raises what is left beside the data.
 */
export async function removeFolders(
  home: HomeFolders,
  record: TempRecord | null,
  id: string,
  runAs: RunAs | null,
): Promise<void> {
  if (record !== null)
    await inTime(removeLocal(localFolders(record.realPath, id), runAs), LOCAL_PATIENCE_MS).catch(() => {});
  await removeTheirs(home.substitute, runAs);
  for (const path of [home.place, home.recordFile])
    for (const name of [path, `${path}.new`]) await rm(name, { force: true });
  await rmdir(home.path).catch(ignoreMissing);
}

async function removeLocal({ path, temp, probe }: LocalFolders, runAs: RunAs | null): Promise<void> {
  await removeTheirs(temp, runAs);
  await rm(probe, { force: true });
  await rmdir(path).catch(ignoreMissing);
}

/** Without a user nobody can interfere; else root removes nothing in there, which could lead it elsewhere. */
async function removeTheirs(folder: string, runAs: RunAs | null): Promise<void> {
  if (runAs === null) return rm(folder, { recursive: true, force: true });
  await empty(folder, runAs);
  await rmdir(folder).catch(ignoreMissing);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** True where it was missing. By its descriptor: whoever puts a link in its place gives nothing away. */
async function makeFolder(path: string, mode: number, owner: RunAs | null): Promise<boolean> {
  const wasMissing = await mkdir(path, { mode: THEIRS }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const folder = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error) => {
    throw ['ENOTDIR', 'ELOOP'].includes(error.code) ? new Error(`${path} is not a folder`) : error;
  });
  try {
    const found = await folder.stat();
    const us = process.getuid?.() ?? 0;
    const ids = owner?.ids ?? null;
    // New, or made, and then its maker died.
    if (ids !== null && found.uid === us) await folder.chown(ids.uid, ids.gid);
    else if (found.uid !== (ids?.uid ?? us)) throw new Error(`${path} belongs to somebody else`);
    if ((found.mode & 0o777) !== mode) await folder.chmod(mode);
  } finally {
    await folder.close();
  }
  return wasMissing;
}

async function makeVersionFolder(folder: string, runAs: RunAs, name: string | null): Promise<boolean> {
  if (name === null) return false;
  const path = join(folder, name);
  const found = await lstat(path).catch(() => null);
  if (found?.isDirectory() === true) return false;
  if (found !== null) throw new Error(`${path} is not a folder`);
  await asServerUser(runAs, '/bin/mkdir', ['-p', '-m', '700', '--', path]);
  return true;
}
