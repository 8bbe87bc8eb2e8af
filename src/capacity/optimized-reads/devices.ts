/** What is known, or assumed, of the devices that pages come from. */

/** Of the kernel: what it evicts, counts and brings back from swap. */
export const PAGE_BYTES = 4096;
/** A block of PostgreSQL, which it reads at once, is so many of them. */
export const PAGES_PER_BLOCK = 2;
/** A page of local NVMe that serves reads and as many writes: assumed where nobody measured it. */
export const LOCAL_READ_SECONDS = 150e-6;
/**
 * CPU of the kernel for a page that comes back from swap, and for the one that goes there in its stead: 50 to 60 us by
 * `npm run bench -- optimized-reads`.
 */
export const TIER_HIT_CPU_SECONDS = 50e-6;
/** Memory holds at least one in so many parts of what the tier holds: Aurora's is up to five times its memory. */
export const MOST_TIER_TO_MEMORY = 5;

/**
 * How long a read waits before its turn at a storage that serves so many a second, one after the other, each after the same
 * time: M/D/1. Infinite from the limit on.
 */
export function turnSeconds(readsPerSecond: number, iopsLimit: number | null): number {
  if (iopsLimit === null) return 0;
  const used = readsPerSecond / iopsLimit;
  return used >= 1 ? Number.POSITIVE_INFINITY : used / (2 * iopsLimit * (1 - used));
}
