import { PAGES_PER_BLOCK, TIER_HIT_CPU_SECONDS } from '../../capacity/optimized-reads/devices.ts';
import type { DatabaseModel, TierModel } from '../model.ts';

const PAGE_BYTES = 8192;

/**
 * The memory of a database: what cannot be evicted, and a cache that holds as much of the working set as there is room
 * for. What is missing has to be read from storage whenever it is touched, and sessions wait for it. With a second tier
 * what that holds comes from there.
 */
export class PageCache {
  readonly #model: DatabaseModel;
  unevictableBytes = 0;
  cacheBytes = 0;
  /** Memory that would be worth having. */
  wantedBytes = 0;
  refaultBytesPerSecond = 0;
  /** Sessions that wait for pages from storage, mean number. */
  ioSessions = 0;
  tierReadBytesPerSecond = 0;
  /** Sessions that wait for pages from the second tier, mean number. */
  tierSessions = 0;
  /** CPU that pages from the second tier cost, in CPUs for each that the load itself uses. */
  tierCpuShare = 0;
  /** With a second tier: what of the working set is in memory or there. */
  #heldBytes = 0;
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
    if (model.tier !== null) return this.#serveTiered(model.tier, wantedCache, most, usedCpus, seconds);
    const missing = wantedCache > 0 ? (wantedCache - this.cacheBytes) / wantedCache : 0;
    const misses = usedCpus * model.pagesPerCpuSecond * missing;
    // Reading is what fills it; once it is full, what comes in pushes something out.
    this.refaultBytesPerSecond = room < wantedCache ? misses * PAGE_BYTES : 0;
    this.ioSessions = misses * model.missSeconds;
    this.requestSeconds = model.requestCpuSeconds * model.pagesPerCpuSecond * missing * model.missSeconds;
    this.cacheBytes = Math.min(most, this.cacheBytes + misses * PAGE_BYTES * seconds);
  }

  /** Frozen: what is in memory may stay, unless it is taken away; a second tier keeps what it holds. */
  drop(): void {
    this.cacheBytes = 0;
  }

  /** Memory and tier together hold what has been read, up to the size of the tier, or of memory where that is larger. */
  #serveTiered(tier: TierModel, wantedCache: number, most: number, usedCpus: number, seconds: number): void {
    const { requestCpuSeconds, pagesPerCpuSecond, missSeconds } = this.#model;
    const room = Math.min(wantedCache, Math.max(most, tier.bytes));
    this.#heldBytes = Math.min(room, Math.max(this.#heldBytes, this.cacheBytes));
    const fromStorage = wantedCache > 0 ? (wantedCache - this.#heldBytes) / wantedCache : 0;
    const fromTier = wantedCache > 0 ? (this.#heldBytes - this.cacheBytes) / wantedCache : 0;
    // What the tier itself costs is no work of the load, and touches no pages.
    const touches = (usedCpus / (1 + this.tierCpuShare)) * pagesPerCpuSecond;
    const storageBytes = touches * fromStorage * PAGE_BYTES;
    this.refaultBytesPerSecond = room < wantedCache ? storageBytes : 0;
    this.ioSessions = touches * fromStorage * missSeconds;
    this.tierReadBytesPerSecond = touches * fromTier * PAGE_BYTES;
    this.tierSessions = touches * fromTier * tier.missSeconds;
    this.tierCpuShare = pagesPerCpuSecond * fromTier * PAGES_PER_BLOCK * TIER_HIT_CPU_SECONDS;
    this.requestSeconds =
      requestCpuSeconds * pagesPerCpuSecond * (fromStorage * missSeconds + fromTier * tier.missSeconds);
    const readBytes = (storageBytes + this.tierReadBytesPerSecond) * seconds;
    this.cacheBytes = Math.min(most, this.cacheBytes + readBytes);
    this.#heldBytes = Math.min(room, this.#heldBytes + storageBytes * seconds);
  }

  #rest(): void {
    this.wantedBytes = this.#model.baseMemoryBytes;
    this.unevictableBytes = this.#model.baseMemoryBytes;
    this.refaultBytesPerSecond = 0;
    this.ioSessions = 0;
    this.requestSeconds = 0;
    this.tierReadBytesPerSecond = 0;
    this.tierSessions = 0;
    this.tierCpuShare = 0;
  }
}
