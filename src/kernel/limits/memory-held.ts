import type { MemoryAccount } from './resource-group.ts';

type Held = Pick<MemoryAccount, 'anonBytes' | 'shmemBytes' | 'kernelBytes' | 'swapRoomBytes'>;

/** Shared memory that can leave for swap. Private memory could, too; what is being worked with should not. */
export function swappableBytes({ shmemBytes, swapRoomBytes }: Held): number {
  return Math.min(shmemBytes, swapRoomBytes);
}

/** What a process takes meanwhile. */
const SPARE_BYTES = 16 * 1024 ** 2;

/** Whether memory comes down to so much by page cache alone: then nothing has to leave for swap. */
export function fitsWithoutSwap({ anonBytes, shmemBytes, kernelBytes }: Held, bytes: number): boolean {
  return anonBytes + shmemBytes + kernelBytes + SPARE_BYTES <= bytes;
}

/** What cannot be given back: private memory, the kernel's, and shared memory that swap has no room for. */
export function heldBytes(account: Held): number {
  return account.anonBytes + account.kernelBytes + account.shmemBytes - swappableBytes(account);
}
