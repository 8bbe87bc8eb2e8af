import { join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';
import { isReadable, stalledUs, statNumber } from './control-stat.ts';
import type { MemoryControl } from './group-parts.ts';
import { fitsWithoutSwap, heldBytes } from './memory-held.ts';
import { errorCode, refusal } from './refusal.ts';
import type { MemoryAccount } from './resource-group.ts';
import { SwapBoundV2 } from './swap-bound-v2.ts';
import { SwapRoom } from './swap-room.ts';

/** The usage is brought this far below a new limit before it is set, for what the database takes meanwhile. */
const HEADROOM_BYTES = 4 * 1024 ** 2;
/** Nothing goes to swap. */
const WITHOUT_TIER = 0;
/** As ready to swap out as to drop page cache. */
const WITH_TIER = 100;

/**
 * Memory of a v2 group. Here the kernel kills where a lowered limit cannot be met, so the limit follows only after
 * memory.reclaim, which evicts and never kills, has made room.
 */
export class MemoryV2 implements MemoryControl {
  readonly #files: ControlFiles;
  readonly #pageBytes: number;
  readonly #max: string;
  readonly #reclaim: string;
  readonly #current: ControlReader;
  readonly #stat: ControlReader;
  readonly #events: ControlReader;
  readonly #pressure: ControlReader | null;
  readonly #swapped: ControlReader | null;
  readonly #swap: SwapBoundV2;
  readonly #swapRoom: SwapRoom;
  #hasSwappiness = true;

  constructor(files: ControlFiles, folder: string, pageBytes: number) {
    this.#files = files;
    this.#pageBytes = pageBytes;
    this.#max = join(folder, 'memory.max');
    this.#reclaim = join(folder, 'memory.reclaim');
    this.#current = files.reader(join(folder, 'memory.current'));
    this.#stat = files.reader(join(folder, 'memory.stat'));
    this.#events = files.reader(join(folder, 'memory.events'));
    const pressure = join(folder, 'memory.pressure');
    // Asked once only: to try in vain each time would cost more than all the rest.
    this.#pressure = isReadable(files, pressure) ? files.reader(pressure) : null;
    const swapped = join(folder, 'memory.swap.current');
    this.#swapped = isReadable(files, swapped) ? files.reader(swapped) : null;
    this.#swap = new SwapBoundV2(files, folder);
    this.#swapRoom = new SwapRoom(files);
  }

  limitBytes(): number | null {
    const text = this.#files.read(this.#max).trim();
    return text === 'max' ? null : Number(text);
  }

  async setLimit(bytes: number | null): Promise<void> {
    const text = String(bytes ?? 'max');
    try {
      await this.#files.write(this.#max, text);
    } catch (error) {
      throw refusal(this.#files, this.#max, text, error);
    }
  }

  async stepDown(toBytes: number, usageBytes: number): Promise<boolean> {
    const excess = usageBytes + HEADROOM_BYTES - toBytes;
    if (excess > 0) {
      if (this.#files.exists(this.#reclaim)) await this.#evict(excess, this.#swappinessFor(excess, toBytes));
      // Before Linux 5.19 the limit itself has to evict: never more than half of what can be dropped at once.
      else if (excess > this.#droppableBytes() / 2) return false;
      else return this.setLimit(toBytes).then(() => true);
    }
    if (Number(this.#current.read() ?? 0) > toBytes) return false;
    await this.setLimit(toBytes);
    return true;
  }

  swapBytes(): number | null {
    return this.#swap.inForce();
  }

  setSwap(bytes: number | null): void {
    this.#swap.set(bytes);
  }

  async reclaim(): Promise<void> {
    await this.#evict(Number(this.#current.read() ?? 0), this.#swap.bytes === null ? null : WITH_TIER);
  }

  heldBytes(account: MemoryAccount): number {
    return heldBytes(account);
  }

  account(): MemoryAccount | null {
    const current = this.#current.read();
    const stat = this.#stat.read();
    if (current === null || stat === null) return null;
    const read = (key: string): number => statNumber(stat, key) ?? 0;
    const shmemBytes = read('shmem');
    const swapBytes = Number(this.#swapped?.read() ?? 0);
    return {
      usageBytes: Number(current),
      anonBytes: read('anon'),
      shmemBytes,
      fileBytes: Math.max(0, read('file') - shmemBytes),
      kernelBytes: unreclaimableKernelBytes(stat),
      // Counted in pages, in a file that is otherwise in bytes.
      refaultedBytes: read('workingset_refault_file') * this.#pageBytes,
      swapBytes,
      swapRoomBytes: this.#swapRoom.bytes(this.#swap.bytes, swapBytes),
      swappedInBytes: read('workingset_refault_anon') * this.#pageBytes,
      oomKills: statNumber(this.#events.read() ?? '', 'oom_kill') ?? 0,
      stalledUs: stalledUs(this.#pressure?.read() ?? null),
    };
  }

  close(): void {
    for (const reader of [this.#current, this.#stat, this.#events, this.#pressure, this.#swapped])
      reader?.close();
    this.#swapRoom.close();
  }

  /** Page cache goes first where it is enough, or there is more of it than what is being used at this moment may be. */
  #swappinessFor(excessBytes: number, toBytes: number): number {
    const account = this.#swap.bytes ? this.account() : null;
    if (account === null || fitsWithoutSwap(account, toBytes)) return WITHOUT_TIER;
    return this.#droppableBytes() > 2 * excessBytes ? WITHOUT_TIER : WITH_TIER;
  }

  /** As far as it goes. Null leaves it to the host what goes to swap. */
  async #evict(bytes: number, swappiness: number | null): Promise<void> {
    const hasOption = swappiness !== null && this.#hasSwappiness;
    const text = hasOption ? `${bytes} swappiness=${swappiness}` : `${bytes}`;
    try {
      await this.#files.write(this.#reclaim, text);
    } catch (error) {
      const code = errorCode(error);
      // Less than that could be evicted; the caller looks at what there is now.
      if (code === 'EAGAIN' || code === 'EINTR') return;
      if (code !== 'EINVAL' || !hasOption) throw refusal(this.#files, this.#reclaim, text, error);
      // Before Linux 6.9 there are no options.
      this.#hasSwappiness = false;
      await this.#evict(bytes, swappiness);
    }
  }

  /** Page cache that needs no writing first. */
  #droppableBytes(): number {
    const stat = this.#stat.read() ?? '';
    const read = (key: string): number => statNumber(stat, key) ?? 0;
    return read('active_file') + read('inactive_file') - read('file_dirty') - read('file_writeback');
  }
}

function unreclaimableKernelBytes(stat: string): number {
  const read = (key: string): number => statNumber(stat, key) ?? 0;
  const whole = statNumber(stat, 'kernel');
  if (whole !== null) return Math.max(0, whole - read('slab_reclaimable')) + read('sock');
  // Before Linux 5.18 only the parts are told.
  const parts = ['kernel_stack', 'pagetables', 'percpu', 'slab_unreclaimable', 'sock'];
  return parts.reduce((sum, key) => sum + read(key), 0);
}
