import type { DatabaseModel, Imperfections } from './model.ts';
import type { OptimizedReadsOptions } from './optimized-reads/model.ts';

/** What somebody who plans may choose; see `docs/planning.md`. */
export interface PlanOptions {
  /** Names of the policies to compare, the first one is planned for: its bounds are recommended. */
  readonly policies: readonly string[];
  /** Null: as recommended. With a minimum of 0 it may be paused. */
  readonly minAcu: number | null;
  readonly maxAcu: number | null;
  readonly autoPauseMs: number;
  readonly database: DatabaseModel;
  readonly imperfections: Imperfections;
  /** Of bursts within steps, arrivals and samples: the same seed gives the same plan. */
  readonly seed: number;
  /** Steps of more than a second get seeded bursts that keep their means; otherwise they are flat. */
  readonly bursts: boolean;
  readonly prices: PriceOptions;
  /** Points of a chart. */
  readonly chartPoints: number;
  readonly madeAt: string;
  /** The what-if of a second cache tier, beside the plan; not there unless asked for. */
  readonly optimizedReads?: OptimizedReadsOptions;
}

export interface PriceOptions {
  /** As in `us-east-1`. */
  readonly region: string;
  readonly storageGib: number;
  /** Millions of I/O requests a month. */
  readonly ioMillions: number;
  /** What a host of one's own costs, US dollars an hour for each ACU that it has; null: the price list's. */
  readonly hostPricePerAcuHour: number | null;
}

export interface PlanProgress {
  readonly trace: string;
  readonly policy: string;
  /** From 0 to 1, of everything. */
  readonly share: number;
}
