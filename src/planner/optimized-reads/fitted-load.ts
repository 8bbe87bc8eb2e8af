import { PAGES_PER_BLOCK } from '../../capacity/optimized-reads/devices.ts';
import type { OptimizedReadsEstimate } from '../../capacity/optimized-reads/model.ts';
import type { DatabaseModel, Trace } from '../model.ts';
import type { RecordedReads } from './model.ts';

/** A load and the database that it is replayed on. */
export interface LoadAndDatabase {
  readonly trace: Trace;
  readonly database: DatabaseModel;
}

/**
 * The model fitted to what was recorded: its memory, the pages that its work touches, and what storage takes. Waits for
 * reads then follow from the memory that a capacity gives, so the recorded ones are taken out of the trace.
 */
export function fittedLoad(
  { trace, database }: LoadAndDatabase,
  reads: RecordedReads,
  { workingSetBytes, storageSeconds, before }: OptimizedReadsEstimate,
): LoadAndDatabase {
  const cpus = meanOf(trace.cpuCores);
  const touched = reads.missedBlocksPerSecond ?? 0;
  const baseMemoryBytes = reads.unevictableBytes ?? database.baseMemoryBytes;
  const { ioSessions } = trace;
  const allIo = ioSessions === null ? 0 : meanOf(ioSessions);
  const othersShare = allIo > 0 ? Math.max(0, 1 - (before.reads + before.tier) / allIo) : 0;
  return {
    trace: {
      ...trace,
      ioSessions: ioSessions === null ? null : ioSessions.map((value) => value * othersShare),
      memoryBytes: new Float32Array(trace.length).fill(baseMemoryBytes + (workingSetBytes ?? 0)),
    },
    database: {
      ...database,
      baseMemoryBytes,
      // All beyond the base is cache: what cannot be evicted was measured.
      cacheShare: 1,
      missSeconds: storageSeconds === null ? database.missSeconds : storageSeconds * PAGES_PER_BLOCK,
      pagesPerCpuSecond: cpus > 0 && touched > 0 ? touched / cpus : database.pagesPerCpuSecond,
    },
  };
}

export function meanOf(values: Float32Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
