import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { processIdentity } from '../kernel/process-identity.ts';

interface Mark {
  readonly pid: number;
  readonly identity: string | null;
}

/**
 * Takes the place of the sentinel that was started here before. One that hangs, so that its daemon gave it up and died,
 * would go on one day and wake what is not its any more.
 */
export function takePlace(markPath: string): void {
  const before = readMark(markPath);
  if (before !== null && before.pid !== process.pid && processIdentity(before.pid) === before.identity) {
    try {
      process.kill(before.pid, 'SIGKILL');
    } catch {
      // It has gone by itself.
    }
  }
  const mark: Mark = { pid: process.pid, identity: processIdentity(process.pid) };
  try {
    writeFileSync(markPath, JSON.stringify(mark), { mode: 0o600 });
  } catch {
    // A full disk is no reason to let a database sleep for ever.
  }
}

/** Not where somebody else has taken it meanwhile. */
export function givePlaceUp(markPath: string): void {
  if (readMark(markPath)?.pid === process.pid) rmSync(markPath, { force: true });
}

/** Null where there is none, or nothing that can be believed. */
function readMark(path: string): (Mark & { readonly identity: string }) | null {
  try {
    const { pid, identity } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Mark>;
    return Number.isInteger(pid) && Number(pid) > 1 && typeof identity === 'string'
      ? { pid: Number(pid), identity }
      : null;
  } catch {
    return null;
  }
}
