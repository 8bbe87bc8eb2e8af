import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadLibC } from './libc.ts';

const LOCK_EX_NB = 2 | 4;
const POLL_MS = 20;

/**
 * Locks an open file for this process, with flock(2): the system lets go when the file is closed or the process ends,
 * however it ends, and keeps other containers out, too. `busy` where another one has it, after waiting for so long (one
 * that was just killed takes a moment to be gone); `unknown` where such locks cannot be had.
 */
export async function lockFile(
  descriptor: number,
  patienceMs: number,
): Promise<'locked' | 'busy' | 'unknown'> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const result = tryLock(descriptor);
    if (result !== 'busy' || performance.now() >= deadline) return result;
    await sleep(POLL_MS);
  }
}

function tryLock(descriptor: number): 'locked' | 'busy' | 'unknown' {
  flock ??= bindFlock();
  if (flock === null) return 'unknown';
  const error = flock(descriptor);
  if (error === 0) return 'locked';
  return error === constants.errno.EWOULDBLOCK ? 'busy' : 'unknown';
}

/** 0, or the number of the error. */
type Flock = (descriptor: number) => number;

let flock: Flock | null | undefined;

function bindFlock(): Flock | null {
  const foreign = loadLibC();
  if (foreign === null) return null;
  try {
    const { koffi, libc } = foreign;
    const call = libc.func('int flock(int, int)') as (descriptor: number, operation: number) => number;
    return (descriptor) => (call(descriptor, LOCK_EX_NB) === 0 ? 0 : koffi.errno());
  } catch {
    return null;
  }
}
