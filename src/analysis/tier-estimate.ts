import { LOCAL_READ_SECONDS } from '../capacity/optimized-reads/devices.ts';
import { estimateOptimizedReads } from '../capacity/optimized-reads/estimate.ts';
import type { OptimizedReadsEstimate } from '../capacity/optimized-reads/model.ts';
import type { AnalysisInput } from './input.ts';
import { meanIn, rankedIn, totalIn } from './parts.ts';
import type { Part } from './parts.ts';

/**
 * What a second cache tier would have changed in a part of the window; null for a database that Airglow does not run, and
 * where one is on already.
 */
export function tierEstimate(input: AnalysisInput, part: Part): OptimizedReadsEstimate | null {
  const { capacity, counters, coveredMs } = input;
  if (capacity === null || (meanIn(counters.tierSizeBytes, part) ?? 0) > 0) return null;
  const seconds = part.periods.reduce((sum, index) => sum + (coveredMs[index] ?? 0), 0) / 1000;
  const missed = totalIn(counters.blksRead, part);
  const localMs = meanIn(counters.localReadMs, part);
  return estimateOptimizedReads(
    {
      waits: rankedIn(input, input.waits, part),
      rereadBytesPerSecond: meanIn(counters.refaultBytesPerSecond, part),
      storagePagesPerSecond: meanIn(counters.storagePagesPerSecond, part),
      missedBlocksPerSecond: missed === null || seconds === 0 ? null : missed / seconds,
      unevictableBytes: meanIn(counters.unevictableBytes, part),
      cacheBytes: meanIn(counters.cacheBytes, part),
      storageSeconds: null,
    },
    {
      tierBytes: null,
      tierSeconds: localMs === null || localMs === 0 ? LOCAL_READ_SECONDS : localMs / 1000,
      workingSetBytes: null,
    },
  );
}

/** Why a tier would not help where sessions wait for reads; null where it would, or nothing is known of it. */
export function whyNoTier(input: AnalysisInput, part: Part): string | null {
  const verdict = tierEstimate(input, part)?.verdict;
  if (verdict === undefined || verdict.kind === 'helps' || verdict.kind === 'unknown') return null;
  return verdict.sentence;
}
