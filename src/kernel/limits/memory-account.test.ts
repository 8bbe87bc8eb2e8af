import { expect, it } from 'vitest';
import { FakeFiles } from './fake-files-fixture.ts';
import { MemoryV1 } from './memory-v1.ts';
import { MemoryV2 } from './memory-v2.ts';

const PAGE_BYTES = 65_536;

function meminfo(swapFreeKib: number): string {
  return `MemTotal: 9000 kB\nSwapTotal:  ${1_000 + swapFreeKib} kB\nSwapFree:   ${swapFreeKib} kB\n`;
}

it('v1: the sums over the group and those below it', () => {
  const stat = [
    'cache 1',
    'rss 2',
    'shmem 3',
    'workingset_refault_file 4',
    'total_cache 900',
    'total_rss 200',
    'total_shmem 300',
    'total_workingset_refault_anon 7',
    'total_workingset_refault_file 5',
    'total_swap 400',
    'total_swapcached 50',
  ];
  const files = new FakeFiles()
    .put('/g/memory.usage_in_bytes', '1200\n')
    .put('/g/memory.stat', `${stat.join('\n')}\n`)
    .put('/g/memory.kmem.usage_in_bytes', '100\n')
    .put('/g/memory.limit_in_bytes', '2000\n')
    .put('/g/memory.memsw.limit_in_bytes', '2500\n')
    .put('/proc/meminfo', meminfo(1))
    .put('/g/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 6\n');
  expect(new MemoryV1(files, '/g', PAGE_BYTES).account()).toEqual({
    usageBytes: 1200,
    anonBytes: 200,
    shmemBytes: 300,
    fileBytes: 600,
    kernelBytes: 100,
    refaultedBytes: 5 * PAGE_BYTES,
    swapBytes: 400,
    swapRoomBytes: 100,
    swappedInBytes: 7 * PAGE_BYTES,
    oomKills: 6,
    stalledUs: null,
  });
});

const V2_STAT = [
  'anon 200',
  'file 900',
  'kernel 150',
  'kernel_stack 10',
  'pagetables 20',
  'percpu 5',
  'sock 7',
  'shmem 300',
  'slab_reclaimable 60',
  'slab_unreclaimable 40',
  'workingset_refault_anon 9',
  'workingset_refault_file 5',
];

function v2(stat: readonly string[]): MemoryV2 {
  const files = new FakeFiles()
    .put('/g/memory.current', '1250\n')
    .put('/g/memory.swap.current', '400\n')
    .put('/g/memory.swap.max', '5000\n')
    .put('/proc/meminfo', meminfo(4))
    .put('/g/memory.stat', `${stat.join('\n')}\n`)
    .put('/g/memory.events', 'low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\noom_group_kill 0\n')
    .put('/g/memory.pressure', 'some avg10=0.00 avg60=0.00 avg300=0.00 total=77\nfull avg10=0.00 total=7\n');
  return new MemoryV2(files, '/g', PAGE_BYTES);
}

it('v2: what the kernel could give back is not counted as its own', () => {
  expect(v2(V2_STAT).account()).toEqual({
    usageBytes: 1250,
    anonBytes: 200,
    shmemBytes: 300,
    fileBytes: 600,
    kernelBytes: 150 - 60 + 7,
    refaultedBytes: 5 * PAGE_BYTES,
    swapBytes: 400,
    swapRoomBytes: 4096,
    swappedInBytes: 9 * PAGE_BYTES,
    oomKills: 1,
    stalledUs: 77,
  });
});

it('v2 before Linux 5.18: the same from its parts', () => {
  const account = v2(V2_STAT.filter((line) => !line.startsWith('kernel '))).account();
  expect(account?.kernelBytes).toBe(10 + 20 + 5 + 7 + 40);
});

it('is null where the group is gone, of either version', () => {
  const files = new FakeFiles();
  expect(new MemoryV1(files, '/g', PAGE_BYTES).account()).toBeNull();
  expect(new MemoryV2(files, '/g', PAGE_BYTES).account()).toBeNull();
});
