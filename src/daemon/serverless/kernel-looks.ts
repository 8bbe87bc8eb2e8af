import type { CpuObservation, MemoryObservation } from '../../capacity/model.ts';
import type { ClusterAccounts } from '../../cluster/managed/model.ts';
import { heldBytes, swappableBytes } from '../../kernel/limits/memory-held.ts';
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
    return account === null ? null : observe(account, limitBytes, NOTHING_READ);
  }

  full(limitBytes: number | null, nowMs: number): MemoryObservation | null {
    const account = this.#accounts.memory();
    const last = this.#last;
    this.#last = account === null ? null : { account, atMs: nowMs };
    if (account === null) return null;
    if (last === null || nowMs <= last.atMs) return observe(account, limitBytes, NOTHING_READ);
    const perSecond = (now: number, before: number): number =>
      (Math.max(0, now - before) * 1000) / (nowMs - last.atMs);
    return observe(account, limitBytes, {
      refaultBytesPerSecond: perSecond(account.refaultedBytes, last.account.refaultedBytes),
      tierReadBytesPerSecond: perSecond(account.swappedInBytes, last.account.swappedInBytes),
    });
  }
}

type ReadRates = Pick<MemoryObservation, 'refaultBytesPerSecond' | 'tierReadBytesPerSecond'>;

const NOTHING_READ: ReadRates = { refaultBytesPerSecond: 0, tierReadBytesPerSecond: 0 };

function observe(account: MemoryAccount, limitBytes: number | null, rates: ReadRates): MemoryObservation {
  return {
    unevictableBytes: heldBytes(account),
    cacheBytes: account.fileBytes + swappableBytes(account),
    limitBytes,
    ...rates,
  };
}
