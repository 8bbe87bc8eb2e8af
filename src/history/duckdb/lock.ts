import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AirglowError } from '../../errors.ts';

/** A process id comes back after a while; together with its start it is one process. */
interface Holder {
  readonly pid: number;
  readonly startedAtMs: number;
}

/** What this process holds. After a restart in a container the holder's number may be our own, and it is not we. */
const heldHere = new Set<string>();
/** How exactly the start of a process is known: `ps` tells whole seconds, and the clock may have been set. */
const START_TOLERANCE_MS = 3000;

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
    const startedAtMs = Math.round(Date.now() - process.uptime() * 1000);
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAtMs } satisfies Holder), { mode: 0o600 });
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
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number'
      ? { pid: holder.pid, startedAtMs: Number(holder.startedAtMs) }
      : null;
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
  const isAnother = moved !== null && (moved.pid !== stale?.pid || moved.startedAtMs !== stale.startedAtMs);
  if (isAnother) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function isHolding(holder: Holder, path: string): boolean {
  if (holder.pid === process.pid) return heldHere.has(path);
  const startedAtMs = startOf(holder.pid);
  return startedAtMs !== null && Math.abs(startedAtMs - holder.startedAtMs) <= START_TOLERANCE_MS;
}

/** When a process started; null where there is no such process, or nobody to ask. */
function startOf(pid: number): number | null {
  try {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
    const args = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)];
    const [, state = '', start] =
      /^(\S+)\s+(.+)$/.exec(execFileSync('ps', args, { encoding: 'utf8', env, stdio: 'pipe' }).trim()) ?? [];
    const isDead = state.startsWith('Z') || state.startsWith('X');
    return start === undefined || isDead ? null : Date.parse(`${start} UTC`);
  } catch {
    return null;
  }
}
