import { dirname, join, relative } from 'node:path';
import type { ControlFiles } from '../limits/control-files.ts';
import { needsSwap } from './needs-swap.ts';
import type { MemoryPlace } from './memory-place.ts';

/** A value of the kernel's that keeps others out of swap. */
export interface Fence {
  /** The control file. */
  readonly file: string;
  /** What it has to hold. */
  readonly value: string;
  /** The file whose value a group that is made later starts with; null where nothing is handed down. */
  readonly inheritsFrom: string | null;
  /** Whether those behind it could be killed for it at this moment, since they live with swap; see `needsSwap`. */
  readonly isDangerous: boolean;
}

/** Folder of the kernel's own settings of memory. */
export const VM_SETTINGS = '/proc/sys/vm';

/**
 * The values that keep everybody but Airglow's groups out of swap, as far as it goes, outermost first. Version 1: nothing of
 * a group with a swappiness of 0 is swapped out unless the whole host is in severe need; ours have one of their own.
 * Version 2: a group's memory.swap.max holds for those below it, so only the siblings of ours and of those above ours.
 */
export function fencesOf(
  files: ControlFiles,
  place: MemoryPlace,
  settings: string = VM_SETTINGS,
): readonly Fence[] {
  // One page a fault: reading ahead would bring in pages that nobody asked for.
  const cluster = {
    file: join(settings, 'page-cluster'),
    value: '0',
    inheritsFrom: null,
    isDangerous: false,
  };
  if (place.version === 2) return [cluster, ...siblings(files, place)];
  const host = { file: join(settings, 'swappiness'), value: '0', inheritsFrom: null, isDangerous: false };
  return [cluster, host, ...othersBelow(files, place.top, place.own, host.file)];
}

function othersBelow(files: ControlFiles, folder: string, own: string, parent: string): Fence[] {
  return files.folders(folder).flatMap((name) => {
    const path = join(folder, name);
    const file = join(path, 'memory.swappiness');
    if (path === own || !files.exists(file)) return [];
    const fence = { file, value: '0', inheritsFrom: parent, isDangerous: needsSwap(files, path, 1) };
    return [fence, ...othersBelow(files, path, own, file)];
  });
}

function siblings(files: ControlFiles, { top, own }: MemoryPlace): Fence[] {
  const steps = relative(top, own).split('/').length;
  const path = Array.from({ length: steps }).reduce<string[]>(
    (above) => [dirname(above[0] ?? own), ...above],
    [own],
  );
  return path.slice(0, -1).flatMap((folder, level) =>
    files
      .folders(folder)
      .map((name) => join(folder, name))
      .filter((sibling) => sibling !== path[level + 1] && files.exists(join(sibling, 'memory.swap.max')))
      .map((sibling) => ({
        file: join(sibling, 'memory.swap.max'),
        value: '0',
        inheritsFrom: null,
        isDangerous: needsSwap(files, sibling, 2),
      })),
  );
}
