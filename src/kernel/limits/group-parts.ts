import type { CpuAccount, MemoryAccount } from './resource-group.ts';

/** What a group is made of; each part is one controller of one version. */
export interface GroupParts {
  readonly cpu: CpuControl | null;
  readonly memory: MemoryControl | null;
  readonly freezer: FreezerControl | null;
}

export interface CpuControl {
  /** What is in force. Raises the system's error. */
  bandwidth(): Bandwidth;
  /** Raises LIMIT_REFUSED, GROUP_GONE. */
  change(to: Bandwidth): void;
  readonly hasBurst: boolean;
  account(): CpuAccount | null;
  close(): void;
}

/** A quota of CPU time in every period, and how much of an unused quota may be saved. */
export interface Bandwidth {
  readonly quotaUs: number | null;
  readonly periodUs: number;
  readonly burstUs: number;
}

export interface MemoryControl {
  /** What is in force, null for none. Raises the system's error. */
  limitBytes(): number | null;
  /** Raises LIMIT_REFUSED, GROUP_GONE. For a limit that is not lower, or that is known to fit. */
  setLimit(bytes: number | null): Promise<void>;
  /**
   * One step down, from the usage as it was just read: evicts and sets the limit. False where the usage would not go
   * below it; the limit is as it was then. Raises LIMIT_REFUSED, GROUP_GONE.
   */
  stepDown(toBytes: number, usageBytes: number): Promise<boolean>;
  /** How much may be on swap: what is in force, null where that is left to the host. Raises the system's error. */
  swapBytes(): number | null;
  /** Costs the kernel microseconds. Raises LIMIT_REFUSED, GROUP_GONE. */
  setSwap(bytes: number | null): void;
  /** As far as it goes. Raises LIMIT_REFUSED, GROUP_GONE. */
  reclaim(): Promise<void>;
  /** Bytes that can certainly neither be evicted nor go to swap. */
  heldBytes(account: MemoryAccount): number;
  account(): MemoryAccount | null;
  close(): void;
}

export interface FreezerControl {
  /** Asks for it; it takes a while. Raises LIMIT_REFUSED, GROUP_GONE. */
  ask(frozen: boolean): void;
  isFrozen(): boolean;
}

/** A page, in bytes: the kernel keeps limits in whole pages. */
export function wholePages(bytes: number, pageBytes: number): number {
  return Math.floor(bytes / pageBytes) * pageBytes;
}
