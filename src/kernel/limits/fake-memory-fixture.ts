import { FakeFiles, systemError } from './fake-files-fixture.ts';
import type { MemoryControl } from './group-parts.ts';
import { MemoryV1 } from './memory-v1.ts';
import { MemoryV2 } from './memory-v2.ts';

export const MIB = 1024 ** 2;
export const PAGE_BYTES = 4096;

/** Memory of a group and a kernel that evicts what may be evicted; faults are made by changing it on the way. */
export interface FakeMemory {
  anonBytes: number;
  cacheBytes: number;
  /** Page cache that must be written before it can be dropped. */
  dirtyBytes: number;
  /** Cache that is read in with each look at the usage. */
  refillBytes: number;
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
    oomKills: 0,
    lethalWrites: 0,
    files,
    // Made below, since its readers look at the files.
    control: null as unknown as MemoryControl,
  };
  const usage = (): number => memory.anonBytes + memory.cacheBytes;
  const evict = (bytes: number): number => {
    const evicted = Math.min(Math.max(0, bytes), memory.cacheBytes - memory.dirtyBytes);
    memory.cacheBytes -= evicted;
    return evicted;
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
  if (options.version === 1) takeV1(memory, usage, evict);
  else takeV2(memory, usage, evict, options.reclaim ?? 'options');
  show(memory, usage());
  const Control = options.version === 1 ? MemoryV1 : MemoryV2;
  return Object.assign(memory, { control: new Control(files, '/g', PAGE_BYTES) });
}

function takeV1({ files }: FakeMemory, usage: () => number, evict: (bytes: number) => number): void {
  files.put('/g/memory.limit_in_bytes', '9223372036854771712');
  files.onWrite('/g/memory.limit_in_bytes', (text, path) => {
    if (text !== '-1') evict(usage() - Number(text));
    if (text !== '-1' && usage() > Number(text)) throw systemError('EBUSY', path);
    files.put(path, text === '-1' ? '9223372036854771712\n' : `${text}\n`);
  });
}

function takeV2(
  memory: FakeMemory,
  usage: () => number,
  evict: (bytes: number) => number,
  reclaim: 'none' | 'plain' | 'options',
): void {
  const { files } = memory;
  files.put('/g/memory.max', 'max\n');
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

function showV1({ files, anonBytes, cacheBytes, oomKills }: FakeMemory, usageBytes: number): void {
  files
    .put('/g/memory.usage_in_bytes', `${usageBytes}\n`)
    .put('/g/memory.stat', `cache 1\ntotal_cache ${cacheBytes}\ntotal_rss ${anonBytes}\ntotal_shmem 0\n`)
    .put('/g/memory.kmem.usage_in_bytes', '0\n')
    .put('/g/memory.oom_control', `oom_kill_disable 0\nunder_oom 0\noom_kill ${oomKills}\n`);
}

function showV2(
  { files, anonBytes, cacheBytes, dirtyBytes, oomKills }: FakeMemory,
  usageBytes: number,
): void {
  const stat = [
    `anon ${anonBytes}`,
    `file ${cacheBytes}`,
    'kernel 0',
    'shmem 0',
    `file_dirty ${dirtyBytes}`,
    'file_writeback 0',
    `inactive_file ${cacheBytes}`,
    'active_file 0',
  ];
  files
    .put('/g/memory.current', `${usageBytes}\n`)
    .put('/g/memory.stat', `${stat.join('\n')}\n`)
    .put('/g/memory.events', `oom 0\noom_kill ${oomKills}\n`);
}
