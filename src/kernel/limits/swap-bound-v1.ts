import { dirname, join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { errorCode, noSwapAccount, refusal } from './refusal.ts';

/** "No limit" is the largest number of pages; nobody has that much memory. */
const UNLIMITED_BYTES = 2 ** 62;
/** As ready to swap out as to drop page cache. */
const WITH_TIER = '100';
/** Page cache goes first, swap is for what it is not enough for. Not 0, which would say that nothing may go to swap. */
const CACHE_FIRST = '1';
/** The kernel evicts page cache where memory and swap are more than they may be; so far it stays away from that. */
const SLACK_BYTES = 4 * 1024 ** 2;

/**
 * How much of a v1 group may be on swap. The kernel bounds memory and swap together (memsw), so that bound follows the
 * memory limit; and it swaps nothing of a group with a swappiness of 0 unless the whole host is in need.
 */
export class SwapBoundV1 {
  /** Without it only the swappiness can be set. */
  readonly isCounted: boolean;
  readonly #files: ControlFiles;
  readonly #limit: string;
  readonly #together: string;
  readonly #togetherUsed: string;
  readonly #swappiness: string;
  readonly #parentSwappiness: string;
  #bytes: number | null = null;
  #isLeftToHost = false;
  /** What memory and swap are bound to by us; undefined before we wrote it. */
  #written: number | null | undefined;
  /** More than the bound is on swap: what has come back since is to be taken away. */
  #isLoose = false;

  constructor(files: ControlFiles, folder: string) {
    this.#files = files;
    this.#limit = join(folder, 'memory.limit_in_bytes');
    this.#together = join(folder, 'memory.memsw.limit_in_bytes');
    this.#togetherUsed = join(folder, 'memory.memsw.usage_in_bytes');
    this.#swappiness = join(folder, 'memory.swappiness');
    this.#parentSwappiness = join(dirname(folder), 'memory.swappiness');
    this.isCounted = files.exists(this.#together);
    this.#bytes = files.exists(this.#limit) ? this.inForce() : null;
  }

  /** As it was last set or found, without looking. */
  get bytes(): number | null {
    return this.#bytes;
  }

  /** What the files say. Raises the system's error. */
  inForce(): number | null {
    const swappiness = this.#swappinessNow();
    // Left to a host that keeps everybody out of swap.
    if (swappiness === '0') return this.#isLeftToHost && this.#host() === '0' ? null : 0;
    if (!this.isCounted) return null;
    const together = this.#read(this.#together);
    // More than the bound for as long as more is on swap, and none at all without a memory limit.
    if (together === this.#written) return this.#bytes === 0 ? null : this.#bytes;
    return together === null ? null : Math.max(0, together - (this.#read(this.#limit) ?? together));
  }

  /** Raises LIMIT_REFUSED, GROUP_GONE. */
  set(bytes: number | null): void {
    if (bytes !== null && bytes > 0 && !this.isCounted) throw noSwapAccount(this.#together);
    this.#bytes = bytes;
    this.#isLeftToHost = bytes === null;
    this.#writeSwappiness(bytes);
    if (bytes !== null) this.follow();
    else if (this.isCounted) this.#write(null);
  }

  /** Whatever the kernel evicts meanwhile is page cache, as long as there is any. Raises what `work` does. */
  async cacheFirst<T>(work: () => Promise<T>): Promise<T> {
    const isEager = this.#swappinessNow() === WITH_TIER;
    if (isEager) this.#files.writeNow(this.#swappiness, CACHE_FIRST);
    try {
      return await work();
    } finally {
      if (isEager && this.#swappinessNow() === CACHE_FIRST) this.#writeSwappiness(this.#bytes);
    }
  }

  /** To be called before the memory limit is raised: memory and swap together may not be less than memory alone. */
  lead(limitBytes: number | null): void {
    if (!this.isCounted) return;
    // A bound that somebody else set is kept, too.
    this.#bytes ??= this.inForce();
    const [before, wanted] = [this.#read(this.#together), this.#sum(limitBytes)];
    if (before !== null && (wanted === null || wanted > before)) this.#write(wanted);
  }

  /** To be called after the memory limit was changed. */
  follow(): void {
    if (!this.isCounted || this.#bytes === null) return;
    const wanted = this.#sum(this.#read(this.#limit));
    const used = wanted === null ? 0 : Number(this.#files.read(this.#togetherUsed));
    this.#isLoose = wanted !== null && used > wanted;
    this.#write(this.#isLoose ? used + SLACK_BYTES : wanted);
  }

  /** Sees to it that what has come back from beyond the bound does not leave again. Cheap. */
  tighten(usageBytes: number, swapBytes: number): void {
    if (!this.#isLoose || swapBytes > (this.#bytes ?? 0)) return;
    const wanted = this.#sum(this.#read(this.#limit));
    if (wanted === null || usageBytes + swapBytes <= wanted) this.follow();
  }

  /** Where nothing is to go to swap the swappiness sees to it; what is there now needs room to come back. */
  #sum(limitBytes: number | null): number | null {
    return limitBytes === null || !this.#bytes ? null : limitBytes + this.#bytes;
  }

  #write(bytes: number | null): void {
    this.#written = bytes;
    if (this.#read(this.#together) === bytes) return;
    const text = String(bytes ?? -1);
    try {
      this.#files.writeNow(this.#together, text);
    } catch (error) {
      if (!['EBUSY', 'EINTR'].includes(errorCode(error)))
        throw refusal(this.#files, this.#together, text, error);
      // More was taken meanwhile, or a signal came: the next look sees to it.
      this.#isLoose = true;
      this.#written = this.#read(this.#together);
    }
  }

  #writeSwappiness(bytes: number | null): void {
    const before = this.#swappinessNow();
    const text = bytes === null ? this.#host() : bytes === 0 ? '0' : WITH_TIER;
    if (before === null || text === null || text === before) return;
    try {
      this.#files.writeNow(this.#swappiness, text);
    } catch (error) {
      throw refusal(this.#files, this.#swappiness, text, error);
    }
  }

  /** Null where this kernel has none. */
  #swappinessNow(): string | null {
    return this.#text(this.#swappiness);
  }

  #host(): string | null {
    return this.#text(this.#parentSwappiness);
  }

  #text(path: string): string | null {
    return this.#files.exists(path) ? this.#files.read(path).trim() : null;
  }

  #read(path: string): number | null {
    return bounded(Number(this.#files.read(path)));
  }
}

/** Null where it is no limit. */
export function bounded(bytes: number): number | null {
  return bytes >= UNLIMITED_BYTES ? null : bytes;
}
