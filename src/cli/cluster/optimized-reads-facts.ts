import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import { formatSize } from './amounts.ts';

type Parts = ClusterAnswer['optimizedReads'];

/** One line about a part, without a full stop. */
export interface OptimizedReadsFact {
  readonly part: 'temp objects' | 'tiered cache' | 'local storage';
  readonly text: string;
  /** It is not as it was asked for; the text says why. */
  readonly isAmiss: boolean;
}

/** None where no part of it was asked for. */
export function optimizedReadsFacts({ optimizedReads }: ClusterAnswer): readonly OptimizedReadsFact[] {
  const { tempObjects, tieredCache, localStorage } = optimizedReads;
  return [
    ...(tempObjects === null ? [] : [tempFact(tempObjects, localStorage)]),
    ...(tieredCache === null ? [] : [tierFact(tieredCache)]),
    ...(localStorage === null ? [] : storageFacts(localStorage, tempObjects)),
  ];
}

function tempFact(temp: NonNullable<Parts['tempObjects']>, local: Parts['localStorage']): OptimizedReadsFact {
  const { path, place, reason, limitBytes, usedBytes } = temp;
  const limit = formatSize(limitBytes);
  const there = usedBytes === null ? `at most ${limit}` : `${formatSize(usedBytes)} of ${limit} used`;
  const dataBytes = local?.tempDataBytes ?? 0;
  const beside = dataBytes > 0 ? `; ${formatSize(dataBytes)} where the data is` : '';
  const text =
    place === 'local'
      ? `on local storage, ${path}: ${there}${beside}`
      : `where the data is, not in ${path} (${there}${beside})`;
  return withReason('temp objects', text, reason);
}

function tierFact({
  sizeBytes,
  inForceBytes,
  reason,
  usedBytes,
  activity,
}: NonNullable<Parts['tieredCache']>) {
  const force = inForceBytes > 0 ? `${formatSize(inForceBytes)} in force` : 'not in force';
  const asked =
    sizeBytes === inForceBytes ? '' : `, ${sizeBytes > 0 ? formatSize(sizeBytes) : 'none'} asked for`;
  const used =
    usedBytes === null || (usedBytes === 0 && inForceBytes === 0) ? '' : `, ${formatSize(usedBytes)} used`;
  const seen = activity === null ? '' : `; ${activityText(activity)}`;
  return withReason('tiered cache', `${force}${asked}${used}${seen}`, reason);
}

function activityText(activity: NonNullable<NonNullable<Parts['tieredCache']>['activity']>): string {
  const { hitsPerSecond, storageReadsPerSecond, hitRatio, tierReadMs, storageReadMs } = activity;
  if (hitRatio === null) return 'no page was read in the last minute';
  return (
    `last minute: hit ratio ${percent(hitRatio)}, ` +
    `${pages(hitsPerSecond)} from the tier${each(tierReadMs)}, ` +
    `${pages(storageReadsPerSecond)} from storage${each(storageReadMs)}`
  );
}

function storageFacts(
  { freeBytes, device }: NonNullable<Parts['localStorage']>,
  temp: Parts['tempObjects'],
): readonly OptimizedReadsFact[] {
  const free = temp?.freeBytes ?? freeBytes;
  const texts = [
    ...(free === null ? [] : [`${formatSize(free)} free`]),
    ...(device === null
      ? []
      : [
          `${count(device.readIops)} reads/s${each(device.readMs)} (${formatSize(device.readBytesPerSecond)}/s)`,
          `${count(device.writeIops)} writes/s${each(device.writeMs)} (${formatSize(device.writeBytesPerSecond)}/s)`,
        ]),
  ];
  return texts.length === 0 ? [] : [{ part: 'local storage', text: texts.join(', '), isAmiss: false }];
}

function withReason(
  part: OptimizedReadsFact['part'],
  text: string,
  reason: string | null,
): OptimizedReadsFact {
  if (reason === null) return { part, text, isAmiss: false };
  return { part, text: `${text}. ${reason.replace(/\.$/, '')}`, isAmiss: true };
}

function pages(perSecond: number): string {
  return `${count(perSecond)} pages/s`;
}

function count(value: number): string {
  return value >= 10 || value === 0 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}

/** ` at 0.12 ms`, of one; nothing where there was none. */
function each(ms: number | null): string {
  if (ms === null) return '';
  return ms < 0.01 ? ' in less than 0.01 ms each' : ` at ${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}

/** Rounded down, so that 100 % is all. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
