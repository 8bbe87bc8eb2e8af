import type { GuardedProcess } from '../../capacity/memory-guard.ts';
import { ProcessMemoryReader } from '../../kernel/process-memory.ts';
import { readCommandLine, readProcessStat } from '../../kernel/process-reader.ts';
import { backendOf } from './backend-kind.ts';
import type { Backend } from './backend-kind.ts';

interface Known extends Backend {
  readonly title: string;
  readonly startTicks: number;
}

/** The processes of a server that may be capped, and how much memory they have. */
export class GuardedBackends {
  readonly #postmasterPid: number;
  readonly #memory = new ProcessMemoryReader();
  readonly #known = new Map<number, Known>();

  constructor(postmasterPid: number) {
    this.#postmasterPid = postmasterPid;
  }

  /** Of these processes those that may be capped. Synchronous; 2 us for each that was there before. */
  read(pids: readonly number[]): GuardedProcess[] {
    const usual = this.#memory.read(this.#postmasterPid)?.otherBytes ?? 0;
    const found: GuardedProcess[] = [];
    for (const pid of pids) {
      const backend = this.#backend(pid);
      if (backend === null || backend.kind === 'other') continue;
      const memory = this.#memory.read(pid);
      if (memory === null) {
        this.#known.delete(pid);
        continue;
      }
      const { privateBytes, mappedBytes, otherBytes } = memory;
      const sharedBytes = Math.max(otherBytes - usual, 0);
      found.push({ pid, privateBytes, mappedBytes, sharedBytes, leaderPid: backend.leaderPid });
    }
    if (this.#known.size > pids.length) this.#forgetAllBut(new Set(pids));
    return found;
  }

  /** Whether it may be capped. */
  isGuarded(pid: number): boolean {
    const backend = this.#backend(pid);
    return backend !== null && backend.kind !== 'other';
  }

  /** Whether it is still the process that was read, and the server's: to be asked before it is touched. */
  isStill(pid: number): boolean {
    const known = this.#known.get(pid);
    const stat = readProcessStat(pid);
    if (known === undefined || stat === null) return false;
    return stat.startTicks === known.startTicks && stat.parentPid === this.#postmasterPid && !stat.isExiting;
  }

  /** Its title when it was seen first: whose it is and from where. */
  titleOf(pid: number): string {
    return this.#known.get(pid)?.title ?? '';
  }

  /** Closes what was opened; it can be used again. */
  close(): void {
    this.#memory.close();
    this.#known.clear();
  }

  #backend(pid: number): Backend | null {
    const known = this.#known.get(pid);
    if (known !== undefined) return known;
    if (pid === this.#postmasterPid) return null;
    const stat = readProcessStat(pid);
    if (stat === null || stat.parentPid !== this.#postmasterPid) return null;
    const title = readCommandLine(pid) ?? '';
    const backend = backendOf(title);
    if (backend !== null) this.#known.set(pid, { ...backend, title, startTicks: stat.startTicks });
    return backend;
  }

  #forgetAllBut(pids: ReadonlySet<number>): void {
    for (const pid of this.#known.keys()) {
      if (pids.has(pid)) continue;
      this.#known.delete(pid);
      this.#memory.forget(pid);
    }
  }
}
