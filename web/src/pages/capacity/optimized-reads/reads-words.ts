import type { ClusterAnswer } from '../../../../../src/api/cluster-answers.ts';
import { formatBytes, formatCount } from '../../../format/numbers.ts';

type Parts = ClusterAnswer['optimizedReads'];

/** How a part of Optimized Reads stands. */
export interface ReadsState {
  readonly name: string;
  readonly text: string;
  /** Why it is not as it was asked for, and the way out; null where it is. */
  readonly reason: string | null;
}

export function readsStates({ tempObjects, tieredCache }: Parts): readonly ReadsState[] {
  return [
    ...(tempObjects === null ? [] : [tempState(tempObjects)]),
    ...(tieredCache === null ? [] : [tierState(tieredCache)]),
  ];
}

function tempState(temp: NonNullable<Parts['tempObjects']>): ReadsState {
  const { place, path, usedBytes, limitBytes, freeBytes, reason } = temp;
  const limit = formatBytes(limitBytes);
  const used = usedBytes === null ? `at most ${limit}` : `${formatBytes(usedBytes)} of ${limit} used`;
  const free = freeBytes === null ? '' : `, ${formatBytes(freeBytes)} free on its file system`;
  const text =
    place === 'local' ? `on local storage, in ${path}: ${used}${free}.` : 'go to where the data is.';
  return { name: 'Temporary objects', text, reason };
}

function tierState(tier: NonNullable<Parts['tieredCache']>): ReadsState {
  const { sizeBytes, inForceBytes, usedBytes, activity, reason } = tier;
  const used = usedBytes === null ? '' : `, ${formatBytes(usedBytes)} of it used`;
  const asked = sizeBytes > 0 ? `; ${formatBytes(sizeBytes)} were asked for` : '';
  const force = inForceBytes > 0 ? `${formatBytes(inForceBytes)}${used}.` : `not in force${asked}.`;
  const seen = activity === null ? '' : ` ${activityText(activity)}`;
  return { name: 'Second cache tier', text: `${force}${seen}`, reason };
}

function activityText({
  hitsPerSecond,
  storageReadsPerSecond,
  hitRatio,
  tierReadMs,
  storageReadMs,
}: NonNullable<NonNullable<Parts['tieredCache']>['activity']>): string {
  if (hitRatio === null) return 'No page was read in the last minute.';
  return (
    `In the last minute ${formatRatio(hitRatio)} of the pages that were not in memory came from it: ` +
    `${pages(hitsPerSecond)}${each(tierReadMs)}, and ${pages(storageReadsPerSecond)}${each(storageReadMs)} from storage.`
  );
}

function pages(perSecond: number): string {
  return `${formatCount(perSecond >= 10 ? Math.round(perSecond) : perSecond)} pages/s`;
}

function each(ms: number | null): string {
  return ms === null ? '' : ` in ${formatPageTime(ms)} each`;
}

/** Rounded down, so that 100 % is all. */
export function formatRatio(ratio: number | null): string {
  return ratio === null ? '–' : `${Math.floor(ratio * 1000) / 10} %`;
}

/** Of a page or a request: three digits, since a tier and a device may differ by little. */
export function formatPageTime(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  return `${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;
}
