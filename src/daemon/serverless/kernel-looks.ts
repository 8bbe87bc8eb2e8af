import type { CpuObservation, MemoryObservation } from '../../capacity/model.ts';
import type { ClusterAccounts } from '../../cluster/managed/model.ts';
import type { CpuAccount, MemoryAccount } from '../../kernel/limits/resource-group.ts';

/** A fast look reads the memory only so often: it moves more slowly than CPU, and costs more to read. */
const MEMORY_EVERY_LOOKS = 2;

/** CPU of a database between two looks, from the kernel alone. */
export class CpuLooks {
  readonly #accounts: ClusterAccounts;
  #last: { readonly account: CpuAccount; readonly atMs: number } | null = null;

  constructor(accounts: ClusterAccounts) {
    this.#accounts = accounts;
  }

  /**
   * Null at the first look, and while the group is gone. `waiting` is what the caller knows better than we do; without
   * it the processes that could run are counted, which is worth while only when the limit was met.
   */
  look(
    nowMs: number,
    waiting?: number,
  ): { readonly durationMs: number; readonly cpu: CpuObservation } | null {
    const account = this.#accounts.cpu();
    const last = this.#last;
    this.#last = account === null ? null : { account, atMs: nowMs };
    if (account === null || last === null || nowMs <= last.atMs) return null;
    const durationMs = nowMs - last.atMs;
    const perNs = 1 / (durationMs * 1e6);
    const used = Math.max(0, account.usageNs - last.account.usageNs) * perNs;
    const throttled = Math.max(0, account.throttledNs - last.account.throttledNs) * perNs;
    const counted = (): number => (throttled > 0 ? Math.max(0, this.#accounts.runnable() - used) : 0);
    return { durationMs, cpu: { used, throttled, waiting: waiting ?? counted() } };
  }
}

/** Memory of a database; the rate of pages read again is that since the last full look. */
export class MemoryLooks {
  readonly #accounts: ClusterAccounts;
  #last: { readonly account: MemoryAccount; readonly atMs: number } | null = null;
  #looks = 0;

  constructor(accounts: ClusterAccounts) {
    this.#accounts = accounts;
  }

  fast(limitBytes: number | null): MemoryObservation | null {
    if (this.#looks++ % MEMORY_EVERY_LOOKS !== 0) return null;
    const account = this.#accounts.memory();
    return account === null ? null : observe(account, limitBytes, 0);
  }

  full(limitBytes: number | null, nowMs: number): MemoryObservation | null {
    const account = this.#accounts.memory();
    const last = this.#last;
    this.#last = account === null ? null : { account, atMs: nowMs };
    if (account === null) return null;
    const seconds = last === null ? 0 : (nowMs - last.atMs) / 1000;
    const refaulted = last === null ? 0 : account.refaultedBytes - last.account.refaultedBytes;
    return observe(account, limitBytes, seconds > 0 ? Math.max(0, refaulted) / seconds : 0);
  }
}

function observe(
  account: MemoryAccount,
  limitBytes: number | null,
  refaultBytesPerSecond: number,
): MemoryObservation {
  return {
    unevictableBytes: account.anonBytes + account.shmemBytes + account.kernelBytes,
    cacheBytes: account.fileBytes,
    limitBytes,
    refaultBytesPerSecond,
  };
}
