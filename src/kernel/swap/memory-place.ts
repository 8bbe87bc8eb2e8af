import { basename, dirname, join } from 'node:path';
import type { ControlFiles } from '../limits/control-files.ts';
import { parseCgroupMounts, parseOwnGroup } from '../limits/mounts.ts';
import { readText } from '../process-reader.ts';

/** Where the memory of groups is accounted. */
export interface MemoryPlace {
  readonly version: 1 | 2;
  /** The hierarchy. */
  readonly top: string;
  /** Airglow's folder in it; may not be there yet. */
  readonly own: string;
}

/** Where the memory controller is on this host; null where there is none. `rootName` as of `openLimits`. */
export function findMemoryPlace(files: ControlFiles, rootName = 'airglow'): MemoryPlace | null {
  const mounts = parseCgroupMounts(readText('/proc/mounts') ?? '');
  const v1 = mounts.find(({ controllers }) => controllers.includes('memory'));
  if (v1 !== undefined) return { version: 1, top: v1.path, own: join(v1.path, rootName) };
  const v2 = mounts.find(({ version }) => version === 2);
  if (v2 === undefined) return null;
  const group = parseOwnGroup(readText('/proc/self/cgroup') ?? '', v2.path);
  return { version: 2, top: v2.path, own: findOwnV2(files, v2.path, group, rootName) };
}

/** It is below the top, or below our own group where that was delegated to us and we moved to a leaf of it. */
function findOwnV2(files: ControlFiles, top: string, group: string | null, rootName: string): string {
  const bases = group === null ? [top] : [top, group, dirname(group)];
  const places = bases.map((base) => join(base, rootName)).filter((path) => basename(path) === rootName);
  return places.find((path) => files.exists(join(path, 'memory.current'))) ?? join(top, rootName);
}

/** Whether the kernel tells and limits how much of a group is on swap. */
export function countsSwap(files: ControlFiles, { version, top, own }: MemoryPlace): boolean {
  return version === 1
    ? files.exists(join(top, 'memory.memsw.limit_in_bytes'))
    : files.exists(join(own, 'memory.swap.max'));
}
