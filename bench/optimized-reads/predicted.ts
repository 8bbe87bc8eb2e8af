import { predictReads } from '../../src/capacity/optimized-reads/predict-reads.ts';
import type { ReadsRow } from './experiments.ts';

export interface MeasuredPair {
  readonly without: ReadsRow;
  readonly withTier: ReadsRow;
  readonly perSecond: number;
  readonly iops: number;
  readonly clients: number;
  readonly workingSetBytes: number;
  /** Memory that holds pages of it. */
  readonly cacheBytes: number;
  readonly tierBytes: number;
}

/** A block from storage, and a page from swap, of a fast disk that has nothing else to do; seconds. */
const STORAGE_SECONDS = 0.000_3;
const TIER_SECONDS = 0.000_07;
/** A row of a quarter of a block is on one of its two pages, and the block's beginning is on the first. */
const PAGES_PER_BLOCK = 1.5;

/** What the planner's arithmetic would have said of the measured load, from what was known without a tier. */
export function printPrediction(pair: MeasuredPair): void {
  const { without, withTier, perSecond, iops, clients } = pair;
  const predicted = predictReads({
    requestsPerSecond: perSecond,
    blocksPerRequest: 1,
    pagesPerBlock: PAGES_PER_BLOCK,
    workingSetBytes: pair.workingSetBytes,
    cacheBytes: pair.cacheBytes,
    tierBytes: pair.tierBytes,
    storageIopsLimit: iops,
    storageSeconds: STORAGE_SECONDS,
    tierSeconds: TIER_SECONDS,
    cpuSecondsPerRequest: without.load.running / without.tps,
    cpus: null,
    connections: clients,
  });
  const line = (name: string, row: ReadsRow, said: typeof predicted.with): string =>
    `  ${name}: waiting for storage ${row.load.storageRead.toFixed(2)} (predicted ${said.storage.toFixed(2)}), for the tier ` +
    `${row.load.tierRead.toFixed(2)} (${said.tier.toFixed(2)}), on CPU ${row.load.running.toFixed(2)} (${said.cpu.toFixed(2)})`;
  console.log(`Predicted for ${perSecond}/s at ${iops} IOPS, from the row without a tier`);
  console.log(line('without', without, predicted.without));
  console.log(line('with tier', withTier, predicted.with));
}
