import { describe, expect, it } from 'vitest';
import { isSwappingIn, lookForSwap, sleepsForSwap } from './sleep-reason.ts';

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

describe('a look at a process whose memory is partly on swap', () => {
  const FROM_SWAP = stack('__folio_lock', 'shmem_swapin_folio', 'shmem_get_folio_gfp', 'shmem_fault');
  const FROM_FILE = stack('folio_wait_bit_common', 'filemap_get_pages', 'filemap_read', 'vfs_read');

  /** What it shows: its states with its major faults, one after the other, and its stack between them. */
  function look(shows: readonly [state: string, majorFaults: number][], text: string | null, tookMs = 0.05) {
    const states = shows.map(([state, majorFaults]) => ({ state, majorFaults }));
    const times = [0, tookMs];
    let stacks = 0;
    const seen = lookForSwap(1, {
      reader: { stateAndFaults: () => states.shift() ?? null },
      readStack: () => {
        stacks += 1;
        return text;
      },
      now: () => times.shift() ?? tookMs,
    });
    return { ...seen, stacks };
  }

  it('reads for what it sleeps', () => {
    expect(look([['D', 5]], FROM_SWAP)).toEqual({ state: 'D', isForSwap: true, stacks: 1 });
    expect(look([['D', 5]], FROM_FILE)).toMatchObject({ state: 'D', isForSwap: false });
  });

  it('knows a wait that was over before that by the fault that it leaves', () => {
    const before = ['D', 5] as [string, number];
    expect(look([before, ['R', 6]], '')).toMatchObject({ state: 'D', isForSwap: true });
    // A read of a file leaves none.
    expect(look([before, ['R', 5]], '')).toMatchObject({ state: 'D', isForSwap: false });
    // It sleeps for a file by now: what it slept for before is not known.
    expect(look([before, ['D', 6]], FROM_FILE)).toMatchObject({ isForSwap: false });
    // We were held up, and it went on meanwhile.
    expect(look([before, ['R', 40]], '', 3)).toMatchObject({ isForSwap: false });
    expect(look([before], '')).toMatchObject({ isForSwap: false });
    expect(look([before, ['R', 6]], null)).toMatchObject({ isForSwap: false });
  });

  it('asks nothing more of one that does not sleep so, or is gone', () => {
    expect(
      look(
        [
          ['R', 5],
          ['R', 6],
        ],
        FROM_SWAP,
      ),
    ).toEqual({ state: 'R', isForSwap: false, stacks: 0 });
    expect(look([['S', 5]], FROM_SWAP)).toMatchObject({ state: 'S', stacks: 0 });
    expect(look([], FROM_SWAP)).toEqual({ state: null, isForSwap: false, stacks: 0 });
  });
});
