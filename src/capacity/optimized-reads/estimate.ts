import {
  PAGE_BYTES,
  PAGES_PER_BLOCK,
  LOCAL_READ_SECONDS,
  MOST_TIER_TO_MEMORY,
  TIER_HIT_CPU_SECONDS,
} from './devices.ts';
import type { LoadByPart, OptimizedReadsEstimate, ReadsSeen, TierWish, WaitLoad } from './model.ts';
import { milliseconds, verdictOn } from './verdict.ts';
import { CPU_WAIT, LOAD_PARTS, partOfWait, TIER_WAIT } from './waits.ts';

const GIB = 1024 ** 3;
/** Where nearly every page that is wanted has to be read, the working set is larger than can be told from it. */
const MOST_MISSES = 0.98;
/** No storage worth its name takes longer: who waits for more than that waits for other pages, too. */
const MOST_READ_SECONDS = 0.2;
/** Spills are written and read in large pieces: they gain less than single pages do, and Aurora claims twice the speed. */
const LEAST_OF_SPILLS = 0.5;

/** How far the recorded load would fall with a second tier, at the same work done. */
export function estimateOptimizedReads(seen: ReadsSeen, wish: TierWish): OptimizedReadsEstimate {
  const before = byPart(seen.waits);
  const reads = readsOf(seen, before.reads);
  const sizes = sizesOf(seen, reads.rereadsPerSecond, wish);
  const missing = missingOf(seen, sizes);
  const isUnchanged = missing.length > 0 || before.tier > 0;
  const hits = isUnchanged || reads.storageSeconds === null ? 0 : reads.rereadsPerSecond * sizes.heldShare;
  const after = isUnchanged ? before : byPart(loadAfter(seen.waits, { ...reads, hits, before, wish }));
  const readLoad = before.reads + before.tier;
  const facts = {
    before,
    after,
    savedShare: readLoad > 0 ? 1 - (after.reads + after.tier) / readLoad : 0,
    readsPerSecond: reads.readsPerSecond,
    readsPerSecondAfter: reads.readsPerSecond - hits,
    tierReadsPerSecond: hits,
    rereadShare: reads.readsPerSecond > 0 ? reads.rereadsPerSecond / reads.readsPerSecond : 0,
    storageSeconds: reads.storageSeconds,
    tierSeconds: wish.tierSeconds,
    workingSetBytes: sizes.workingSetBytes,
    tierBytes: sizes.tierBytes,
    enoughMemoryBytes: sizes.enoughMemoryBytes,
  };
  return {
    verdict: verdictOn({ ...facts, missing, heldShare: sizes.heldShare, cacheBytes: seen.cacheBytes }),
    missing,
    ...facts,
    assumptions: assumptionsOf(wish, {
      isAllReread: reads.isAllReread,
      isSizeEstimated: wish.workingSetBytes === null && sizes.workingSetBytes !== null,
      hasSpills: before.spills > 0,
    }),
  };
}

function byPart(waits: readonly WaitLoad[]): LoadByPart {
  const sums = Object.fromEntries(
    LOAD_PARTS.map((part) => [
      part,
      waits.reduce((sum, { key, aas }) => sum + (partOfWait(key) === part ? aas : 0), 0),
    ]),
  ) as Record<(typeof LOAD_PARTS)[number], number>;
  const total = waits.reduce((sum, { aas }) => sum + aas, 0);
  return { total, ...sums, waits: waits.filter(({ aas }) => aas > 0).toSorted((a, b) => b.aas - a.aas) };
}

interface Reads {
  readonly readsPerSecond: number;
  readonly rereadsPerSecond: number;
  readonly storageSeconds: number | null;
  /** Nobody counted the others, so all waits are taken to be for pages that are read again. */
  readonly isAllReread: boolean;
}

/** Pages from storage and what each takes: sessions that wait = pages a second x seconds of each (Little's law). */
function readsOf(seen: ReadsSeen, readAas: number): Reads {
  const rereads = (seen.rereadBytesPerSecond ?? 0) / PAGE_BYTES;
  const isAllReread = seen.storageSeconds === null && seen.storagePagesPerSecond === null;
  const counted =
    seen.storageSeconds === null ? (seen.storagePagesPerSecond ?? rereads) : readAas / seen.storageSeconds;
  const readsPerSecond = Math.max(counted, readAas / MOST_READ_SECONDS);
  return {
    readsPerSecond,
    // Both are counted, not at the same instant.
    rereadsPerSecond: Math.min(rereads, readsPerSecond),
    storageSeconds: counted > 0 ? readAas / readsPerSecond : null,
    isAllReread,
  };
}

interface Sizes {
  readonly workingSetBytes: number | null;
  readonly tierBytes: number | null;
  /** 0 to 1, of the pages that are read again: those that the tier would have. */
  readonly heldShare: number;
  readonly enoughMemoryBytes: number | null;
}

/**
 * If each page of the working set is as likely as any other, the share of the pages wanted that had to be read is the
 * share of the working set that memory does not hold. A scan of more than memory holds reads all of it each time, which makes
 * the working set look as large as it is for any cache.
 */
function sizesOf(seen: ReadsSeen, rereadsPerSecond: number, wish: TierWish): Sizes {
  const { cacheBytes, missedBlocksPerSecond, unevictableBytes } = seen;
  const workingSetBytes =
    wish.workingSetBytes ??
    (seen.rereadBytesPerSecond === null
      ? null
      : workingSetOf(cacheBytes, missedBlocksPerSecond, rereadsPerSecond));
  if (workingSetBytes === null || cacheBytes === null)
    return { workingSetBytes, tierBytes: wish.tierBytes, heldShare: 0, enoughMemoryBytes: null };
  const memoryBytes = cacheBytes + (unevictableBytes ?? 0);
  const asLarge = Math.min(
    Math.ceil(workingSetBytes / GIB) * GIB,
    Math.ceil((MOST_TIER_TO_MEMORY * memoryBytes) / GIB) * GIB,
  );
  const tierBytes = wish.tierBytes ?? asLarge;
  const outside = workingSetBytes - cacheBytes;
  const held = Math.min(tierBytes, workingSetBytes) - cacheBytes;
  return {
    workingSetBytes,
    tierBytes,
    heldShare: outside > 0 ? Math.max(0, held / outside) : 0,
    enoughMemoryBytes: workingSetBytes + (unevictableBytes ?? 0),
  };
}

function workingSetOf(
  cacheBytes: number | null,
  missedBlocks: number | null,
  rereads: number,
): number | null {
  if (cacheBytes === null || missedBlocks === null) return null;
  const missed = missedBlocks * PAGES_PER_BLOCK;
  const missShare = missed > 0 ? Math.min(MOST_MISSES, rereads / missed) : 0;
  return cacheBytes / (1 - missShare);
}

function missingOf(seen: ReadsSeen, { workingSetBytes }: Sizes): string[] {
  const missing = [];
  if (seen.rereadBytesPerSecond === null)
    missing.push(
      'how many pages are read again after eviction (known of databases that Airglow runs with limits)',
    );
  else if (workingSetBytes === null || seen.cacheBytes === null)
    missing.push('the working set, and how much memory holds of it');
  return missing;
}

interface Change extends Reads {
  readonly hits: number;
  readonly before: LoadByPart;
  readonly wish: TierWish;
}

function loadAfter(waits: readonly WaitLoad[], change: Change): WaitLoad[] {
  const { hits, before, wish, readsPerSecond, storageSeconds } = change;
  const left = (readsPerSecond - hits) * (storageSeconds ?? 0);
  const readFactor = before.reads > 0 && readsPerSecond > 0 ? left / before.reads : 1;
  const spillFactor =
    storageSeconds === null ? 1 : Math.min(1, Math.max(LEAST_OF_SPILLS, wish.tierSeconds / storageSeconds));
  const factors = { cpu: 1, reads: readFactor, tier: 1, spills: spillFactor, others: 1 };
  const after = new Map(waits.map(({ key, aas }) => [key, aas * factors[partOfWait(key)]]));
  const add = (key: string, aas: number): unknown => after.set(key, (after.get(key) ?? 0) + aas);
  if (hits > 0) {
    add(TIER_WAIT, hits * wish.tierSeconds);
    add(CPU_WAIT, hits * TIER_HIT_CPU_SECONDS);
  }
  return [...after].map(([key, aas]) => ({ key, aas }));
}

interface Assumed {
  readonly isAllReread: boolean;
  readonly isSizeEstimated: boolean;
  readonly hasSpills: boolean;
}

function assumptionsOf(wish: TierWish, { isAllReread, isSizeEstimated, hasSpills }: Assumed): string[] {
  const { tierSeconds } = wish;
  const only = (holds: boolean, sentence: string): string[] => (holds ? [sentence] : []);
  return [
    'The same work is done: clients that wait for their answers would do more of it instead, in the same load.',
    tierSeconds === LOCAL_READ_SECONDS
      ? `Local storage is assumed to bring a page in ${milliseconds(tierSeconds)}, while as many are written to it.`
      : `Local storage brings a page in ${milliseconds(tierSeconds)}.`,
    ...only(
      isAllReread,
      'How many pages came from storage was not counted, so all waits for reads are taken to be for pages that are read again.',
    ),
    ...only(
      isSizeEstimated,
      'The working set is estimated as if each of its pages were as likely to be wanted as any other.',
    ),
    ...only(
      hasSpills,
      'Spills to temporary files gain by --local-storage, not by the tier: as much as single pages do, and at most to half their time.',
    ),
    `A page from the tier costs ${milliseconds(TIER_HIT_CPU_SECONDS)} of CPU.`,
    'Storage takes as long as before for what is left to it, also where it was at its limit: then more would be gained.',
  ];
}
