import { awakeMinimum, clamp, roundUpToGrid } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';
import type { Bounds, PolicyContext, Seen } from '../model.ts';

/** The least capacity of the grid that covers it, and that the bounds allow while it is awake. */
export function withinBounds(acu: number, { minAcu, maxAcu }: Bounds): number {
  return clamp(roundUpToGrid(acu), awakeMinimum(minAcu), maxAcu);
}

/** Whoever does not know the future begins with what the first second needs. */
export function firstAcu({ demandAcu, bounds }: PolicyContext): number {
  return withinBounds(demandAcu[0] ?? 0, bounds);
}

/** CPU that is used, as a share of what a capacity gives. */
export function utilisationOf(cpuUsed: number, acu: number, { cpus }: AcuShape): number {
  return acu > 0 ? cpuUsed / (acu * cpus) : 0;
}

/** A capacity that holds so much memory, and no more; in ACU, on no grid. */
export function memoryToAcu(bytes: number, { memoryBytes }: AcuShape): number {
  return bytes / memoryBytes;
}

/** What cannot be evicted and as much of the cache as is worth having, as a kernel counts it: no more than there is. */
export function workingSetBytes({ unevictableBytes, cacheBytes, wantedMemoryBytes }: Seen): number {
  return Math.max(unevictableBytes, Math.min(unevictableBytes + cacheBytes, wantedMemoryBytes));
}
