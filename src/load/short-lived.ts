/**
 * Sessions that come and go between two ticks are in no sample of the database. They are counted at instants inside
 * the tick instead: processes of the server that no tick knows yet and that are working, connections that wait to be
 * accepted, less the processes whose client has already gone.
 */
export interface ChurnInstant {
  /** The time that this instant stands for. */
  readonly durationMs: number;
  /** Server processes unknown to the last tick that are running, runnable or in uninterruptible sleep. */
  readonly workingPids: readonly number[];
  readonly pendingConnections: number;
  readonly closingConnections: number;
  /** A connection is accepted and its process is being made. */
  readonly isForking: boolean;
}

/** Whatever can tell whether it holds a pid. */
export interface PidSet {
  has(pid: number): boolean;
}

export interface ShortLivedLoad {
  readonly runningMs: number;
  readonly waitingMs: number;
}

export class ShortLivedTally {
  readonly #workingMs = new Map<number, number>();
  #connectionMs = 0;

  add(instant: ChurnInstant): void {
    for (const pid of instant.workingPids) {
      this.#workingMs.set(pid, (this.#workingMs.get(pid) ?? 0) + instant.durationMs);
    }
    const forking = instant.isForking ? 1 : 0;
    const connections = instant.pendingConnections + forking - instant.closingConnections;
    this.#connectionMs += connections * instant.durationMs;
  }

  /**
   * The load since the last call. `accountedPids` are alive and in the kernel's own account of the tick, so what was
   * counted for them is dropped; of those that ended it is what the account lacks. `reapedCpuMs` is the CPU of children that ended in this tick.
   */
  take(accountedPids: PidSet, reapedCpuMs: number): ShortLivedLoad {
    let totalMs = this.#connectionMs;
    for (const [pid, workingMs] of this.#workingMs) if (!accountedPids.has(pid)) totalMs += workingMs;
    this.#workingMs.clear();
    this.#connectionMs = 0;
    const activeMs = Math.max(0, totalMs);
    const runningMs = Math.min(activeMs, Math.max(0, reapedCpuMs));
    return { runningMs, waitingMs: activeMs - runningMs };
  }
}
