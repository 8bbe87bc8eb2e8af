import type { DiskRoom } from './local-storage.ts';
import type { TempPlace } from './model.ts';

const MEMORY_SHARE = 2;
const FREE_SHARE = 0.9;
/** Above the limit new objects go to the data; below this share of it they come back. */
const BACK_SHARE = 0.8;
/** Above it somebody is cancelled. */
const CANCEL_SHARE = 1.1;
const LEAST_FREE_SHARE = 0.05;
const FREE_AGAIN_SHARE = 0.1;
/** Who has less than this share of the disk has not filled it. */
const BLAME_SHARE = 0.01;
const LEAST_LIMIT_BYTES = 1024 ** 2;

/** What was found on local storage. */
export interface TempSight {
  /** Why it is not what it was; null where it is. */
  readonly lost: string | null;
  /** Why nothing can be written; null where it can. */
  readonly failing: string | null;
  /** Null while they cannot be read. */
  readonly usedBytes: number | null;
  readonly room: DiskRoom | null;
}

export interface PlaceVerdict {
  readonly place: TempPlace;
  readonly cause: 'lost' | 'failing' | 'full' | null;
  /** One sentence; null for local storage. */
  readonly reason: string | null;
}

/** Where the user did not say: twice the memory at the maximum capacity, whatever the disk has. */
export function mostByDefaultBytes(memoryBytes: number): number {
  return MEMORY_SHARE * memoryBytes;
}

/** The most that temporary objects may take where the user did not say. */
export function defaultLimitBytes(memoryBytes: number, freeBytes: number): number {
  return Math.max(
    LEAST_LIMIT_BYTES,
    Math.floor(Math.min(mostByDefaultBytes(memoryBytes), FREE_SHARE * freeBytes)),
  );
}

/** Where new objects go. What is full stays so until there is room to speak of. */
export function choosePlace(sight: TempSight, limitBytes: number, before: PlaceVerdict): PlaceVerdict {
  if (sight.lost !== null) return { place: 'data', cause: 'lost', reason: `${sight.lost}.` };
  if (sight.failing !== null) return { place: 'data', cause: 'failing', reason: sight.failing };
  const full = whyFull(sight, limitBytes, before.cause === 'full');
  return full === null
    ? { place: 'local', cause: null, reason: null }
    : { place: 'data', cause: 'full', reason: full };
}

function whyFull({ usedBytes, room }: TempSight, limitBytes: number, wasFull: boolean): string | null {
  if (usedBytes !== null && usedBytes > limitBytes * (wasFull ? BACK_SHARE : 1))
    return `Temporary objects there take ${mib(usedBytes)} of the ${mib(limitBytes)} that they may. Wait for statements to end, or give them more with --temp-space.`;
  const leastFree = wasFull ? FREE_AGAIN_SHARE : LEAST_FREE_SHARE;
  if (room !== null && room.freeBytes < leastFree * room.totalBytes)
    return `Only ${mib(room.freeBytes)} are free on that disk. Make room there.`;
  return null;
}

/** What somebody has to give back, since the disk is about to be full or the limit is far behind; 0 where nobody has to. */
export function overrunBytes({ usedBytes, room }: TempSight, limitBytes: number): number {
  if (usedBytes === null) return 0;
  if (usedBytes > CANCEL_SHARE * limitBytes) return usedBytes - limitBytes;
  const missing = room === null ? 0 : LEAST_FREE_SHARE * room.totalBytes - room.freeBytes;
  const isOurs = room !== null && usedBytes > BLAME_SHARE * room.totalBytes;
  return isOurs ? Math.max(0, missing) : 0;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
