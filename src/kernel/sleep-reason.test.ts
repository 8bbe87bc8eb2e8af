import { describe, expect, it } from 'vitest';
import { isSwappingIn, sleepsForSwap } from './sleep-reason.ts';

/** As the kernel prints it. */
function stack(...functions: string[]): string {
  return functions.map((one) => `[<0>] ${one}+0x84/0x140\n`).join('');
}

const FAULT = ['__do_fault', 'do_fault', '__handle_mm_fault', 'handle_mm_fault', 'exc_page_fault'];
const RECLAIM = ['shrink_folio_list', 'shrink_node', 'try_to_free_mem_cgroup_pages', 'try_charge_memcg'];

describe('a page that comes back from swap', () => {
  it.each([
    [
      'shared memory',
      stack('__folio_lock', 'shmem_swapin_folio', 'shmem_get_folio_gfp', 'shmem_fault', ...FAULT),
    ],
    [
      'private memory',
      stack('folio_wait_bit_common', '__folio_lock_or_retry', 'do_swap_page', ...FAULT.slice(2)),
    ],
    [
      'the same, where it is inlined',
      stack('folio_wait_bit_common', 'shmem_get_folio_gfp', 'shmem_fault', ...FAULT),
    ],
    ['Linux 5', stack('io_schedule', '__lock_page', 'shmem_getpage_gfp.isra.0', 'shmem_fault', ...FAULT)],
    [
      'a copy of a function',
      stack('blk_io_schedule', 'swap_read_folio.constprop.0', 'read_swap_cache_async'),
    ],
    [
      'room for it first',
      stack(
        'rq_qos_wait',
        'swap_writeout',
        'shmem_writeout',
        ...RECLAIM,
        '__read_swap_cache_async',
        'shmem_fault',
      ),
    ],
  ])('%s', (_, text) => {
    expect(isSwappingIn(text)).toBe(true);
  });
});

describe('anything else', () => {
  it.each([
    ['a read of a file', stack('folio_wait_bit_common', 'filemap_get_pages', 'filemap_read', 'vfs_read')],
    ['a page of a mapped file', stack('folio_wait_bit_common', 'filemap_fault', ...FAULT)],
    ['a file that is synced', stack('folio_wait_bit', 'folio_wait_writeback', 'ext4_sync_file', 'do_fsync')],
    [
      'room for new memory, for which others go to swap',
      stack(
        'rq_qos_wait',
        'swap_writeout',
        'shmem_writeout',
        ...RECLAIM,
        'shmem_alloc_and_add_folio',
        'shmem_get_folio_gfp',
      ),
    ],
    ['a process that runs', ''],
  ])('%s', (_, text) => {
    expect(isSwappingIn(text)).toBe(false);
  });
});

it('is not known of a process that is gone', () => {
  expect(sleepsForSwap(2 ** 22 + 1)).toBeNull();
});
