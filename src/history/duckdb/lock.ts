import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AirglowError } from '../../errors.ts';

/** A process id comes back after a while; with its start time it is one process, and with the boot one machine run. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** Only one process may open a store. The lock outlives a killed holder, and then gives way. */
export class StoreLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Creates the directory where it is missing. Raises STORE_LOCKED, naming the holder. */
  static take(directory: string): StoreLock {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'airglow.lock');
    const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) ?? '' } satisfies Holder);
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, mine, { mode: 0o600 });
    try {
      // A link appears with its whole content or not at all.
      while (!tryLink(draft, path)) {
        const holder = readHolder(path);
        if (holder && isAlive(holder)) throw lockedBy(directory, holder.pid);
        removeStale(path, holder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
    return new StoreLock(path);
  }

  release(): void {
    if (readHolder(this.#path)?.pid === process.pid) rmSync(this.#path, { force: true });
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
    return typeof holder.pid === 'number' ? { pid: holder.pid, startedAt: String(holder.startedAt) } : null;
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
  const isAnother = moved !== null && (moved.pid !== stale?.pid || moved.startedAt !== stale.startedAt);
  if (isAnother) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder): boolean {
  const startedAt = startOf(holder.pid);
  return startedAt !== null && startedAt === holder.startedAt;
}

/** When a process started, in whatever unit the system has; null where there is no such process. */
function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; fields 3 and on follow it. Field 22 is the start in clock ticks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isDead = fields[0] === 'Z' || fields[0] === 'X';
    return isDead ? null : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
