import { join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { CpuV1 } from './cpu-v1.ts';
import { freezerV1 } from './freezers.ts';
import { KernelGroup } from './kernel-group.ts';
import type { GroupPlace } from './kernel-group.ts';
import { MemoryV1 } from './memory-v1.ts';

/** A v1 hierarchy that we may build in. */
export interface HierarchyV1 {
  /** The mount itself. */
  readonly path: string;
  /** The folder of all groups in it. */
  readonly root: string;
  readonly controllers: readonly string[];
}

/**
 * A group in hierarchies that are mounted apart or together. Only those of CPU have a limited and an exempt part; in
 * the others all processes are in the group itself.
 */
export async function openGroupV1(
  files: ControlFiles,
  hierarchies: readonly HierarchyV1[],
  name: string,
  pageBytes: number,
): Promise<KernelGroup> {
  // Those with the two parts come first: the first one tells who is limited.
  const ordered = hierarchies.toSorted((a, b) => Number(isOfCpu(b)) - Number(isOfCpu(a)));
  const part = (hierarchy: HierarchyV1, child: string): string =>
    isOfCpu(hierarchy) ? join(hierarchy.root, name, child) : join(hierarchy.root, name);
  const place: GroupPlace = {
    name,
    limited: ordered.map((hierarchy) => part(hierarchy, 'db')),
    exempt: ordered.map((hierarchy) => part(hierarchy, 'exempt')),
    tops: ordered.map((hierarchy) => ({ folder: join(hierarchy.root, name), home: hierarchy.path })),
  };
  for (const { root } of ordered) await files.makeFolder(root);
  for (const { folder } of place.tops) {
    await files.makeFolder(folder);
    await countWithChildren(files, folder);
  }
  for (const folder of [...place.limited, ...place.exempt]) await files.makeFolder(folder);

  const folderOf = (controller: string, child?: string): string | null => {
    const hierarchy = ordered.find(({ controllers }) => controllers.includes(controller));
    if (hierarchy === undefined) return null;
    return child === undefined ? join(hierarchy.root, name) : part(hierarchy, child);
  };
  const cpu = folderOf('cpu', 'db');
  const account = folderOf('cpuacct', 'db');
  const memory = folderOf('memory');
  const freezer = folderOf('freezer');
  const parts = {
    cpu: cpu === null || account === null ? null : new CpuV1(files, cpu, account),
    memory: memory === null ? null : new MemoryV1(files, memory, pageBytes),
    freezer: freezer === null ? null : freezerV1(files, freezer),
  };
  return new KernelGroup(place, parts, files, pageBytes);
}

function isOfCpu({ controllers }: HierarchyV1): boolean {
  return controllers.includes('cpu') || controllers.includes('cpuacct');
}

/** Before Linux 5.11 the memory of children counts only where somebody asks for it, while there are none. */
async function countWithChildren(files: ControlFiles, folder: string): Promise<void> {
  const path = join(folder, 'memory.use_hierarchy');
  if (!files.exists(path) || files.read(path).trim() === '1') return;
  await files.write(path, '1');
}
