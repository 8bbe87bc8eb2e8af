import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import type { MemoryControl } from './group-parts.ts';
import { wholePages } from './group-parts.ts';
import { swappableBytes } from './memory-held.ts';

const MIB = 1024 ** 2;
/**
 * The kernel drops some 3 GB of page cache a second and lets nobody stop it on the way; 256 MiB are enough at a time, the
 * headroom that is made beside included. What goes to swap takes as long as the device does, so steps grow and shrink
 * with the time that they take.
 */
const LARGEST_STEP_BYTES = 240 * MIB;
const SMALLEST_STEP_BYTES = 4 * MIB;
/** A database needs some room beside what it holds now. */
const MARGIN_BYTES = 16 * MIB;
const SLOW_STEP_MS = 250;
const FAST_STEP_MS = 60;
/** Steps in a row that came to nothing: pages are being written, or a process just took what was freed. */
const PATIENCE = 8;
/** The same while pages go to swap: a slow device has many of them in its queue. */
const PATIENCE_WITH_SWAP = 60;
/** The usage has to fall by this much below the lowest so far to count as something. */
const PROGRESS_BYTES = MIB;
const PAUSE_MS = 50;

/**
 * Lowers a limit in steps, each of which evicts page cache. Where that is not enough the old limit is set again and
 * MEMORY_IN_USE is raised; the same where `onStep`, which is called before each step, raises something.
 */
export async function lowerMemory(
  memory: MemoryControl,
  targetBytes: number,
  pageBytes: number,
  onStep: () => void = () => {},
): Promise<void> {
  const oldBytes = memory.limitBytes();
  const killsBefore = memory.account()?.oomKills ?? 0;
  try {
    await stepDownTo(memory, targetBytes, pageBytes, onStep);
    const kills = (memory.account()?.oomKills ?? 0) - killsBefore;
    if (kills > 0) throw inUse(targetBytes, `the kernel killed ${kills} processes`);
  } catch (error) {
    // What made it fail is what the caller has to know; a group that is gone has no limit either.
    await memory.setLimit(oldBytes).catch(() => {});
    throw error;
  }
}

async function stepDownTo(
  memory: MemoryControl,
  targetBytes: number,
  pageBytes: number,
  onStep: () => void,
): Promise<void> {
  let stepBytes = LARGEST_STEP_BYTES;
  let lowestBytes = Number.POSITIVE_INFINITY;
  let patience = PATIENCE;
  for (let failures = 0; failures < patience;) {
    onStep();
    const account = memory.account();
    patience = account !== null && swappableBytes(account) > 0 ? PATIENCE_WITH_SWAP : PATIENCE;
    const heldBytes = account === null ? 0 : memory.heldBytes(account);
    if (heldBytes + MARGIN_BYTES > targetBytes) {
      throw inUse(
        targetBytes,
        `${mib(heldBytes)} cannot be evicted, and ${mib(MARGIN_BYTES)} have to stay free`,
      );
    }
    const usageBytes = account?.usageBytes ?? 0;
    if (usageBytes <= lowestBytes - PROGRESS_BYTES) {
      lowestBytes = usageBytes;
      failures = 0;
    }
    const startedAt = performance.now();
    const next = Math.max(targetBytes, wholePages(usageBytes - stepBytes, pageBytes));
    if (await memory.stepDown(next, usageBytes)) {
      if (next === targetBytes) return;
      failures = 0;
      stepBytes = nextStepBytes(stepBytes, performance.now() - startedAt);
    } else {
      failures++;
      stepBytes = Math.max(SMALLEST_STEP_BYTES, stepBytes / 2);
      await sleep(PAUSE_MS);
    }
  }
  const what =
    patience === PATIENCE
      ? 'page cache could not be evicted'
      : 'memory could be neither evicted nor swapped out';
  throw inUse(targetBytes, `${what}: much of it is being used or written`);
}

function nextStepBytes(stepBytes: number, tookMs: number): number {
  if (tookMs > SLOW_STEP_MS) return Math.max(SMALLEST_STEP_BYTES, stepBytes / 2);
  return tookMs < FAST_STEP_MS ? Math.min(LARGEST_STEP_BYTES, stepBytes * 2) : stepBytes;
}

function inUse(targetBytes: number, why: string): AirglowError {
  return new AirglowError(
    'MEMORY_IN_USE',
    `Memory cannot be lowered to ${mib(targetBytes)}: ${why}. The limit stays as it was; try again when less is in use.`,
  );
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
