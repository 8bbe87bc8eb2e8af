import type { OptimizedReadsEstimate, Verdict, VerdictKind } from './model.ts';

/** Below this share of the load there is nothing to win, however fast the tier. */
export const LITTLE_IO = 0.05;
/** Storage that takes at most so many times as long as the tier. */
const AS_FAST = 1.5;
/** Of the reads, of those that the tier would hold, and of the waits: less is not worth it. */
export const LEAST_SHARE = 0.3;
/** Of the pages wanted: fewer read again than this come from elsewhere than a lack of memory. */
const FITS_BEYOND = 1.02;

export type VerdictFacts = Omit<OptimizedReadsEstimate, 'verdict' | 'assumptions'> & {
  readonly heldShare: number;
  readonly cacheBytes: number | null;
};

/** Whether a tier would help, or why it would not. */
export function verdictOn(facts: VerdictFacts): Verdict {
  const { before, after, savedShare, storageSeconds, tierSeconds, workingSetBytes, tierBytes } = facts;
  const share = before.total > 0 ? (before.reads + before.tier) / before.total : 0;
  const fits =
    workingSetBytes !== null &&
    facts.cacheBytes !== null &&
    workingSetBytes <= facts.cacheBytes * FITS_BEYOND;
  if (before.tier > 0)
    return {
      kind: 'on-already',
      sentence:
        `A second cache tier is on already: ${figure(before.tier)} average active sessions waited for pages from it, ` +
        `and ${figure(before.reads)} for pages from storage.`,
    };
  if (share < LITTLE_IO)
    return fits
      ? notHelping('fits-memory', `the working set (about ${size(workingSetBytes)}) fits into memory`)
      : notHelping('little-io', `waits for reads are ${percent(share)} of the load only`);
  if (facts.missing.length > 0)
    return {
      kind: 'unknown',
      sentence: `Whether a second cache tier would help cannot be said: it takes ${facts.missing.join(', and ')}.`,
    };
  const local = storageSeconds === null ? null : localAlready(storageSeconds, tierSeconds);
  if (local !== null) return local;
  if (facts.rereadShare < LEAST_SHARE)
    return notHelping(
      'not-read-again',
      `${percent(facts.rereadShare)} of the reads are of pages that had been in memory before: the others no cache has`,
    );
  if (fits)
    return notHelping('fits-memory', `the working set (about ${size(workingSetBytes)}) fits into memory`);
  if (facts.heldShare < LEAST_SHARE && workingSetBytes !== null && tierBytes !== null)
    return notHelping(
      'too-large',
      `the working set (about ${size(workingSetBytes)}) is far larger than memory and a tier of ${size(tierBytes)}`,
    );
  const figures =
    `waits for reads would fall by ${percent(savedShare)}, from ${figure(before.reads + before.tier)} to ${figure(after.reads + after.tier)} ` +
    `average active sessions, and the whole load from ${figure(before.total)} to ${figure(after.total)}`;
  return savedShare >= LEAST_SHARE
    ? { kind: 'helps', sentence: `A second cache tier of ${size(tierBytes ?? 0)} would help: ${figures}.` }
    : { kind: 'small-gain', sentence: `A second cache tier would hardly help: ${figures}.` };
}

export function notHelping(kind: VerdictKind, because: string): Verdict {
  return { kind, sentence: `A second cache tier would not help, because ${because}.` };
}

/** Null where storage is slower than the tier by enough. */
export function localAlready(storageSeconds: number, tierSeconds: number): Verdict | null {
  if (storageSeconds > AS_FAST * tierSeconds) return null;
  return notHelping(
    'local-already',
    `storage answers in ${milliseconds(storageSeconds)} already, hardly slower than local storage (${milliseconds(tierSeconds)})`,
  );
}

/** `0.15 ms`, `4.2 ms` */
export function milliseconds(seconds: number): string {
  return `${Number((seconds * 1000).toPrecision(2))} ms`;
}

export function size(bytes: number): string {
  return bytes >= 1024 ** 3 ? `${figure(bytes / 1024 ** 3)} GiB` : `${figure(bytes / 1024 ** 2)} MiB`;
}

export function figure(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}
