/** What active sessions wait for, as far as Optimized Reads is concerned. */

/** Pages of data files that have to be read. */
export const READ_WAITS: ReadonlySet<string> = new Set([
  'IO:PageFault',
  'IO:DataFileRead',
  'IO:DataFilePrefetch',
  'IO:AioIoCompletion',
  'IO:AioIoUringExecution',
]);

/** Pages that come back from the second tier. */
export const TIER_WAIT = 'IO:TieredCacheRead';
export const CPU_WAIT = 'CPU:Running';

export const LOAD_PARTS = ['cpu', 'reads', 'tier', 'spills', 'others'] as const;
export type LoadPart = (typeof LOAD_PARTS)[number];

export function partOfWait(waitEvent: string): LoadPart {
  if (READ_WAITS.has(waitEvent)) return 'reads';
  if (waitEvent === TIER_WAIT) return 'tier';
  if (waitEvent.startsWith('IO:BufFile')) return 'spills';
  return waitEvent === 'CPU' || waitEvent.startsWith('CPU:') ? 'cpu' : 'others';
}
