import type { ManagedCluster } from '../../cluster/managed/model.ts';

/** Whoever comes back within seconds should find the cache warm. */
const CACHE_AFTER_MS = 10_000;
/** What was swapped out makes the wake slower, so only what sleeps for long is. */
const SWAP_AFTER_MS = 600_000;

/** Gives back the memory of a sleeping database: page cache soon, and what swap takes after a while. */
export class MemoryReturn {
  readonly #cluster: ManagedCluster;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(cluster: ManagedCluster) {
    this.#cluster = cluster;
  }

  start(): void {
    this.stop();
    this.#after(CACHE_AFTER_MS, 'cache');
    this.#after(SWAP_AFTER_MS, 'all');
  }

  /** What is being given back at this moment stops by itself when limits are set. */
  stop(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }

  #after(delayMs: number, what: 'cache' | 'all'): void {
    const give = (): void => void this.#cluster.rest.giveBackMemory(what).catch(() => {});
    this.#timers.push(setTimeout(give, delayMs).unref());
  }
}
