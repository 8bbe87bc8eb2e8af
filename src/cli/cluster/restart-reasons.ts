import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import type { HostTierStatus } from '../../daemon/fleet.ts';

/** Among the reasons, for the tier; others are names of settings. */
export const TIER = 'its tiered cache';

type Restartable = Pick<ClusterAnswer, 'status' | 'pendingRestart' | 'optimizedReads'>;

/** Whether the tier of a database that runs is another one than was asked for; then only the host's may be in the way. */
export function isTierOther({ status, optimizedReads: { tieredCache } }: Restartable): boolean {
  if (status !== 'available' && status !== 'paused') return false;
  return tieredCache !== null && tieredCache.sizeBytes !== tieredCache.inForceBytes;
}

/** What a restart would put in force, in words; empty where it would change nothing. `hostTier`: null where nobody asked. */
export function restartReasons(
  cluster: Restartable,
  hostTier: Pick<HostTierStatus, 'state'> | null,
): readonly string[] {
  const isTierWaiting = isTierOther(cluster) && hostTier?.state === 'on';
  return [...cluster.pendingRestart, ...(isTierWaiting ? [TIER] : [])];
}
