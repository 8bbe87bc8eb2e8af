import type { ManagedCluster, OptimizedReads } from '../../../cluster/managed/model.ts';
import { ownSharedBuffers } from '../../../cluster/managed/own-parameters.ts';
import type {
  LocalStorageActivity,
  OptimizedReadsDescription,
  TempObjectsDescription,
  TierActivity,
  TieredCacheDescription,
} from '../../fleet.ts';
import type { WatchedTier } from './database-reads.ts';
import type { OptimizedReadsWatch } from './optimized-reads-watch.ts';

/** What is known of a database and of the tier of its host. */
export interface OptimizedReadsFacts {
  readonly name: string;
  readonly wanted: OptimizedReads;
  /** The size that the user's own parameter gives shared memory; null where there is none. */
  readonly ownSharedBuffers: string | null;
  readonly isRunning: boolean;
  /** Size of the host's tier; 0 while there is none. */
  readonly hostTierBytes: number;
  readonly tempObjects: TempObjectsDescription | null;
  /** On swap now; null while that is not known. */
  readonly swapBytes: number | null;
  readonly activity: TierActivity | null;
  readonly localStorage: LocalStorageActivity | null;
}

/** What describing needs of a database in whatever state. */
export interface DescribedDatabase {
  readonly cluster: Pick<ManagedCluster, 'spec' | 'isRunning' | 'tempSpace' | 'accounts'>;
  readonly tier: WatchedTier;
  readonly reads: Pick<OptimizedReadsWatch, 'activity' | 'localStorage'> | null;
}

export function optimizedReadsOf(
  { cluster, tier, reads }: DescribedDatabase,
  nowMs: number,
): OptimizedReadsDescription {
  const { spec, isRunning, tempSpace, accounts } = cluster;
  return describeOptimizedReads({
    name: spec.name,
    wanted: spec.optimizedReads,
    ownSharedBuffers: ownSharedBuffers(spec.parameters),
    isRunning,
    hostTierBytes: tier.sizeBytes,
    tempObjects: tempSpace.describe(),
    swapBytes: accounts.memory()?.swapBytes ?? null,
    activity: reads?.activity(nowMs) ?? null,
    localStorage: reads?.localStorage(nowMs) ?? null,
  });
}

export function describeOptimizedReads(facts: OptimizedReadsFacts): OptimizedReadsDescription {
  return {
    tempObjects: facts.tempObjects,
    tieredCache: tieredCacheOf(facts),
    localStorage: facts.localStorage,
  };
}

/** What of the tier is in force: what the server was started with, while the host has one. */
export function tierInForce(
  facts: Pick<OptimizedReadsFacts, 'wanted' | 'ownSharedBuffers' | 'isRunning' | 'hostTierBytes'>,
): number {
  if (isOverruled(facts)) return 0;
  return facts.isRunning && facts.hostTierBytes > 0 ? facts.wanted.startedTierBytes : 0;
}

/** Shared memory has another size than the tier below it. */
function isOverruled({
  wanted,
  ownSharedBuffers: own,
}: Pick<OptimizedReadsFacts, 'wanted' | 'ownSharedBuffers'>): boolean {
  return own !== null && wanted.tieredCacheBytes > 0;
}

function tieredCacheOf(facts: OptimizedReadsFacts): TieredCacheDescription | null {
  const { tieredCacheBytes, startedTierBytes } = facts.wanted;
  // What a server that has ended was started with concerns nobody.
  if (tieredCacheBytes === 0 && (startedTierBytes === 0 || !facts.isRunning)) return null;
  const inForceBytes = tierInForce(facts);
  return {
    sizeBytes: tieredCacheBytes,
    inForceBytes,
    reason: reasonOf(facts, inForceBytes),
    usedBytes: facts.isRunning ? facts.swapBytes : null,
    activity: inForceBytes > 0 ? facts.activity : null,
  };
}

function reasonOf(facts: OptimizedReadsFacts, inForceBytes: number): string | null {
  const { name, wanted, isRunning, hostTierBytes } = facts;
  const { tieredCacheBytes, startedTierBytes } = wanted;
  if (hostTierBytes === 0 && (tieredCacheBytes > 0 || startedTierBytes > 0)) {
    return 'The second tier of this host is off or was lost; airglow host tiered-cache status says more, and airglow host tiered-cache enable brings it back.';
  }
  if (isOverruled(facts)) {
    return `Your own parameter shared_buffers (${facts.ownSharedBuffers}) takes its place. Take it back: airglow cluster modify ${name} --reset-parameter shared_buffers --restart.`;
  }
  if (!isRunning) return 'The database does not run; it has its tier when it is started.';
  if (tieredCacheBytes === inForceBytes) return null;
  const change =
    tieredCacheBytes === 0 ? 'It goes' : startedTierBytes === 0 ? 'It comes' : 'Its size changes';
  return `${change} with a restart, which closes all connections: airglow cluster modify ${name} --restart.`;
}
