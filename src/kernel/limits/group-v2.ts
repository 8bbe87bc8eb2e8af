import { join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { CpuV2 } from './cpu-v2.ts';
import { enableController } from './enable-controller.ts';
import { freezerV2 } from './freezers.ts';
import { KernelGroup } from './kernel-group.ts';
import type { GroupPlace } from './kernel-group.ts';
import { MemoryV2 } from './memory-v2.ts';

/** Where v2 groups are built. */
export interface PlaceV2 {
  /** The folder of all groups. */
  readonly root: string;
  /** Where processes go when their group is removed: one without groups below it, or the hierarchy's own root. */
  readonly home: string;
  readonly cpu: boolean;
  readonly memory: boolean;
}

/** Memory limit and freezer hold the group itself, and with it both parts; the CPU limit holds `db`. */
export async function openGroupV2(
  files: ControlFiles,
  where: PlaceV2,
  name: string,
  pageBytes: number,
): Promise<KernelGroup> {
  const top = join(where.root, name);
  const limited = join(top, 'db');
  const exempt = join(top, 'exempt');
  await files.makeFolder(where.root);
  if (where.cpu) await enableController(files, where.root, 'cpu');
  if (where.memory) await enableController(files, where.root, 'memory');
  await files.makeFolder(top);
  // Memory is not told apart below the group: to count it once is enough.
  if (where.cpu) await enableController(files, top, 'cpu');
  for (const folder of [limited, exempt]) await files.makeFolder(folder);
  const place: GroupPlace = {
    name,
    limited: [limited],
    exempt: [exempt],
    tops: [{ folder: top, home: where.home }],
  };
  const parts = {
    cpu: where.cpu ? new CpuV2(files, limited) : null,
    memory: where.memory ? new MemoryV2(files, top, pageBytes) : null,
    freezer: files.exists(join(top, 'cgroup.freeze')) ? freezerV2(files, top) : null,
  };
  return new KernelGroup(place, parts, files, pageBytes);
}
