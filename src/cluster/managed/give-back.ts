import { AirglowError } from '../../errors.ts';
import type { ResourceGroup } from '../../kernel/limits/resource-group.ts';

/** Beside what cannot be evicted: the least that a limit can be lowered to. */
const MARGIN_BYTES = 32 * 1024 ** 2;
/** Rounds that gave back less than this come to nothing; after so many of them in a row it is enough. */
const PROGRESS_BYTES = 1024 ** 2;
const PATIENCE = 3;

/** Has the kernel evict page cache, by lowering the limit for a moment. Afterwards it is what `limitBytes` says. */
export async function giveBackCache(group: ResourceGroup, limitBytes: () => number | null): Promise<void> {
  const account = group.memoryAccount();
  if (account === null) return;
  // Nothing is pushed out to swap for this: that is what `giveBackAll` does, later.
  const { anonBytes, shmemBytes, kernelBytes } = account;
  await lowerFor(group, anonBytes + shmemBytes + kernelBytes + MARGIN_BYTES, limitBytes);
}

/** Page cache, and what swap takes of the rest; until it is woken, or nothing more goes. */
export async function giveBackAll(group: ResourceGroup): Promise<void> {
  let leastBytes = Number.POSITIVE_INFINITY;
  for (let inVain = 0; inVain < PATIENCE;) {
    // The kernel ends early when a signal comes, or all that it finds is being written.
    await group.reclaim().catch(ignoreRefusal);
    const usageBytes = group.memoryAccount()?.usageBytes ?? 0;
    if (usageBytes === 0 || !group.isFrozen()) return;
    inVain = usageBytes > leastBytes - PROGRESS_BYTES ? inVain + 1 : 0;
    leastBytes = Math.min(leastBytes, usageBytes);
  }
}

async function lowerFor(group: ResourceGroup, bytes: number, limitBytes: () => number | null): Promise<void> {
  const memoryBytes = limitBytes();
  if (memoryBytes !== null && memoryBytes <= bytes) return;
  try {
    await group.setMemoryBytes(bytes);
    // It may have been woken meanwhile, with another limit.
    await group.setMemoryBytes(limitBytes());
  } catch (error) {
    // Somebody set another limit meanwhile, since it woke; or not all of it could be evicted.
    ignoreRefusal(error);
  }
}

function ignoreRefusal(error: unknown): void {
  if (error instanceof AirglowError) return;
  throw error;
}
