import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';
import { bandwidthFor, cpusOf, isSameBandwidth } from './cpu-bandwidth.ts';
import { freeze, thaw } from './freezers.ts';
import { wholePages } from './group-parts.ts';
import type { Bandwidth, GroupParts } from './group-parts.ts';
import { MemoryLimit } from './memory-limit.ts';
import { dissolve, membersOf, moveOne, moveTree } from './members.ts';
import { groupGone, noSwapAccount, refusal } from './refusal.ts';
import type { CpuAccount, MemoryAccount, ResourceGroup } from './resource-group.ts';

/** Where a group is, in each hierarchy. */
export interface GroupPlace {
  readonly name: string;
  /** One for each hierarchy; the first tells who is in the limited part. */
  readonly limited: readonly string[];
  readonly exempt: readonly string[];
  /** The group's own folders, which hold the others; each with the folder that processes go to when it is removed. */
  readonly tops: readonly { readonly folder: string; readonly home: string }[];
}

/** A group of any version: what is special to one is in its parts. */
export class KernelGroup implements ResourceGroup {
  readonly name: string;
  readonly folders: readonly string[];
  readonly #place: GroupPlace;
  readonly #parts: GroupParts;
  readonly #files: ControlFiles;
  readonly #memoryLimit: MemoryLimit | null;
  readonly #pageBytes: number;

  constructor(place: GroupPlace, parts: GroupParts, files: ControlFiles, pageBytes: number) {
    this.name = place.name;
    const tops = place.tops.map(({ folder }) => folder);
    const below = [...place.limited, ...place.exempt].filter((folder) => !tops.includes(folder));
    this.folders = [...below, ...tops];
    this.#place = place;
    this.#parts = parts;
    this.#files = files;
    this.#pageBytes = pageBytes;
    this.#memoryLimit = parts.memory === null ? null : new MemoryLimit(parts.memory, pageBytes);
  }

  exists(): boolean {
    return this.folders.every((folder) => this.#files.exists(folder));
  }

  async enter(pid: number): Promise<void> {
    this.#mustExist();
    // Where nothing tells the two parts apart nobody is exempt.
    const spared = this.#place.exempt.filter((folder) => !this.#place.limited.includes(folder));
    await moveTree(this.#files, pid, this.#place.limited, spared);
  }

  async exempt(pid: number): Promise<void> {
    this.#mustExist();
    for (const folder of this.#place.exempt) await moveOne(this.#files, pid, folder);
  }

  pids(): number[] {
    return membersOf(this.#files, this.#place.limited[0] ?? '');
  }

  async setCpus(cpus: number | null): Promise<void> {
    this.#mustExist();
    checkAmount(cpus, 'processors');
    const { cpu } = this.#parts;
    if (cpu === null) return;
    const before = this.#read(() => cpu.bandwidth());
    const wanted = bandwidthFor(cpus, cpu.hasBurst);
    // Each write hands out a fresh quota, so none is made in vain.
    if (isSameBandwidth(before, wanted)) return;
    try {
      cpu.change(wanted);
      this.#expectBandwidth(cpu.bandwidth(), wanted);
    } catch (error) {
      this.#restore(before);
      throw this.#explain(error, `${String(cpus)} processors`);
    }
  }

  async setMemoryBytes(bytes: number | null): Promise<void> {
    this.#mustExist();
    checkAmount(bytes, 'bytes');
    const { memory } = this.#parts;
    if (memory === null || this.#memoryLimit === null) return;
    const wanted = await this.#memoryLimit.set(bytes).catch((error: unknown) => {
      throw this.#explain(error, `${String(bytes)} bytes`);
    });
    const after = this.#read(() => memory.limitBytes());
    if (after !== wanted) throw ignored(this.name, `${String(wanted)} bytes`, `${String(after)} bytes`);
  }

  async setSwapBytes(bytes: number | null): Promise<void> {
    this.#mustExist();
    checkSwap(bytes);
    const { memory } = this.#parts;
    if (memory === null) {
      if (bytes) throw noSwapAccount(`memory controller for ${this.name}`);
      return;
    }
    const wanted = bytes === null ? null : wholePages(bytes, this.#pageBytes);
    memory.setSwap(wanted);
    const after = this.#read(() => memory.swapBytes());
    // Where swap is left to the host, it may keep everybody out of it.
    if (wanted && after !== wanted)
      throw ignored(this.name, `${wanted} bytes of swap`, `${String(after)} bytes`);
  }

  async reclaim(): Promise<void> {
    this.#mustExist();
    await this.#parts.memory?.reclaim();
  }

  limits(): { cpus: number | null; memoryBytes: number | null; swapBytes: number | null } {
    this.#mustExist();
    const { cpu, memory } = this.#parts;
    return {
      cpus: cpu === null ? null : cpusOf(this.#read(() => cpu.bandwidth())),
      memoryBytes: memory === null ? null : this.#read(() => memory.limitBytes()),
      swapBytes: memory === null ? null : this.#read(() => memory.swapBytes()),
    };
  }

  cpuAccount(): CpuAccount | null {
    return this.#parts.cpu?.account() ?? null;
  }

  memoryAccount(): MemoryAccount | null {
    return this.#parts.memory?.account() ?? null;
  }

  async freeze(timeoutMs: number): Promise<void> {
    this.#mustExist();
    const { freezer } = this.#parts;
    if (freezer !== null) return freeze(freezer, this.name, timeoutMs);
    throw new AirglowError(
      'FREEZE_FAILED',
      `${this.name} cannot be paused: this host has no freezer of control groups. Mount it, or stop the database.`,
    );
  }

  async thaw(): Promise<void> {
    this.#mustExist();
    if (this.#parts.freezer !== null) await thaw(this.#parts.freezer, this.name);
  }

  isFrozen(): boolean {
    return this.#parts.freezer?.isFrozen() ?? false;
  }

  async remove(): Promise<void> {
    this.#parts.cpu?.close();
    this.#parts.memory?.close();
    // What is frozen can neither end nor go elsewhere.
    if (this.exists() && this.#parts.freezer !== null) await thaw(this.#parts.freezer, this.name);
    for (const { folder, home } of this.#place.tops) await dissolve(this.#files, folder, home);
  }

  #mustExist(): void {
    const missing = this.folders.find((folder) => !this.#files.exists(folder));
    if (missing !== undefined) throw groupGone(`${missing}/cgroup.procs`);
  }

  /** For control files that are there as long as the group is. */
  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#explain(error, 'reading');
    }
  }

  #explain(error: unknown, doing: string): AirglowError {
    const path = (error as NodeJS.ErrnoException).path ?? this.folders[0] ?? '';
    return refusal(this.#files, path, doing, error);
  }

  #expectBandwidth(found: Bandwidth, wanted: Bandwidth): void {
    if (isSameBandwidth(found, wanted)) return;
    throw ignored(this.name, describe(wanted), describe(found));
  }

  #restore(before: Bandwidth): void {
    try {
      this.#parts.cpu?.change(before);
    } catch {
      // What made it fail in the first place is what the caller hears of.
    }
  }
}

function checkAmount(amount: number | null, unit: string): void {
  if (amount === null || (Number.isFinite(amount) && amount > 0)) return;
  throw new AirglowError(
    'LIMIT_REFUSED',
    `${amount} ${unit} is no limit: name a number above zero, or none.`,
  );
}

function checkSwap(bytes: number | null): void {
  if (bytes === null || (Number.isFinite(bytes) && bytes >= 0)) return;
  throw new AirglowError('LIMIT_REFUSED', `${bytes} bytes of swap are no bound: name a number, 0 for none.`);
}

function describe({ quotaUs, periodUs, burstUs }: Bandwidth): string {
  return quotaUs === null ? 'no quota' : `${quotaUs} us (burst ${burstUs} us) every ${periodUs} us`;
}

function ignored(name: string, wanted: string, found: string): AirglowError {
  return new AirglowError(
    'LIMIT_REFUSED',
    `The kernel was told ${wanted} for ${name}, and has ${found}. ` +
      'Another program may be writing the same limits: stop it, and try again.',
  );
}
