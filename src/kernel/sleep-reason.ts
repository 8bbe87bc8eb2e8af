import { performance } from 'node:perf_hooks';
import { readText } from './process-reader.ts';
import type { ProcessReader } from './process-reader.ts';

/**
 * Kernel functions that a process is in while a page comes back from swap, of Linux 4.19 to 6.18. What it waits for inside
 * of them may also be room in memory for that page, which others have to be written out for.
 */
const SWAPPING_IN =
  /\] (?:do_swap_page|shmem_swapin\w*|shmem_swap_alloc_folio|swapin_\w+|swap_(?:cluster|vma)_readahead|swap_read\w+|(?:__)?read_swap_cache_async|swap_cache_alloc_folio)[+.\s]/;
/** Waiting for a page of shared memory can only mean that it is on its way from swap, or to it. */
const WAITING_FOR_SHARED_PAGE =
  /\] (?:folio_wait_bit|__folio_lock|wait_on_page_bit|__lock_page)[^\n]*\n[^\n]*\] shmem_(?:get_folio|getpage)/;

/**
 * Whether a process that sleeps uninterruptibly (state D) sleeps for a page that comes back from swap, and not for ordinary
 * storage. Null where the kernel does not tell: the process is gone, we are not root, or stacks are not kept.
 */
export function sleepsForSwap(pid: number): boolean | null {
  const stack = stackOf(pid);
  return stack === null ? null : isSwappingIn(stack);
}

/** A process at a moment of our choosing. */
export interface SleepLook {
  /** The letter; null where the process is gone. */
  readonly state: string | null;
  /** It slept then for a page that comes back from swap. */
  readonly isForSwap: boolean;
}

/** What {@link lookForSwap} asks; for tests. */
export interface SleepSources {
  readonly reader: Pick<ProcessReader, 'stateAndFaults'>;
  readonly readStack?: (pid: number) => string | null;
  readonly now?: () => number;
}

/** After so long the process may have done more than to end its sleep. */
const MOST_LOOK_MS = 0.5;

/**
 * Looks at a process whose memory is partly on swap. A page from a fast disk is there in some 30 µs, before anybody has
 * read for what the process sleeps: then it runs again, with one more fault behind it that had to wait.
 */
export function lookForSwap(
  pid: number,
  { reader, readStack = stackOf, now = nowMs }: SleepSources,
): SleepLook {
  const beganAtMs = now();
  const before = reader.stateAndFaults(pid);
  const state = before?.state ?? null;
  if (before === null || state !== 'D') return { state, isForSwap: false };
  const stack = readStack(pid);
  if (stack === null) return { state, isForSwap: false };
  // One that sleeps still, or again, tells for what.
  if (stack.trim() !== '') return { state, isForSwap: isSwappingIn(stack) };
  const after = reader.stateAndFaults(pid);
  const hasFaulted = after !== null && after.majorFaults > before.majorFaults;
  return { state, isForSwap: hasFaulted && now() - beganAtMs < MOST_LOOK_MS };
}

function stackOf(pid: number): string | null {
  return readText(`/proc/${pid}/stack`);
}

function nowMs(): number {
  return performance.now();
}

/** From the text of /proc/PID/stack: one function a line, innermost first; empty for a process that runs. */
export function isSwappingIn(stack: string): boolean {
  return SWAPPING_IN.test(stack) || WAITING_FOR_SHARED_PAGE.test(stack);
}
