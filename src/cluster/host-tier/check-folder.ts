import { realpath, stat, statfs } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { readMountOf } from '../../kernel/swap/mount-of.ts';
import type { MountedOn } from '../../kernel/swap/mount-of.ts';
import { whyUnsafe } from '../folder-safety.ts';
import { formatSize } from './model.ts';

/** Of the file system, whichever is less, stays free. */
const FREE_SHARE = 0.05;
const FREE_BYTES = 1024 ** 3;

const IN_MEMORY = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']);
const NETWORK =
  /^(?:nfs\d?|cifs|smb3?|smbfs|ceph|9p|virtiofs|glusterfs|lustre|afs|gfs2|ocfs2|beegfs|fuse(?:\..*|blk)?)$/;
const NO_SWAP_FILES = new Set(['overlay', 'aufs', 'squashfs', 'zfs', 'proc', 'sysfs', 'ecryptfs']);

/** A folder in which a swap file can be made, with links resolved. Raises INVALID_ARGUMENT, TIER_UNAVAILABLE. */
export async function checkFolder(path: string, fileBytes: number): Promise<string> {
  if (path === '') throw refused('""', 'it names no folder; write one as in /mnt/nvme');
  if (!isAbsolute(path)) throw refused(path, 'it is no whole path; write it as in /mnt/nvme');
  const folder = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw refused(
      path,
      error.code === 'ENOENT'
        ? 'there is no such folder; make it on local storage'
        : `it cannot be reached (${error.code ?? ''})`,
    );
  });
  const found = await stat(folder);
  if (!found.isDirectory()) throw refused(path, 'it is no folder; name one on local storage');
  const reason = (await whyUnsafe(folder)) ?? whyNotWritable(readMountOf(folder));
  if (reason !== null) throw refused(path, reason);
  await requireRoom(path, folder, fileBytes);
  return folder;
}

/** A phrase with the way out; null where it may be used. */
export function whyNotWritable(mount: MountedOn | null): string | null {
  if (mount === null) return null;
  if (mount.isReadOnly) return `${mount.mountPath} is mounted read-only; choose another folder`;
  if (IN_MEMORY.has(mount.type))
    return `it is ${mount.type}, which is memory itself; choose a folder on a disk`;
  if (NETWORK.test(mount.type))
    return `${mount.type} is not a local disk of this host; choose a folder on local storage`;
  if (NO_SWAP_FILES.has(mount.type))
    return `${mount.type} takes no swap files; choose a folder on ext4 or xfs on local storage`;
  return null;
}

async function requireRoom(path: string, folder: string, fileBytes: number): Promise<void> {
  const { bsize, blocks, bavail } = await statfs(folder);
  const why = whyNoRoom({ totalBytes: blocks * bsize, freeBytes: bavail * bsize }, fileBytes);
  if (why !== null) throw new AirglowError('TIER_UNAVAILABLE', `No tier can be made in ${path}: ${why}.`);
}

export interface Room {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** A phrase with the way out; null where there is room. */
export function whyNoRoom({ totalBytes, freeBytes }: Room, fileBytes: number): string | null {
  const mostBytes = freeBytes - Math.min(FREE_SHARE * totalBytes, FREE_BYTES);
  if (fileBytes <= mostBytes) return null;
  const most =
    mostBytes < 128 * 1024 ** 2
      ? 'free some room'
      : `choose ${floorGib(mostBytes)} GiB at most, or free some room`;
  return `${formatSize(fileBytes)} is too much where ${formatSize(freeBytes)} is free and some has to stay so; ${most}`;
}

/** Rounded down, so that what is said fits. */
function floorGib(bytes: number): number {
  return Math.floor((bytes / 1024 ** 3) * 100) / 100;
}

function refused(path: string, reason: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', `${path} cannot hold the tiered cache: ${reason}.`);
}
