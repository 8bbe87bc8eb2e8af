import { FakeFiles, systemError } from './fake-files-fixture.ts';
import type { MemoryControl } from './group-parts.ts';
import { MemoryV1 } from './memory-v1.ts';
import { MemoryV2 } from './memory-v2.ts';

export const MIB = 1024 ** 2;
export const PAGE_BYTES = 4096;
const UNLIMITED_V1 = '9223372036854771712\n';

/** Memory of a group and a kernel that evicts what may be evicted; faults are made by changing it on the way. */
export interface FakeMemory {
  anonBytes: number;
  cacheBytes: number;
  /** Page cache that must be written before it can be dropped. */
  dirtyBytes: number;
  /** Cache that is read in with each look at the usage. */
  refillBytes: number;
  shmemBytes: number;
  /** On swap. */
  swapBytes: number;
  /** What the host has left of it. */
  swapFreeBytes: number;
  /** The kernel evicts no more than this at one try. */
  evictableAtOnce: number;
  oomKills: number;
  /** The highest usage of what a v2 limit was ever set below: the kernel kills there. */
  lethalWrites: number;
  readonly files: FakeFiles;
  readonly control: MemoryControl;
}

export interface FakeMemoryOptions {
  readonly version: 1 | 2;
  /** memory.reclaim and its options, of Linux 5.19 and 6.9. */
  readonly reclaim?: 'none' | 'plain' | 'options';
}

export function fakeMemory(options: FakeMemoryOptions): FakeMemory {
  const files = new FakeFiles();
  const memory: FakeMemory = {
    anonBytes: 0,
    cacheBytes: 0,
    dirtyBytes: 0,
    refillBytes: 0,
    shmemBytes: 0,
    swapBytes: 0,
    swapFreeBytes: 0,
    evictableAtOnce: Number.POSITIVE_INFINITY,
    oomKills: 0,
    lethalWrites: 0,
    files,
    // Made below, since its readers look at the files.
    control: null as unknown as MemoryControl,
  };
  const usage = (): number => memory.anonBytes + memory.cacheBytes + memory.shmemBytes;
  const evict = (bytes: number): number => {
    const wanted = Math.min(Math.max(0, bytes), memory.evictableAtOnce);
    const evicted = Math.min(wanted, memory.cacheBytes - memory.dirtyBytes);
    memory.cacheBytes -= evicted;
    return evicted + swapOut(memory, wanted - evicted);
  };
  const show = options.version === 1 ? showV1 : showV2;
  const reader = files.reader.bind(files);
  files.reader = (path) => ({
    read: () => {
      if (/usage_in_bytes|memory\.current/.test(path)) memory.cacheBytes += memory.refillBytes;
      show(memory, usage());
      return reader(path).read();
    },
    close: () => {},
  });
  const read = files.read.bind(files);
  files.read = (path) => {
    show(memory, usage());
    return read(path);
  };
  if (options.version === 1) takeV1(memory, usage, evict);
  else takeV2(memory, usage, evict, options.reclaim ?? 'options');
  show(memory, usage());
  const Control = options.version === 1 ? MemoryV1 : MemoryV2;
  return Object.assign(memory, { control: new Control(files, '/g', PAGE_BYTES) });
}

function swapOut(memory: FakeMemory, bytes: number): number {
  const { files } = memory;
  const isBounded = files.exists('/g/memory.swap.max') && !files.read('/g/memory.swap.max').startsWith('max');
  const bound = isBounded ? Number(files.read('/g/memory.swap.max')) : Number.POSITIVE_INFINITY;
  const isKeptOut = files.exists('/g/memory.swappiness') && Number(files.read('/g/memory.swappiness')) === 0;
  const room = isKeptOut ? 0 : Math.min(memory.swapFreeBytes, bound - memory.swapBytes);
  const swapped = Math.max(0, Math.min(bytes, memory.shmemBytes, room));
  memory.shmemBytes -= swapped;
  memory.swapBytes += swapped;
  memory.swapFreeBytes -= swapped;
  return swapped;
}

function takeV1(memory: FakeMemory, usage: () => number, evict: (bytes: number) => number): void {
  const { files } = memory;
  files.put('/memory.swappiness', '60\n').put('/g/memory.swappiness', '60\n');
  files.put('/g/memory.memsw.limit_in_bytes', UNLIMITED_V1);
  files.onWrite('/g/memory.memsw.limit_in_bytes', (text, path) => {
    const limit = text === '-1' ? Number(UNLIMITED_V1) : Number(text);
    if (limit < Number(files.read('/g/memory.limit_in_bytes'))) throw systemError('EINVAL', path);
    if (usage() + memory.swapBytes > limit) throw systemError('EBUSY', path);
    files.put(path, text === '-1' ? UNLIMITED_V1 : `${text}\n`);
  });
  files.put('/g/memory.limit_in_bytes', UNLIMITED_V1);
  files.onWrite('/g/memory.limit_in_bytes', (text, path) => {
    const limit = text === '-1' ? Number(UNLIMITED_V1) : Number(text);
    if (limit > Number(files.read('/g/memory.memsw.limit_in_bytes'))) throw systemError('EINVAL', path);
    if (text !== '-1') evict(usage() - Number(text));
    if (text !== '-1' && usage() > Number(text)) throw systemError('EBUSY', path);
    files.put(path, text === '-1' ? UNLIMITED_V1 : `${text}\n`);
  });
}

function takeV2(
  memory: FakeMemory,
  usage: () => number,
  evict: (bytes: number) => number,
  reclaim: 'none' | 'plain' | 'options',
): void {
  const { files } = memory;
  files.put('/g/memory.max', 'max\n').put('/g/memory.swap.max', 'max\n');
  files.onWrite('/g/memory.max', (text, path) => {
    files.put(path, `${text}\n`);
    if (text === 'max') return;
    evict(usage() - Number(text));
    if (usage() > Number(text)) {
      memory.lethalWrites++;
      memory.oomKills++;
    }
  });
  if (reclaim === 'none') return;
  files.put('/g/memory.reclaim', '').onWrite('/g/memory.reclaim', (text, path) => {
    const [bytes, option] = text.split(' ');
    if (option !== undefined && reclaim === 'plain') throw systemError('EINVAL', path);
    if (evict(Number(bytes)) < Number(bytes)) throw systemError('EAGAIN', path);
  });
}

function showV1(memory: FakeMemory, usageBytes: number): void {
  const { files, anonBytes, cacheBytes, shmemBytes, swapBytes, oomKills } = memory;
  const stat = [
    'cache 1',
    `total_cache ${cacheBytes + shmemBytes}`,
    `total_rss ${anonBytes}`,
    `total_shmem ${shmemBytes}`,
    `total_swap ${swapBytes}`,
  ];
  showSwap(memory);
  files
    .put('/g/memory.memsw.usage_in_bytes', `${usageBytes + swapBytes}\n`)
    .put('/g/memory.usage_in_bytes', `${usageBytes}\n`)
    .put('/g/memory.stat', `${stat.join('\n')}\n`)
    .put('/g/memory.kmem.usage_in_bytes', '0\n')
    .put('/g/memory.oom_control', `oom_kill_disable 0\nunder_oom 0\noom_kill ${oomKills}\n`);
}

function showSwap({ files, swapBytes, swapFreeBytes }: FakeMemory): void {
  const [total, free] = [swapBytes + swapFreeBytes, swapFreeBytes].map((bytes) => bytes / 1024);
  files.put('/proc/meminfo', `SwapTotal: ${total} kB\nSwapFree: ${free} kB\n`);
}

function showV2(memory: FakeMemory, usageBytes: number): void {
  const { files, anonBytes, cacheBytes, shmemBytes, swapBytes, dirtyBytes, oomKills } = memory;
  showSwap(memory);
  const stat = [
    `anon ${anonBytes}`,
    `file ${cacheBytes + shmemBytes}`,
    'kernel 0',
    `shmem ${shmemBytes}`,
    `file_dirty ${dirtyBytes}`,
    'file_writeback 0',
    `inactive_file ${cacheBytes}`,
    'active_file 0',
  ];
  files
    .put('/g/memory.current', `${usageBytes}\n`)
    .put('/g/memory.swap.current', `${swapBytes}\n`)
    .put('/g/memory.stat', `${stat.join('\n')}\n`)
    .put('/g/memory.events', `oom 0\noom_kill ${oomKills}\n`);
}
