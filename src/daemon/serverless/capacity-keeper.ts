import { performance } from 'node:perf_hooks';
import { AirglowError } from '../../errors.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';

/** What an attempt to change capacity came to. */
export interface AppliedChange {
  /** What is in force now. */
  readonly acu: number;
  readonly tookMs: number;
  readonly error: AirglowError | null;
}

/** What failed is not mended more often than this; decisions go on meanwhile. */
const MEND_EVERY_MS = 1_000;

/** Keeps a database at the capacity decided last: applies it, and mends what somebody changed underneath. */
export class CapacityKeeper {
  readonly #cluster: ManagedCluster;
  readonly #onApplied: (change: AppliedChange) => void;
  readonly #running = new Set<Promise<void>>();
  #mendAtMs = 0;

  constructor(cluster: ManagedCluster, onApplied: (change: AppliedChange) => void) {
    this.#cluster = cluster;
    this.#onApplied = onApplied;
  }

  /** The cluster puts changes in order: a raise overtakes a lowering. */
  apply(acu: number): void {
    const work: Promise<void> = this.#attempt(acu).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  /** To be called now and then: what is in force is compared with what should be. */
  mend(): void {
    const { applied } = this.#cluster;
    const nowMs = performance.now();
    if (applied === null || this.#running.size > 0 || nowMs < this.#mendAtMs) return;
    if (this.#cluster.isInForce()) return;
    this.#mendAtMs = nowMs + MEND_EVERY_MS;
    this.apply(applied.acu);
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #attempt(acu: number): Promise<void> {
    const startedMs = performance.now();
    try {
      const applied = await this.#cluster.apply(acu);
      this.#onApplied({ acu: applied.acu, tookMs: performance.now() - startedMs, error: null });
    } catch (error) {
      const inForce = this.#cluster.applied?.acu ?? acu;
      this.#onApplied({ acu: inForce, tookMs: performance.now() - startedMs, error: asError(error) });
    }
  }
}

function asError(error: unknown): AirglowError {
  if (error instanceof AirglowError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AirglowError('LIMIT_REFUSED', `capacity could not be changed: ${message}`, { cause: error });
}
