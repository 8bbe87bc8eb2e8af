import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { ProgramFailed, runProgram } from './swap-programs.ts';

/** The highest that there is: other areas are used when this one is full. */
const PRIORITY = 32_767;
const CHUNK_BYTES = 8 * 1024 ** 2;
/** Written data is put on the disk now and then, so that it is not all of memory in the end. */
const SYNC_BYTES = 256 * 1024 ** 2;

/** Told how much of the file is written, 0 to 1. */
export type Progress = (share: number) => void;

/**
 * Makes a file of that size that only its owner can read. Its room is taken at once; where the file system can do that,
 * without writing it. Raises the system's error; EEXIST where there is one already.
 */
export async function makeSwapFile(path: string, bytes: number, onProgress: Progress): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.close();
  try {
    await runProgram('fallocate', ['-l', String(bytes), path]);
  } catch (error) {
    if (!(error instanceof ProgramFailed) || /no space/i.test(error.message)) throw error;
    await fillSwapFile(path, bytes, onProgress);
  }
}

/** Writes all of it: some file systems leave holes in what was only asked for. Raises the system's error. */
export async function fillSwapFile(path: string, bytes: number, onProgress: Progress): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    await file.truncate(0);
    const zeros = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      await file.write(zeros, 0, Math.min(CHUNK_BYTES, bytes - at), at);
      if ((at + CHUNK_BYTES) % SYNC_BYTES !== 0) continue;
      await file.datasync();
      onProgress((at + CHUNK_BYTES) / bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Raises ProgramFailed. */
export async function formatSwapFile(path: string): Promise<void> {
  await runProgram('mkswap', [path]);
}

/** Raises ProgramFailed. */
export async function turnOnSwapFile(path: string): Promise<void> {
  await runProgram('swapon', ['-p', String(PRIORITY), path]);
}

/** All that is there comes back to memory, which has to have room for it. Raises ProgramFailed. */
export async function turnOffSwapFile(path: string): Promise<void> {
  await runProgram('swapoff', [path]);
}

/** Why what lies there is not a file of ours as it was made, a phrase; null where it is. `bytes` null: of any size. */
export async function whyNotOurFile(path: string, bytes: number | null): Promise<string | null> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.nlink !== 1) return 'is another file';
    if (found.uid !== process.geteuid?.()) return 'belongs to another user';
    if ((found.mode & 0o077) !== 0) return 'can be read by others';
    return bytes === null || found.size === bytes ? null : 'has another size';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is gone' : 'cannot be looked at';
  }
}
