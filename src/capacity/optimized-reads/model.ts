/**
 * The words of the what-if of Optimized Reads.
 *
 * tier         a second cache below memory, on local storage; its size is that of the whole cache, memory included
 * read again   a page that had been in memory, was evicted, and was wanted again: what a tier can give
 * working set  the pages that are touched again and again
 */

export interface WaitLoad {
  /** As in `IO:DataFileRead`. */
  readonly key: string;
  readonly aas: number;
}

/** What was recorded of a time: means over it. Null is not known. */
export interface ReadsSeen {
  /** The whole load by what it waited for. */
  readonly waits: readonly WaitLoad[];
  /** Pages that were evicted and read again, in bytes a second. */
  readonly rereadBytesPerSecond: number | null;
  /** Blocks a second that were not in shared buffers, wherever they came from. */
  readonly missedBlocksPerSecond: number | null;
  /** What memory cannot give back, and the page cache. */
  readonly unevictableBytes: number | null;
  readonly cacheBytes: number | null;
  /** Pages of 4 KiB that came from storage, a second, read again or not. */
  readonly storagePagesPerSecond: number | null;
  /** What a page from storage takes, where somebody gave it; null to reckon it by Little's law. */
  readonly storageSeconds: number | null;
}

/** What would be switched on. */
export interface TierWish {
  /** Null: as large as the working set, up to five times the memory. */
  readonly tierBytes: number | null;
  /** A page from it, under load. */
  readonly tierSeconds: number;
  /** Known from elsewhere; null to estimate it. */
  readonly workingSetBytes: number | null;
}

/** In average active sessions. */
export interface LoadByPart {
  readonly total: number;
  readonly cpu: number;
  readonly reads: number;
  readonly tier: number;
  readonly spills: number;
  readonly others: number;
  /** Most loaded first. */
  readonly waits: readonly WaitLoad[];
}

export type VerdictKind =
  | 'helps'
  /** It would, by little. */
  | 'small-gain'
  /** The working set fits into memory. */
  | 'fits-memory'
  /** Waits for reads are a small part of the load. */
  | 'little-io'
  /** Most reads are of pages that had not been in memory before. */
  | 'not-read-again'
  /** The working set is larger than memory and tier. */
  | 'too-large'
  /** Storage is as fast as the tier. */
  | 'local-already'
  /** It was recorded with one. */
  | 'on-already'
  /** Something that it takes is not known. */
  | 'unknown';

export interface Verdict {
  readonly kind: VerdictKind;
  /** One plain sentence. */
  readonly sentence: string;
}

export interface OptimizedReadsEstimate {
  readonly verdict: Verdict;
  /** What is not known and would have to be, in words; empty where all is. */
  readonly missing: readonly string[];
  readonly before: LoadByPart;
  /** At the same work done; the same as before where nothing can be said. */
  readonly after: LoadByPart;
  /** 0 to 1, of the waits for reads. */
  readonly savedShare: number;
  /** Pages of 4 KiB from storage, before and after, and those that the tier would serve. */
  readonly readsPerSecond: number;
  readonly readsPerSecondAfter: number;
  readonly tierReadsPerSecond: number;
  /** 0 to 1, of those pages: that had been in memory before. */
  readonly rereadShare: number;
  readonly storageSeconds: number | null;
  readonly tierSeconds: number;
  readonly workingSetBytes: number | null;
  readonly tierBytes: number | null;
  /** With so much memory a tier makes no difference, as all fits. */
  readonly enoughMemoryBytes: number | null;
  /** Whole sentences. */
  readonly assumptions: readonly string[];
}
