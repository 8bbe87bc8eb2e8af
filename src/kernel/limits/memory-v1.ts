import { join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';
import { statNumber } from './control-stat.ts';
import type { MemoryControl } from './group-parts.ts';
import { fitsWithoutSwap, heldBytes } from './memory-held.ts';
import { errorCode, refusal } from './refusal.ts';
import type { MemoryAccount } from './resource-group.ts';
import { bounded, SwapBoundV1 } from './swap-bound-v1.ts';
import { SwapRoom } from './swap-room.ts';

/**
 * Memory of a v1 group. The kernel itself evicts when the limit is lowered, and refuses (EBUSY) instead of killing, so
 * an attempt is harmless.
 */
export class MemoryV1 implements MemoryControl {
  readonly #files: ControlFiles;
  readonly #pageBytes: number;
  readonly #limit: string;
  readonly #forceEmpty: string;
  readonly #usage: ControlReader;
  readonly #stat: ControlReader;
  readonly #kernel: ControlReader | null;
  readonly #oom: ControlReader;
  readonly #swap: SwapBoundV1;
  readonly #swapRoom: SwapRoom;

  constructor(files: ControlFiles, folder: string, pageBytes: number) {
    this.#files = files;
    this.#pageBytes = pageBytes;
    this.#limit = join(folder, 'memory.limit_in_bytes');
    this.#forceEmpty = join(folder, 'memory.force_empty');
    this.#usage = files.reader(join(folder, 'memory.usage_in_bytes'));
    this.#stat = files.reader(join(folder, 'memory.stat'));
    const kernel = join(folder, 'memory.kmem.usage_in_bytes');
    this.#kernel = files.exists(kernel) ? files.reader(kernel) : null;
    this.#oom = files.reader(join(folder, 'memory.oom_control'));
    this.#swap = new SwapBoundV1(files, folder);
    this.#swapRoom = new SwapRoom(files);
  }

  limitBytes(): number | null {
    return bounded(Number(this.#files.read(this.#limit)));
  }

  async setLimit(bytes: number | null): Promise<void> {
    const text = String(bytes ?? -1);
    try {
      this.#swap.lead(bytes);
      await this.#files.write(this.#limit, text);
      this.#swap.follow();
    } catch (error) {
      throw refusal(this.#files, this.#limit, text, error);
    }
  }

  async stepDown(toBytes: number, usageBytes: number): Promise<boolean> {
    const write = (): Promise<void> => this.#files.write(this.#limit, String(toBytes));
    try {
      if (this.#hasCacheFor(toBytes, usageBytes)) await this.#swap.cacheFirst(write);
      else await write();
      this.#swap.follow();
      return true;
    } catch (error) {
      if (['EBUSY', 'EINTR'].includes(errorCode(error))) return false;
      throw refusal(this.#files, this.#limit, String(toBytes), error);
    }
  }

  swapBytes(): number | null {
    return this.#swap.inForce();
  }

  setSwap(bytes: number | null): void {
    try {
      this.#swap.set(bytes);
    } catch (error) {
      throw refusal(this.#files, this.#limit, `${String(bytes)} bytes of swap`, error);
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
    return heldBytes({ ...account, kernelBytes: 0 });
  }

  account(): MemoryAccount | null {
    const usage = this.#usage.read();
    const stat = this.#stat.read();
    if (usage === null || stat === null) return null;
    const sum = (key: string): number => statNumber(stat, `total_${key}`) ?? 0;
    const usageBytes = Number(usage);
    const shmemBytes = sum('shmem');
    const swapBytes = sum('swap');
    this.#tightenSwap(usageBytes, swapBytes);
    return {
      usageBytes,
      anonBytes: sum('rss'),
      shmemBytes,
      fileBytes: Math.max(0, sum('cache') - shmemBytes),
      // What could be given back of it is in there, too: v1 does not tell the one from the other.
      kernelBytes: Number(this.#kernel?.read() ?? 0),
      refaultedBytes: sum('workingset_refault_file') * this.#pageBytes,
      swapBytes,
      swapRoomBytes: this.#swapRoom.bytes(this.#swap.bytes, swapBytes),
      swappedInBytes: sum('workingset_refault_anon') * this.#pageBytes,
      oomKills: statNumber(this.#oom.read() ?? '', 'oom_kill') ?? 0,
      stalledUs: null,
    };
  }

  close(): void {
    for (const reader of [this.#usage, this.#stat, this.#kernel, this.#oom]) reader?.close();
    this.#swapRoom.close();
  }

  /** Whether page cache is enough, or there is more of it than what is being used at this moment may be. */
  #hasCacheFor(toBytes: number, usageBytes: number): boolean {
    const excess = usageBytes - toBytes;
    const account = excess > 0 ? this.account() : null;
    if (account === null) return false;
    return fitsWithoutSwap(account, toBytes) || account.fileBytes > 2 * excess;
  }

  #tightenSwap(usageBytes: number, swapBytes: number): void {
    try {
      this.#swap.tighten(usageBytes, swapBytes);
    } catch {
      // A group that is on its way out; the next look tells.
    }
  }
}
