import type { DatabaseModel } from '../model.ts';

const PAGE_BYTES = 8192;

/**
 * The memory of a database: what cannot be evicted, and a cache that holds as much of the working set as there is room
 * for. What is missing has to be read from storage whenever it is touched, and sessions wait for it.
 */
export class PageCache {
  readonly #model: DatabaseModel;
  unevictableBytes = 0;
  cacheBytes = 0;
  /** Memory that would be worth having. */
  wantedBytes = 0;
  refaultBytesPerSecond = 0;
  /** Sessions that wait for pages, mean number. */
  ioSessions = 0;
  /** What a request waits for pages, seconds. */
  requestSeconds = 0;

  constructor(model: DatabaseModel) {
    this.#model = model;
    this.unevictableBytes = model.baseMemoryBytes;
    this.wantedBytes = model.baseMemoryBytes;
  }

  /** `wantedBytes`: of the trace; `usedCpus`: work that was done, which is what touches pages. */
  serve(wantedBytes: number, limitBytes: number, usedCpus: number, seconds: number): void {
    const model = this.#model;
    const beyondBase = wantedBytes - model.baseMemoryBytes;
    if (beyondBase <= 0 && this.cacheBytes === 0) return this.#rest();
    const beyond = beyondBase > 0 ? beyondBase : 0;
    const wantedCache = beyond * model.cacheShare;
    this.wantedBytes = model.baseMemoryBytes + beyond;
    this.unevictableBytes = this.wantedBytes - wantedCache;
    const room = Math.max(0, limitBytes - this.unevictableBytes);
    const most = Math.min(wantedCache, room);
    if (this.cacheBytes > most) this.cacheBytes = most;
    const missing = wantedCache > 0 ? (wantedCache - this.cacheBytes) / wantedCache : 0;
    const misses = usedCpus * model.pagesPerCpuSecond * missing;
    // Reading is what fills it; once it is full, what comes in pushes something out.
    this.refaultBytesPerSecond = room < wantedCache ? misses * PAGE_BYTES : 0;
    this.ioSessions = misses * model.missSeconds;
    this.requestSeconds = model.requestCpuSeconds * model.pagesPerCpuSecond * missing * model.missSeconds;
    this.cacheBytes = Math.min(most, this.cacheBytes + misses * PAGE_BYTES * seconds);
  }

  /** Frozen: what is in memory may stay, unless it is taken away. */
  drop(): void {
    this.cacheBytes = 0;
  }

  #rest(): void {
    this.wantedBytes = this.#model.baseMemoryBytes;
    this.unevictableBytes = this.#model.baseMemoryBytes;
    this.refaultBytesPerSecond = 0;
    this.ioSessions = 0;
    this.requestSeconds = 0;
  }
}
