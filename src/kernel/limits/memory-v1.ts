import { join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';
import { statNumber } from './control-stat.ts';
import type { MemoryControl } from './group-parts.ts';
import { errorCode, refusal } from './refusal.ts';
import type { MemoryAccount } from './resource-group.ts';

/** "No limit" is the largest number of pages; nobody has that much memory. */
const UNLIMITED_BYTES = 2 ** 62;

/**
 * Memory of a v1 group. The kernel itself evicts when the limit is lowered, and refuses (EBUSY) instead of killing, so
 * an attempt is harmless.
 */
export class MemoryV1 implements MemoryControl {
  readonly #files: ControlFiles;
  readonly #pageBytes: number;
  readonly #limit: string;
  readonly #limitWithSwap: string;
  readonly #forceEmpty: string;
  readonly #usage: ControlReader;
  readonly #stat: ControlReader;
  readonly #kernel: ControlReader | null;
  readonly #oom: ControlReader;

  constructor(files: ControlFiles, folder: string, pageBytes: number) {
    this.#files = files;
    this.#pageBytes = pageBytes;
    this.#limit = join(folder, 'memory.limit_in_bytes');
    this.#limitWithSwap = join(folder, 'memory.memsw.limit_in_bytes');
    this.#forceEmpty = join(folder, 'memory.force_empty');
    this.#usage = files.reader(join(folder, 'memory.usage_in_bytes'));
    this.#stat = files.reader(join(folder, 'memory.stat'));
    const kernel = join(folder, 'memory.kmem.usage_in_bytes');
    this.#kernel = files.exists(kernel) ? files.reader(kernel) : null;
    this.#oom = files.reader(join(folder, 'memory.oom_control'));
  }

  limitBytes(): number | null {
    return bounded(Number(this.#files.read(this.#limit)));
  }

  async setLimit(bytes: number | null): Promise<void> {
    const text = String(bytes ?? -1);
    try {
      if (!(await this.#raisesSwapFirst(bytes))) await this.#files.write(this.#limit, text);
    } catch (error) {
      throw refusal(this.#files, this.#limit, text, error);
    }
  }

  async stepDown(toBytes: number): Promise<boolean> {
    try {
      await this.#files.write(this.#limit, String(toBytes));
      return true;
    } catch (error) {
      if (['EBUSY', 'EINTR'].includes(errorCode(error))) return false;
      throw refusal(this.#files, this.#limit, String(toBytes), error);
    }
  }

  async reclaim(): Promise<void> {
    try {
      await this.#files.write(this.#forceEmpty, '1');
    } catch (error) {
      if (!['EBUSY', 'EINTR'].includes(errorCode(error)))
        throw refusal(this.#files, this.#forceEmpty, '1', error);
    }
  }

  /** The kernel's own part is left out: v1 does not tell how much of it can be given back, and refuses by itself. */
  heldBytes(account: MemoryAccount): number {
    return account.anonBytes + account.shmemBytes;
  }

  account(): MemoryAccount | null {
    const usage = this.#usage.read();
    const stat = this.#stat.read();
    if (usage === null || stat === null) return null;
    const sum = (key: string): number => statNumber(stat, `total_${key}`) ?? 0;
    const shmemBytes = sum('shmem');
    return {
      usageBytes: Number(usage),
      anonBytes: sum('rss'),
      shmemBytes,
      fileBytes: Math.max(0, sum('cache') - shmemBytes),
      // What could be given back of it is in there, too: v1 does not tell the one from the other.
      kernelBytes: Number(this.#kernel?.read() ?? 0),
      refaultedBytes: sum('workingset_refault_file') * this.#pageBytes,
      oomKills: statNumber(this.#oom.read() ?? '', 'oom_kill') ?? 0,
      stalledUs: null,
    };
  }

  close(): void {
    for (const reader of [this.#usage, this.#stat, this.#kernel, this.#oom]) reader?.close();
  }

  /** Memory and swap together may not be less than memory alone; where somebody limited them, the swap is kept. */
  async #raisesSwapFirst(bytes: number | null): Promise<boolean> {
    if (!this.#files.exists(this.#limitWithSwap)) return false;
    const withSwap = bounded(Number(this.#files.read(this.#limitWithSwap)));
    if (withSwap === null || (bytes !== null && bytes <= withSwap)) return false;
    const swapBytes = withSwap - (this.limitBytes() ?? withSwap);
    await this.#files.write(this.#limitWithSwap, String(bytes === null ? -1 : bytes + swapBytes));
    await this.#files.write(this.#limit, String(bytes ?? -1));
    return true;
  }
}

function bounded(bytes: number): number | null {
  return bytes >= UNLIMITED_BYTES ? null : bytes;
}
