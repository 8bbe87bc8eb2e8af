import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processIdentity } from './process-identity.ts';

/** A process id comes back after a while, so the identity says whether it is still the same process. */
interface Holder {
  readonly pid: number;
  /** Null where this system does not tell. */
  readonly identity: string | null;
}

/** Who has the lock instead of us. */
export interface LockedBy {
  readonly holderPid: number;
}

/** What this process holds. After a restart in a container the holder's number may be our own, and it is not we. */
const heldHere = new Set<string>();

/**
 * A file that says which process has something for itself. It outlives a killed holder, and then gives way. Where it
 * cannot be told whether the holder lives (in another container), it gives way too; and of three that find it stale in
 * the same instant, two may get it. So a lock of the system on a file, which goes with the process, has to have the last
 * word; this one names the holder.
 */
export class ProcessLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** The path must always be the same one, with links resolved, and its folder must be there. Raises the system's errors. */
  static take(path: string): ProcessLock | LockedBy {
    const self: Holder = { pid: process.pid, identity: processIdentity(process.pid) };
    const draft = `${path}.${process.pid}`;
    try {
      writeFileSync(draft, JSON.stringify(self), { mode: 0o600 });
      // A link appears with its whole content or not at all.
      while (!tryLink(draft, path)) {
        const holder = readHolder(path);
        if (holder && isHolding(holder, path)) return { holderPid: holder.pid };
        removeStale(path, holder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
    heldHere.add(path);
    return new ProcessLock(path);
  }

  release(): void {
    if (heldHere.delete(this.#path)) rmSync(this.#path, { force: true });
  }
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
