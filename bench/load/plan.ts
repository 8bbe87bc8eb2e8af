import type { RateSegment, WorkMix } from './arrivals.ts';
import type { WatchedGroup } from './group-watch.ts';

/** Where the generator connects, once, for all the loads of a bench. */
export interface Connect {
  readonly kind: 'connect';
  /** Holds a password; it travels over the channel to the child only. */
  readonly url: string;
  readonly connections: number;
}

/** One load. Schedule and kinds follow from the seed alone. */
export interface LoadPlan {
  readonly seed: number;
  readonly segments: readonly RateSegment[];
  readonly mix: WorkMix;
  /** What one `burn` does. */
  readonly burnRounds: number;
  /** Of the table that `scattered` reads. */
  readonly wideRows: number;
  /** How long requests may take after the last one was due; what is left then is unfinished. */
  readonly drainMs: number;
}

export type ToGenerator =
  | Connect
  | { readonly kind: 'run'; readonly plan: LoadPlan; readonly startAtMs: number }
  | { readonly kind: 'end' };

export type FromGenerator =
  | { readonly kind: 'connected' }
  /** About once a second while a load runs. */
  | { readonly kind: 'progress'; readonly progress: LoadProgress }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };

export interface LoadProgress {
  readonly atMs: number;
  readonly due: number;
  readonly answered: number;
  readonly failed: number;
  readonly cpus: number | null;
}

export const OUTCOMES = ['unfinished', 'answered', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Every request, in the order in which they were due; times in milliseconds. */
export interface LoadResult {
  /** On the clock of `monotonicMs`. */
  readonly startAtMs: number;
  readonly endAtMs: number;
  /** Since the start. */
  readonly dueMs: Float64Array;
  /** Index into `WORK_KINDS`. */
  readonly kinds: Uint8Array;
  /** Index into {@link OUTCOMES}. */
  readonly outcomes: Uint8Array;
  /** From when it was due, not from when it was sent, to its end; for unfinished ones to the end of the load. */
  readonly latencyMs: Float64Array;
  /** How late requests were sent that had a free connection: what the generator itself adds. */
  readonly latenessMs: Float64Array;
  readonly errors: Readonly<Record<string, number>>;
  /** How often a connection was lost. */
  readonly disconnects: number;
  readonly generatorCpuMs: number;
  readonly group: WatchedGroup;
}

/** One clock for all processes of this host. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
