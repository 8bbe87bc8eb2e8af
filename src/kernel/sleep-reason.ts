import { readText } from './process-reader.ts';

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
  const stack = readText(`/proc/${pid}/stack`);
  return stack === null ? null : isSwappingIn(stack);
}

/** From the text of /proc/PID/stack: one function a line, innermost first; empty for a process that runs. */
export function isSwappingIn(stack: string): boolean {
  return SWAPPING_IN.test(stack) || WAITING_FOR_SHARED_PAGE.test(stack);
}
