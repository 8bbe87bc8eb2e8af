import { join } from 'node:path';
import type { ControlFiles } from '../limits/control-files.ts';
import { statNumber } from '../limits/control-stat.ts';

/** Shared memory that takes more of the limit has nowhere to go but swap. */
const NEAR_LIMIT = 0.8;

/**
 * Whether a group lives with swap: something of it is there, or its shared memory comes near its limit. Without swap what
 * comes back finds no room, and the kernel kills.
 */
export function needsSwap(files: ControlFiles, folder: string, version: 1 | 2): boolean {
  const stat = textOf(files, join(folder, 'memory.stat'));
  const prefix = version === 1 ? 'total_' : '';
  const sharedBytes = statNumber(stat, `${prefix}shmem`) ?? 0;
  const swapBytes =
    version === 1
      ? (statNumber(stat, 'total_swap') ?? 0)
      : Number.parseInt(textOf(files, join(folder, 'memory.swap.current')) || '0', 10);
  const limitBytes =
    version === 1
      ? (statNumber(stat, 'hierarchical_memory_limit') ?? Number.POSITIVE_INFINITY)
      : toLimit(textOf(files, join(folder, 'memory.max')));
  return swapBytes > 0 || sharedBytes > NEAR_LIMIT * limitBytes;
}

function toLimit(text: string): number {
  const bytes = Number.parseInt(text, 10);
  return Number.isNaN(bytes) ? Number.POSITIVE_INFINITY : bytes;
}

/** Of a group that has just gone there is nothing. */
function textOf(files: ControlFiles, path: string): string {
  try {
    return files.read(path);
  } catch {
    return '';
  }
}
