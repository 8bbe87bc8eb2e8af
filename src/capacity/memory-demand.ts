import type { AcuShape } from './acu.ts';
import type { MemoryMemory, MemoryObservation, WaitObservation } from './model.ts';

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
/** The memory has to be nearly full for its size to matter. */
const FULL_SHARE = 0.85;
const BACK_OFF_MS = 30_000;
const LONGEST_BACK_OFF_MS = 600_000;
/**
 * After so long it shows whether more memory helped: by this much fewer pages read again for the same work. For the same
 * work, since storage at its limit goes on giving as many pages as before, and more is done with each.
 */
const TRIAL_MS = 20_000;
const HELPED_SHARE = 0.8;
/** At the maximum, or while the host has no more, nothing was tried. */
const GROWN_SHARE = 1.05;
/** Work is told by processors in use; with less than this it is not. */
const LEAST_CPUS = 0.01;
const IGNORE_MS = 300_000;

export const INITIAL_MEMORY: MemoryMemory = {
  keptCacheBytes: null,
  nextStepAtMs: 0,
  backOffUntilMs: 0,
  backOffMs: BACK_OFF_MS,
  trial: null,
  ignoreRefaultsUntilMs: 0,
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
  const judged = judgeTrial(memory, look, now);
  const missedBytesPerSecond = pressingReads(judged, look, now);
  if (missedBytesPerSecond > 0) return grow(judged, look, missedBytesPerSecond, now);
  const kept = Math.min(judged.keptCacheBytes ?? seen.cacheBytes, seen.cacheBytes);
  if (!mayShrink) return withCache(judged, seen.cacheBytes, now + STEP_INTERVAL_MS);
  if (now < judged.nextStepAtMs || now < judged.backOffUntilMs)
    return withCache(judged, kept, judged.nextStepAtMs);
  const step = Math.max(LEAST_STEP_BYTES, kept * STEP_SHARE);
  const isCalm = now - judged.backOffUntilMs >= LONGEST_BACK_OFF_MS;
  return {
    ...judged,
    keptCacheBytes: Math.max(0, kept - step),
    nextStepAtMs: now + STEP_INTERVAL_MS,
    backOffMs: isCalm ? BACK_OFF_MS : judged.backOffMs,
  };
}

function withCache(memory: MemoryMemory, keptCacheBytes: number, nextStepAtMs: number): MemoryMemory {
  const { backOffUntilMs, backOffMs, trial, ignoreRefaultsUntilMs } = memory;
  return { keptCacheBytes, nextStepAtMs, backOffUntilMs, backOffMs, trial, ignoreRefaultsUntilMs };
}

/** Bytes a second that more memory would make unnecessary and that are worth it; 0 where there are none. */
function pressingReads(memory: MemoryMemory, look: MemoryLook, now: number): number {
  const { memory: seen, waits, usedCpus } = look;
  if (now < memory.ignoreRefaultsUntilMs || seen.limitBytes === null) return 0;
  if (seen.unevictableBytes + seen.cacheBytes < FULL_SHARE * seen.limitBytes) return 0;
  const isStorageWaitedFor = waits === null || waits.io >= PRESSING_IO;
  const tierBound = Math.max(PRESSING_TIER, PRESSING_TIER_PER_CPU * (usedCpus ?? 0));
  const isTierWaitedFor = waits !== null && waits.tier >= tierBound;
  const storage = isStorageWaitedFor ? seen.refaultBytesPerSecond : 0;
  const tier = isTierWaitedFor ? seen.tierReadBytesPerSecond : 0;
  return Math.max(storage, tier) >= PRESSING_REFAULTS ? storage + tier : 0;
}

function grow(
  memory: MemoryMemory,
  look: MemoryLook,
  missedBytesPerSecond: number,
  now: number,
): MemoryMemory {
  const isRegretted = now >= memory.backOffUntilMs;
  const backOffMs = isRegretted ? Math.min(memory.backOffMs * 2, LONGEST_BACK_OFF_MS) : memory.backOffMs;
  return {
    ...memory,
    keptCacheBytes: look.memory.cacheBytes + GROWTH_SECONDS * missedBytesPerSecond,
    backOffUntilMs: now + memory.backOffMs,
    backOffMs,
    trial: memory.trial ?? {
      atMs: now,
      limitBytes: look.memory.limitBytes ?? 0,
      readAgainPerCpuSecond: readAgain(look),
    },
  };
}

/** A scan of more than any memory holds reads its pages again however much there is: then growth is given up. */
function judgeTrial(memory: MemoryMemory, look: MemoryLook, now: number): MemoryMemory {
  const { trial } = memory;
  if (trial === null || now - trial.atMs < TRIAL_MS) return memory;
  const hasGrown = (look.memory.limitBytes ?? 0) >= GROWN_SHARE * trial.limitBytes;
  const helped = !hasGrown || readAgain(look) < HELPED_SHARE * trial.readAgainPerCpuSecond;
  if (helped) return { ...memory, trial: null };
  return { ...memory, trial: null, ignoreRefaultsUntilMs: now + IGNORE_MS, backOffUntilMs: now };
}

/** Bytes for each second of processor time. */
function readAgain({ memory, usedCpus }: MemoryLook): number {
  const bytesPerSecond = memory.refaultBytesPerSecond + memory.tierReadBytesPerSecond;
  return bytesPerSecond / Math.max(usedCpus ?? 0, LEAST_CPUS);
}
