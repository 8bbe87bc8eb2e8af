import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processExecutable, processUid } from '../../kernel/process-owner.ts';
import { processIdentity } from '../../kernel/process-identity.ts';
import type { Child } from '../child.ts';
import type { RunAs } from '../run-as.ts';
import { trySignal } from '../server-processes.ts';
import type { StopTarget } from '../stop-signals.ts';
import type { PostmasterMark } from './model.ts';

const POLL_MS = 200;

/** A postmaster, started by us or found again. It is never signalled without a look whether it still is that process. */
export class PostmasterProcess implements StopTarget {
  readonly mark: PostmasterMark;
  readonly exited: Promise<void>;
  readonly #child: Child | null;
  readonly #given = new AbortController();

  /** Null where the process has gone already. */
  static ofChild(child: Child): PostmasterProcess | null {
    const identity = processIdentity(child.pid);
    return identity === null ? null : new PostmasterProcess({ pid: child.pid, identity }, child);
  }

  constructor(mark: PostmasterMark, child: Child | null) {
    this.mark = mark;
    this.#child = child;
    this.exited = child === null ? this.#untilGone() : child.exited.then(() => undefined);
  }

  hasEnded(): boolean {
    return !isAlive(this.mark);
  }

  signal(signal: NodeJS.Signals): boolean {
    return isAlive(this.mark) && trySignal(this.mark.pid, signal);
  }

  /** How it ended, as far as a parent can tell. */
  async howItEnded(): Promise<string> {
    await this.exited;
    const exit = await this.#child?.exited;
    return exit === undefined
      ? 'PostgreSQL ended'
      : `PostgreSQL ended with ${exit.signal ?? `code ${exit.code}`}`;
  }

  /** Lets it run on without us. */
  release(): void {
    this.#given.abort();
    this.#child?.process.unref();
  }

  async #untilGone(): Promise<void> {
    while (isAlive(this.mark)) {
      const isReleased = await sleep(POLL_MS, false, { signal: this.#given.signal }).catch(() => true);
      // Nobody is told of the end of a server that was let go.
      if (isReleased) return new Promise(() => {});
    }
  }
}

export function isAlive(mark: PostmasterMark): boolean {
  return processIdentity(mark.pid) === mark.identity;
}

/** Whether that process is still there and is what we started: this user, this program. */
export function isOurs(mark: PostmasterMark, runAs: RunAs, installDir: string): boolean {
  if (!isAlive(mark)) return false;
  const [uid, program] = [processUid(mark.pid), processExecutable(mark.pid)];
  // Without /proc the identity has to do.
  if (uid === null && program === null) return process.platform !== 'linux';
  return (
    uid === (runAs.ids?.uid ?? process.getuid?.()) && isProgram(program, join(installDir, 'bin', 'postgres'))
  );
}

/** The folder of an installation may be a link to that of its version. */
function isProgram(found: string | null, path: string): boolean {
  if (found === path) return true;
  try {
    return found === realpathSync(path);
  } catch {
    return false;
  }
}
