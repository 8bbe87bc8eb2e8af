import { setImmediate as nextTurn } from 'node:timers/promises';
import { standingCapBytes } from '../../capacity/memory-guard.ts';
import { heldBytes } from '../../kernel/limits/memory-held.ts';
import type { MemoryAccount } from '../../kernel/limits/resource-group.ts';
import { processIdentity } from '../../kernel/process-identity.ts';
import { readDataLimit } from '../../kernel/process-memory.ts';
import type { GuardedBackends } from './guarded-backends.ts';

export interface StandingCapOptions {
  readonly postmasterPid: number;
  readonly backends: GuardedBackends;
  readonly pids: () => number[];
  /** Whether a process has a cap of its own at the moment. */
  readonly isCapped: (pid: number) => boolean;
  /** False where it could not be set. */
  readonly set: (pid: number, bytes: number) => Promise<boolean>;
}

/** It follows shared memory and the kernel's, in steps of this share of the limit: buffers are filled as they are used. */
const STEP = 1 / 32;
/** Nobody waits for hundreds of processes to be looked at. */
const BATCH = 16;

/**
 * What no single process of a server may exceed. The postmaster hands it on to its children, so that it holds from
 * their start and when nobody looks.
 */
export class StandingCap {
  readonly #options: StandingCapOptions;
  readonly #postmaster: string | null;
  #bytes: number | null = null;
  #mostBytes = 0;
  #isClosed = false;

  constructor(options: StandingCapOptions) {
    this.#options = options;
    this.#postmaster = processIdentity(options.postmasterPid);
  }

  /** Null as long as there is none. */
  get bytes(): number | null {
    return this.#bytes;
  }

  /** Cheap while nothing has changed. Resolves when it is in force. */
  async keep(mostBytes: number, account: MemoryAccount): Promise<void> {
    // What can leave for swap makes room.
    const takenBytes = heldBytes(account) - account.anonBytes;
    const bytes = Math.floor(standingCapBytes(mostBytes, takenBytes));
    const before = this.#bytes;
    const isOtherMost = mostBytes !== this.#mostBytes;
    if (before !== null && !isOtherMost && Math.abs(bytes - before) <= STEP * mostBytes) return;
    this.#mostBytes = mostBytes;
    this.#bytes = bytes;
    // Sessions keep a higher one than they would get now: shared memory took it from all of them, not from one.
    await this.#set(bytes, isOtherMost || before === null || bytes > before);
  }

  close(): void {
    this.#isClosed = true;
  }

  async #set(bytes: number, isForAll: boolean): Promise<void> {
    const { postmasterPid, backends, pids, isCapped, set } = this.#options;
    if (processIdentity(postmasterPid) !== this.#postmaster) return;
    if (!(await set(postmasterPid, bytes))) {
      if (this.#bytes === bytes) this.#bytes = null;
      return;
    }
    for (const [index, pid] of (isForAll ? pids() : []).entries()) {
      if (index % BATCH === 0) await nextTurn();
      // Overtaken by a newer one.
      if (this.#isClosed || this.#bytes !== bytes) return;
      if (isCapped(pid) || !backends.isGuarded(pid) || readDataLimit(pid) === bytes) continue;
      if (backends.isStill(pid)) await set(pid, bytes);
    }
  }
}
