import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { processIdentity } from '../../kernel/process-identity.ts';

/** A process id comes back after a while, so the identity says whether it is still the same process. */
interface Holder {
  readonly pid: number;
  /** Null where this system does not tell. */
  readonly identity: string | null;
}

/** What this process holds. After a restart in a container the holder's number may be our own, and it is not we. */
const heldHere = new Set<string>();

/**
 * Only one process may open a store. The lock outlives a killed holder, and then gives way. Where it cannot be told
 * whether the holder lives, it gives way too: DuckDB's own lock on the files, which the system releases with the process,
 * has the last word.
 */
export class StoreLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Creates the directory where it is missing. Raises STORE_LOCKED, naming the holder. */
  static take(directory: string): StoreLock {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(realpathSync(directory), 'airglow.lock');
    const self: Holder = { pid: process.pid, identity: processIdentity(process.pid) };
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(self), { mode: 0o600 });
    try {
      // A link appears with its whole content or not at all.
      while (!tryLink(draft, path)) {
        const holder = readHolder(path);
        if (holder && isHolding(holder, path)) throw lockedBy(directory, holder.pid);
        removeStale(path, holder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
    heldHere.add(path);
    return new StoreLock(path);
  }

  release(): void {
    if (heldHere.delete(this.#path)) rmSync(this.#path, { force: true });
  }
}

export function lockedBy(directory: string, pid: number | null): AirglowError {
  const who = pid === process.pid ? 'this process' : pid === null ? 'another process' : `process ${pid}`;
  return new AirglowError(
    'STORE_LOCKED',
    `The history in ${directory} is in use by ${who}. Stop that one, ask it instead, or choose another directory.`,
  );
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const { pid, identity = null } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' ? { pid, identity } : null;
  } catch {
    return null;
  }
}

/** Moves the lock away first: of two that find it stale only one succeeds, and a fresh one is put back. */
function removeStale(path: string, stale: Holder | null): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  const isAnother = moved !== null && (moved.pid !== stale?.pid || moved.identity !== stale.identity);
  if (isAnother) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function isHolding(holder: Holder, path: string): boolean {
  if (holder.pid === process.pid) return heldHere.has(path);
  return holder.identity !== null && processIdentity(holder.pid) === holder.identity;
}
