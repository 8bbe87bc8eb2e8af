import type { AcuShape } from '../../../capacity/acu.ts';
import { MOST_TIER_TO_MEMORY } from '../../../capacity/optimized-reads/devices.ts';

const GIB = 1024 ** 3;
/** 8 bytes for each page of 4 KiB. */
const TABLES_TO_TIER = 8 / 4096;

export interface TierInProportion {
  readonly name: string;
  readonly tieredCacheBytes: number;
  /** As granted. */
  readonly maxAcu: number;
  readonly shape: Pick<AcuShape, 'memoryBytes'>;
}

/** What to say of a tier that is too large for the memory above it; empty where it is not. */
export function tierRemarks({ name, tieredCacheBytes, maxAcu, shape }: TierInProportion): string[] {
  const mostBytes = MOST_TIER_TO_MEMORY * maxAcu * shape.memoryBytes;
  if (tieredCacheBytes <= mostBytes) return [];
  return [
    `The tiered cache of ${inGib(tieredCacheBytes)} GiB is more than ${MOST_TIER_TO_MEMORY} times the memory at maximum capacity ` +
      `(${inGib(maxAcu * shape.memoryBytes)} GiB). Each session needs up to ${Math.ceil((tieredCacheBytes * TABLES_TO_TIER) / 1024 ** 2)} MiB ` +
      'of page tables for it, 2 MiB for each GiB that it touches, and these cannot be evicted. Make it smaller: airglow cluster modify ' +
      `${name} --tiered-cache ${inGib(mostBytes)}; or raise its maximum capacity with --max-capacity, or have fewer sessions.`,
  ];
}

/** Rounded down: what is advised is not too large itself. */
function inGib(bytes: number): number {
  return Math.floor((bytes / GIB) * 10) / 10;
}
