import { constants } from 'node:fs';
import { access, lstat, open, realpath, rm, stat, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { AirglowError } from '../../../errors.ts';
import { whyUnsafe } from '../../folder-safety.ts';
import { othersCanReach } from '../../run-as.ts';
import type { RunAs } from '../../run-as.ts';

/** File systems that are memory: tmpfs, ramfs, and what the kernel shows as files: proc, sysfs. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6, 0x9fa0, 0x62656572]);
const PROBE_BYTES = 4096;

/** A folder on local storage that can be used. */
export interface LocalStorage {
  readonly path: string;
  readonly realPath: string;
  readonly mountPoint: string | null;
}

/**
 * Looks at a folder that the user named. `stateDir` is Airglow's own. Raises LOCAL_STORAGE_UNUSABLE.
 */
export async function checkLocalStorage(path: string, stateDir: string, runAs: RunAs): Promise<LocalStorage> {
  if (path === '') throw unusable('""', 'no folder is named. Name one, from / on');
  if (!isAbsolute(path)) throw unusable(path, 'that is not an absolute path. Name the folder from / on');
  const realPath = await realpath(path).catch((error: unknown) => {
    throw unusable(path, `${saidOf(error)}. Make the folder, or mount its disk, first`);
  });
  const found = await stat(realPath);
  if (!found.isDirectory()) throw unusable(path, 'that is not a folder. Name one');
  const realStateDir = await realpath(stateDir).catch(() => resolve(stateDir));
  if (isInside(realPath, realStateDir))
    throw unusable(
      path,
      `that is Airglow's state folder, or inside of it (${stateDir}). Name a folder elsewhere, on local storage`,
    );
  const unsafe = await whyUnsafe(realPath);
  if (unsafe !== null) throw unusable(path, unsafe);
  if (IN_MEMORY.has((await statfs(realPath)).type))
    throw unusable(path, 'that file system is in memory. Name a folder on a disk');
  if (runAs.ids !== null && !(await othersCanReach(realPath)))
    throw unusable(
      path,
      `the server's user ${runAs.name} cannot get in. Let others pass (chmod o+x) through it and the folders above it`,
    );
  await access(realPath, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw unusable(path, `Airglow cannot write there (${saidOf(error)}). Let it, or name another folder`);
  });
  await probe(join(realPath, `.airglow-probe-${process.pid}`)).catch((error: unknown) => {
    throw unusable(
      path,
      `a file could not be written there: ${saidOf(error)}. Name a folder on a disk that works`,
    );
  });
  const mountPoint = await mountPointOf(realPath);
  return { path, realPath, mountPoint: mountPoint === '/' ? null : mountPoint };
}

/** Why what is there now cannot be what was there when it was set up; null where it can. */
export async function whyLost({ path, realPath, mountPoint }: LocalStorage): Promise<string | null> {
  try {
    if (!(await stat(realPath)).isDirectory()) return `${path} is not a folder any more. Put it back`;
    if (mountPoint !== null && !(await isMountPoint(mountPoint)))
      return `nothing is mounted at ${mountPoint} any more. Mount its disk`;
    return null;
  } catch (error) {
    return `${path} cannot be reached: ${saidOf(error)}. Put it back, or mount its disk`;
  }
}

/** Writes a file down to the disk and removes it. Raises what the system says. `path` must be in a folder of ours. */
export async function probe(path: string): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write(Buffer.alloc(PROBE_BYTES, 1));
    await file.datasync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

export interface DiskRoom {
  /** For those who are not root. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export async function diskRoom(path: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

export function unusable(path: string, why: string): AirglowError {
  return new AirglowError('LOCAL_STORAGE_UNUSABLE', `Temporary objects cannot go to ${path}: ${why}.`);
}

/** Of the system: without its own name for the error, its call and a path that nobody named. */
export function saidOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, said] = /^[A-Z][A-Z0-9_]+: ([^,]+), \w+/.exec(error.message) ?? [];
  return said ?? error.message;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

async function mountPointOf(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) if (await isMountPoint(folder)) return folder;
}

async function isMountPoint(path: string): Promise<boolean> {
  if (path === dirname(path)) return true;
  return (await lstat(path)).dev !== (await lstat(dirname(path))).dev;
}
