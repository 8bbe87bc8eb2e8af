import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { ProcessLock } from '../../kernel/process-lock.ts';

/**
 * Only one process may open a store; DuckDB's own lock on the files has the last word. Creates the directory where it is
 * missing. Raises STORE_LOCKED, naming the holder.
 */
export function takeStoreLock(directory: string): ProcessLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = ProcessLock.take(join(realpathSync(directory), 'airglow.lock'));
  if (lock instanceof ProcessLock) return lock;
  throw lockedBy(directory, lock.holderPid);
}

export function lockedBy(directory: string, pid: number | null): AirglowError {
  const who = pid === process.pid ? 'this process' : pid === null ? 'another process' : `process ${pid}`;
  return new AirglowError(
    'STORE_LOCKED',
    `The history in ${directory} is in use by ${who}. Stop that one, ask it instead, or choose another directory.`,
  );
}
