import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import type { MemoryControl } from './group-parts.ts';
import { wholePages } from './group-parts.ts';

const MIB = 1024 ** 2;
/**
 * The kernel evicts some 3 GB a second and lets nobody stop it on the way; 256 MiB are enough at a time, the headroom
 * that is made beside included.
 */
const LARGEST_STEP_BYTES = 240 * MIB;
const SMALLEST_STEP_BYTES = 4 * MIB;
/** A database needs some room beside what it holds now. */
const MARGIN_BYTES = 16 * MIB;
/** Steps in a row that came to nothing: pages are being written, or a process just took what was freed. */
const PATIENCE = 8;
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
  for (let failures = 0; failures < PATIENCE;) {
    onStep();
    const account = memory.account();
    const heldBytes = account === null ? 0 : memory.heldBytes(account);
    if (heldBytes + MARGIN_BYTES > targetBytes) {
      throw inUse(
        targetBytes,
        `${mib(heldBytes)} cannot be evicted, and ${mib(MARGIN_BYTES)} have to stay free`,
      );
    }
    const usageBytes = account?.usageBytes ?? 0;
    const next = Math.max(targetBytes, wholePages(usageBytes - stepBytes, pageBytes));
    if (await memory.stepDown(next, usageBytes)) {
      if (next === targetBytes) return;
      failures = 0;
    } else {
      failures++;
      stepBytes = Math.max(SMALLEST_STEP_BYTES, stepBytes / 2);
      await sleep(PAUSE_MS);
    }
  }
  throw inUse(targetBytes, 'page cache could not be evicted: much of it is being used or written');
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
