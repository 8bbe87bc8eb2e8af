import type { OptimizedReadsEstimate, ReadsSeen, Verdict } from '../../capacity/optimized-reads/model.ts';
import type { Bounds } from '../model.ts';

/** What somebody who asks for the what-if may choose. */
export interface OptimizedReadsOptions {
  /** Null: as large as the working set. */
  readonly tierBytes: number | null;
  /** A page of 4 KiB from local storage. Null: as recorded, or as assumed of local NVMe. */
  readonly localSeconds: number | null;
  /** A block of 8 KiB from where the data is. Null: as recorded, or as the model has it. */
  readonly storageSeconds: number | null;
  /** As given for the load; null where nobody did. */
  readonly workingSetBytes: number | null;
}

/** What a record says of reads: means over the trace. */
export interface RecordedReads extends ReadsSeen {
  /** Measured of the tier or of the local storage; null where nobody did. */
  readonly localSeconds: number | null;
}

/** Mean sessions by what they did, most of all runs the same rows. */
export interface LoadRow {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** The load replayed with Airglow's policy. */
export interface TieredRun {
  readonly bounds: Bounds;
  readonly acuHours: number;
  readonly meanAcu: number;
  readonly monthlyCost: number;
  readonly shortfallShare: number;
  readonly latencyP95: number;
}

/** The what-if of Optimized Reads on one load. Null where something that it takes is not known. */
export interface OptimizedReadsPlan {
  readonly verdict: Verdict;
  /** More sentences: what it means for capacity, what is missing. */
  readonly remarks: readonly string[];
  /** Where the load comes from: as recorded, or of the replays. */
  readonly loadSource: 'recorded' | 'replayed' | null;
  /** Average active sessions, the last one all of them; empty where nothing can be said. */
  readonly load: readonly LoadRow[];
  readonly without: TieredRun | null;
  readonly with: TieredRun | null;
  readonly tierBytes: number | null;
  readonly workingSetBytes: number | null;
  /** With so much memory it makes no difference. */
  readonly enoughMemoryBytes: number | null;
  readonly enoughMemoryAcu: number | null;
  /** Of a page of 4 KiB. */
  readonly storageSeconds: number | null;
  readonly localSeconds: number;
  /** Of the record; null without one. */
  readonly estimate: OptimizedReadsEstimate | null;
  readonly assumptions: readonly string[];
}
