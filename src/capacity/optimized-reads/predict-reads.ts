import { TIER_HIT_CPU_SECONDS, turnSeconds } from './devices.ts';

/** A load of random reads, in figures that can be measured or set. */
export interface ReadsInput {
  /** Offered: they come whether or not earlier ones were answered. */
  readonly requestsPerSecond: number;
  /** Blocks of 8 KiB that a request touches, each of the working set as likely as any other. */
  readonly blocksPerRequest: number;
  /** Pages of 4 KiB of such a block that it touches: so many come from the tier, one by one. 1 to 2. */
  readonly pagesPerBlock: number;
  readonly workingSetBytes: number;
  /** Memory that holds pages of it. */
  readonly cacheBytes: number;
  /** The whole second-level cache, what of it is in memory included, as `--tiered-cache` gives it; 0 without. */
  readonly tierBytes: number;
  /** Blocks a second that the storage lets through; null where it has no limit. */
  readonly storageIopsLimit: number | null;
  /** A block from storage that has nothing else to do. */
  readonly storageSeconds: number;
  /** A page of 4 KiB from the tier, at load. */
  readonly tierSeconds: number;
  readonly cpuSecondsPerRequest: number;
  /** Null: enough of them. */
  readonly cpus: number | null;
  /** No more sessions than these are active at once. */
  readonly connections: number;
}

/** Means, in average active sessions unless told otherwise. */
export interface PredictedLoad {
  readonly total: number;
  /** On a processor, the kernel's work for the tier included. */
  readonly cpu: number;
  /** For want of processors; chance below that is not in it. */
  readonly cpuWaiting: number;
  readonly storage: number;
  readonly tier: number;
  /** Served: fewer than offered where something is at its limit. */
  readonly requestsPerSecond: number;
  readonly storageReadsPerSecond: number;
  readonly tierReadsPerSecond: number;
  /** Of a request, from its start. */
  readonly requestSeconds: number;
  readonly limitedBy: 'storage' | 'cpu' | 'connections' | null;
}

export interface ReadsPrediction {
  readonly without: PredictedLoad;
  readonly with: PredictedLoad;
}

/** What a load comes to at storage alone, and with a second tier below memory. */
export function predictReads(input: ReadsInput): ReadsPrediction {
  return { without: predict({ ...input, tierBytes: 0 }), with: predict(input) };
}

function predict(input: ReadsInput): PredictedLoad {
  const { requestsPerSecond: offered, storageIopsLimit, storageSeconds, tierSeconds, cpus } = input;
  const { fromStorage, fromTier } = pagesOf(input);
  const cpuSeconds = input.cpuSecondsPerRequest + fromTier * TIER_HIT_CPU_SECONDS;
  const mostByStorage =
    storageIopsLimit === null || fromStorage === 0
      ? Number.POSITIVE_INFINITY
      : storageIopsLimit / fromStorage;
  const mostByCpu = cpus === null || cpuSeconds === 0 ? Number.POSITIVE_INFINITY : cpus / cpuSeconds;
  const aloneSeconds = cpuSeconds + fromTier * tierSeconds + fromStorage * storageSeconds;
  const mostByConnections = aloneSeconds > 0 ? input.connections / aloneSeconds : Number.POSITIVE_INFINITY;
  const served = Math.min(offered, mostByStorage, mostByCpu, mostByConnections);
  const reads = served * fromStorage;
  const [cpu, tier] = [served * cpuSeconds, served * fromTier * tierSeconds];
  // Nobody waits for storage who has no connection; who has one and finds it at its limit does.
  const room = Math.max(0, input.connections - cpu - tier);
  const waitSeconds = storageSeconds + turnSeconds(reads, storageIopsLimit);
  const storage = reads === 0 ? 0 : Math.min(room, reads * waitSeconds);
  const limitedBy =
    served === offered
      ? null
      : served === mostByStorage
        ? 'storage'
        : served === mostByCpu
          ? 'cpu'
          : 'connections';
  const cpuWaiting = limitedBy === 'cpu' ? room - storage : 0;
  const total = cpu + cpuWaiting + tier + storage;
  return {
    total,
    cpu,
    cpuWaiting,
    storage,
    tier,
    requestsPerSecond: served,
    storageReadsPerSecond: reads,
    tierReadsPerSecond: served * fromTier,
    requestSeconds: served > 0 ? total / served : 0,
    limitedBy,
  };
}

/** Reads of a request from below memory: blocks from storage, pages from the tier. */
function pagesOf(input: ReadsInput) {
  const { blocksPerRequest, pagesPerBlock, workingSetBytes, cacheBytes, tierBytes } = input;
  if (!(workingSetBytes > 0)) return { fromStorage: 0, fromTier: 0 };
  const inMemory = Math.min(1, cacheBytes / workingSetBytes);
  const held = Math.min(1, Math.max(cacheBytes, tierBytes) / workingSetBytes);
  return {
    fromStorage: blocksPerRequest * (1 - held),
    fromTier: blocksPerRequest * pagesPerBlock * (held - inMemory),
  };
}
