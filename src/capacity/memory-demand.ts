import type { AcuShape } from './acu.ts';
import type { MemoryMemory, MemoryObservation, ReadAgain, WaitObservation } from './model.ts';

/** What cannot be evicted takes at most this share of the memory: room for growth, and for some page cache. */
const UNEVICTABLE_SHARE = 0.8;
const MIB = 1024 ** 2;
/** The cache is given back in steps: this share of it each time, and not less than... */
const STEP_SHARE = 0.05;
const LEAST_STEP_BYTES = 64 * MIB;
const STEP_INTERVAL_MS = 1_000;
/** Pages read again at this rate, while sessions wait for I/O, say that the cache is too small. */
const PRESSING_REFAULTS = 2 * MIB;
const PRESSING_IO = 0.1;
/**
 * Pages from the second tier come in a tenth of a millisecond, and it is there to be used: memory takes their place only
 * when sessions wait for it for half as long as they compute, and one at a time at the least.
 */
const PRESSING_TIER = 1;
const PRESSING_TIER_PER_CPU = 0.5;
/** Growth takes in what is read again in so long. */
const GROWTH_SECONDS = 10;
/** ...and a step at least, once it is full to the brim: slow storage reads little in ten seconds. */
const BRIM_SHARE = 0.97;
const LEAST_GROWTH_SHARE = 0.03;
/** The memory has to be nearly full for its size to matter. */
const FULL_SHARE = 0.85;
const BACK_OFF_MS = 30_000;
const LONGEST_BACK_OFF_MS = 600_000;
/**
 * After so long, and when the cache has grown by so much, it shows whether more memory helps: by how much fewer pages are
 * read again, or how much more is done. Slow storage fills memory slowly, but not for longer than...
 */
const TRIAL_MS = 20_000;
const LONGEST_TRIAL_MS = 300_000;
const TRIED_GROWTH = 0.25;
/** Of what the cache has grown by: a scan gains nothing. */
const HELPED_PER_GROWTH = 0.15;
/**
 * Work is told by the bytes that go to and from clients; where there are few, by processors in use, which tell less: how
 * much of them a request needs depends on how busy they are. Half a megabyte counts as much as a processor.
 */
const LEAST_NETWORK = 20_000;
const NETWORK_PER_WORK = 500_000;
const LEAST_CPUS = 0.01;
/** Weight of the newest look in what is read again, and what is done meanwhile. */
const SMOOTHING = 0.2;
const IGNORE_MS = 300_000;

export const INITIAL_MEMORY: MemoryMemory = {
  keptCacheBytes: null,
  nextStepAtMs: 0,
  backOffUntilMs: 0,
  backOffMs: BACK_OFF_MS,
  readAgain: null,
  trial: null,
  ignoreRefaultsUntilMs: 0,
  inVain: null,
};

/** What cannot be evicted, in ACU, with its headroom: below this nothing may ever go. */
export function unevictableToAcu(unevictableBytes: number, shape: AcuShape): number {
  return unevictableBytes / UNEVICTABLE_SHARE / shape.memoryBytes;
}

/** Demand of a full look: what cannot be evicted, or that and the cache worth keeping. */
export function memoryDemandAcu(
  { unevictableBytes, limitBytes }: MemoryObservation,
  keptCacheBytes: number,
  shape: AcuShape,
): number {
  const kept = (unevictableBytes + keptCacheBytes) / shape.memoryBytes;
  // A cache that fills its memory to the brim, as caches do, asks for no more than it has.
  const full = limitBytes === null ? Number.POSITIVE_INFINITY : limitBytes / shape.memoryBytes;
  const fits = kept > full && kept < full * 1.02 ? full : kept;
  return Math.max(unevictableToAcu(unevictableBytes, shape), fits);
}

/** What a full look tells of memory and of those who wait for it. */
export interface MemoryLook {
  readonly memory: MemoryObservation;
  readonly waits: WaitObservation | null;
  /** Processors in use; null where not known. */
  readonly usedCpus: number | null;
  readonly networkBytesPerSecond: number | null;
}

/**
 * Decides what cache is worth its memory. It grows at once when pages are read again and sessions wait for that, and
 * shrinks in small steps while nothing else wants the capacity (`mayShrink`); a step that makes pages be read again is
 * taken back, and the next one waits longer.
 */
export function rememberMemory(
  memory: MemoryMemory,
  look: MemoryLook,
  mayShrink: boolean,
  now: number,
): MemoryMemory {
  const { memory: seen } = look;
  if (seen.cacheBytes === 0 && memory.keptCacheBytes === 0 && memory.trial === null) return memory;
  const judged = judgeTrial({ ...memory, readAgain: smoothed(memory, look) }, look, now);
  const missedBytesPerSecond = pressingReads(look);
  const isInVain = now < judged.ignoreRefaultsUntilMs;
  if (missedBytesPerSecond > 0 && !isInVain) return grow(judged, look, missedBytesPerSecond, now);
  if (!mayShrink) return withCache(judged, seen.cacheBytes, now + STEP_INTERVAL_MS);
  // What was added is being filled.
  if (judged.trial !== null) return judged;
  const kept = Math.min(judged.keptCacheBytes ?? seen.cacheBytes, seen.cacheBytes);
  if (now < judged.nextStepAtMs || now < judged.backOffUntilMs)
    return withCache(judged, kept, judged.nextStepAtMs);
  const step = Math.max(LEAST_STEP_BYTES, kept * STEP_SHARE);
  const leastBytes = missedBytesPerSecond > 0 ? Math.min(kept, judged.inVain?.cacheBytes ?? 0) : 0;
  const isCalm = now - judged.backOffUntilMs >= LONGEST_BACK_OFF_MS;
  return {
    ...judged,
    keptCacheBytes: Math.max(leastBytes, kept - step),
    nextStepAtMs: now + STEP_INTERVAL_MS,
    backOffMs: isCalm ? BACK_OFF_MS : judged.backOffMs,
  };
}

function withCache(memory: MemoryMemory, keptCacheBytes: number, nextStepAtMs: number): MemoryMemory {
  return { ...memory, keptCacheBytes, nextStepAtMs };
}

/** Bytes a second that more memory would make unnecessary and that are worth it; 0 where there are none. */
function pressingReads({ memory: seen, waits, usedCpus }: MemoryLook): number {
  if (!isFull(seen)) return 0;
  const isStorageWaitedFor = waits === null || waits.io >= PRESSING_IO;
  const tierBound = Math.max(PRESSING_TIER, PRESSING_TIER_PER_CPU * (usedCpus ?? 0));
  const isTierWaitedFor = waits !== null && waits.tier >= tierBound;
  const storage = isStorageWaitedFor ? seen.refaultBytesPerSecond : 0;
  const tier = isTierWaitedFor ? seen.tierReadBytesPerSecond : 0;
  return Math.max(storage, tier) >= PRESSING_REFAULTS ? storage + tier : 0;
}

function isFull({ unevictableBytes, cacheBytes, limitBytes }: MemoryObservation): boolean {
  return limitBytes !== null && unevictableBytes + cacheBytes >= FULL_SHARE * limitBytes;
}

function grow(
  memory: MemoryMemory,
  look: MemoryLook,
  missedBytesPerSecond: number,
  now: number,
): MemoryMemory {
  const isRegretted = now >= memory.backOffUntilMs;
  const backOffMs = isRegretted ? Math.min(memory.backOffMs * 2, LONGEST_BACK_OFF_MS) : memory.backOffMs;
  const { cacheBytes } = look.memory;
  return {
    ...memory,
    keptCacheBytes: Math.max(cacheBytes + GROWTH_SECONDS * missedBytesPerSecond, leastGrown(look.memory)),
    backOffUntilMs: now + memory.backOffMs,
    backOffMs,
    trial: memory.trial ?? { atMs: now, cacheBytes, readAgain: memory.readAgain ?? NOTHING_READ },
    ignoreRefaultsUntilMs: 0,
    inVain: null,
  };
}

function leastGrown({ unevictableBytes, cacheBytes, limitBytes }: MemoryObservation): number {
  if (limitBytes === null || unevictableBytes + cacheBytes < BRIM_SHARE * limitBytes) return 0;
  return (1 + LEAST_GROWTH_SHARE) * limitBytes - unevictableBytes;
}

/** A scan of more than any memory holds reads its pages again however much there is: then growth is given up. */
function judgeTrial(memory: MemoryMemory, { memory: seen }: MemoryLook, now: number): MemoryMemory {
  const { trial, readAgain } = memory;
  if (trial === null || readAgain === null) return memory;
  const ageMs = now - trial.atMs;
  if (bytesReadAgain(seen) < PRESSING_REFAULTS || ageMs > LONGEST_TRIAL_MS) return { ...memory, trial: null };
  const growth = trial.cacheBytes > 0 ? seen.cacheBytes / trial.cacheBytes - 1 : 1;
  if (ageMs < TRIAL_MS || growth < TRIED_GROWTH) return memory;
  const hoped = 1 - HELPED_PER_GROWTH * Math.min(1, growth);
  if (hasHelped(readAgain, trial.readAgain, hoped)) return { ...memory, trial: null };
  return {
    ...memory,
    trial: null,
    ignoreRefaultsUntilMs: now + IGNORE_MS,
    inVain: trial,
    backOffUntilMs: now,
  };
}

const NOTHING_READ: ReadAgain = { perSecond: 0, work: LEAST_CPUS };

/** Fewer pages, or more work; storage at its limit gives as many pages as before, and larger pieces of them. */
function hasHelped(now: ReadAgain, before: ReadAgain, share: number): boolean {
  return (
    now.perSecond < share * before.perSecond ||
    now.work * share > before.work ||
    now.perSecond / now.work < (share * before.perSecond) / before.work
  );
}

function smoothed({ readAgain }: MemoryMemory, look: MemoryLook): ReadAgain {
  const perSecond = bytesReadAgain(look.memory);
  const work = workOf(look);
  if (readAgain === null) return { perSecond, work };
  return {
    perSecond: readAgain.perSecond + SMOOTHING * (perSecond - readAgain.perSecond),
    work: readAgain.work + SMOOTHING * (work - readAgain.work),
  };
}

function workOf({ usedCpus, networkBytesPerSecond }: MemoryLook): number {
  const network = networkBytesPerSecond ?? 0;
  return network >= LEAST_NETWORK ? network / NETWORK_PER_WORK : Math.max(usedCpus ?? 0, LEAST_CPUS);
}

function bytesReadAgain({ refaultBytesPerSecond, tierReadBytesPerSecond }: MemoryObservation): number {
  return refaultBytesPerSecond + tierReadBytesPerSecond;
}
