import { resourcesOf } from '../../../capacity/acu.ts';
import type { AcuShape } from '../../../capacity/acu.ts';
import type { ClusterSpec } from '../model.ts';
import { diskRoom } from './local-storage.ts';
import { defaultLimitBytes, mostByDefaultBytes } from './temp-rules.ts';

/** The most that temporary objects may take while nothing is known of the disk. */
export function limitWithoutDisk({ optimizedReads, maxAcu }: ClusterSpec, shape: AcuShape): number {
  return optimizedReads.tempSpaceBytes ?? mostByDefaultBytes(resourcesOf(maxAcu, shape).memoryBytes);
}

/** The same on that disk, where they have `ownBytes` already. Raises what the system says. */
export async function limitOn(
  realPath: string,
  { optimizedReads, maxAcu }: ClusterSpec,
  shape: AcuShape,
  ownBytes: number,
): Promise<number> {
  if (optimizedReads.tempSpaceBytes !== null) return optimizedReads.tempSpaceBytes;
  const { freeBytes } = await diskRoom(realPath);
  return defaultLimitBytes(resourcesOf(maxAcu, shape).memoryBytes, freeBytes + ownBytes);
}
