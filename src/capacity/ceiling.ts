import { awakeMinimum, roundDownToGrid } from './acu.ts';
import type { CapacityState, CapKind, Observation } from './model.ts';

/** Growth on a host whose databases want more than it has: in bursts of this, then at this rate. */
const BUCKET_ACU = 4;
const BUCKET_ACU_PER_SECOND = 1;

export const INITIAL_BUCKET_ACU = BUCKET_ACU;

/** What is in the bucket by now. */
export function tokensAt({ tokensAcu, atMs }: CapacityState['bucket'], now: number): number {
  const grownAcu = (Math.max(0, now - atMs) / 1000) * BUCKET_ACU_PER_SECOND;
  return Math.min(BUCKET_ACU, tokensAcu + grownAcu);
}

/** The highest capacity that may be had now, and what makes it so: own maximum, share of the host, token bucket. */
export function ceilingOf(
  { config, capacityAcu }: CapacityState,
  { grant }: Observation,
  tokensAcu: number,
  wantedAcu: number,
): { readonly acu: number; readonly kind: CapKind } {
  const shareAcu = Math.max(awakeMinimum(config.minAcu), roundDownToGrid(grant.shareAcu));
  const hard =
    shareAcu < config.maxAcu
      ? ({ acu: shareAcu, kind: 'host-share' } as const)
      : ({ acu: config.maxAcu, kind: 'maximum' } as const);
  if (!grant.contended || Math.min(wantedAcu, hard.acu) <= capacityAcu) return hard;
  const withTokens = capacityAcu + roundDownToGrid(Math.max(0, tokensAcu));
  return withTokens < hard.acu ? { acu: withTokens, kind: 'token-bucket' } : hard;
}
