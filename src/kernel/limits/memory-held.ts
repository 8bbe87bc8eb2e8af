import type { MemoryAccount } from './resource-group.ts';

type Held = Pick<MemoryAccount, 'anonBytes' | 'shmemBytes' | 'kernelBytes' | 'swapRoomBytes'>;

/** Shared memory that can leave for swap. Private memory could, too; what is being worked with should not. */
export function swappableBytes({ shmemBytes, swapRoomBytes }: Held): number {
  return Math.min(shmemBytes, swapRoomBytes);
}

/** What cannot be given back: private memory, the kernel's, and shared memory that swap has no room for. */
export function heldBytes(account: Held): number {
  return account.anonBytes + account.kernelBytes + account.shmemBytes - swappableBytes(account);
}
