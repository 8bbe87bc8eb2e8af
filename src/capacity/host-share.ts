import { ACU_STEP, awakeMinimum, roundDownToGrid, roundUpToGrid } from './acu.ts';
import type { Grant } from './model.ts';

/** What a database that is awake asks of its host. */
export interface Claim {
  readonly name: string;
  readonly minAcu: number;
  readonly maxAcu: number;
  /** Its demand now, not bounded. */
  readonly demandAcu: number;
  /** What it has. */
  readonly capacityAcu: number;
}

/**
 * Shares of a host by weighted max-min fairness, on the grid. Everybody gets its minimum; then demands are met, the
 * least (for its weight, the maximum) first; what is left is shared as room to grow into. The sum of all shares is
 * never above the budget unless the minimums alone are.
 */
export function shareHost(budgetAcu: number, claims: readonly Claim[]): ReadonlyMap<string, Grant> {
  const wants = claims.map((claim) => ({ claim, most: wantOf(claim) }));
  const contended = wants.reduce((sum, { most }) => sum + most, 0) > budgetAcu;
  const shares = new Map(claims.map(({ name, minAcu }) => [name, awakeMinimum(minAcu)]));
  fill(shares, budgetAcu, wants);
  fill(
    shares,
    budgetAcu,
    claims.map((claim) => ({ claim, most: claim.maxAcu })),
  );
  return new Map([...shares].map(([name, shareAcu]) => [name, { shareAcu, contended }]));
}

/** Above the host's budget there is nothing to have, and below half a step more nothing to give. */
export function clampMaximum(requestedMaxAcu: number, budgetAcu: number): number {
  return Math.max(ACU_STEP, Math.min(requestedMaxAcu, roundDownToGrid(budgetAcu)));
}

function wantOf({ demandAcu, minAcu, maxAcu }: Claim): number {
  return Math.min(Math.max(roundUpToGrid(demandAcu), awakeMinimum(minAcu)), maxAcu);
}

/** Raises shares towards `most`, one step at a time, always the one that has least for its weight. */
function fill(
  shares: Map<string, number>,
  budgetAcu: number,
  wants: readonly { readonly claim: Claim; readonly most: number }[],
): void {
  let left = budgetAcu - [...shares.values()].reduce((sum, share) => sum + share, 0);
  const open = wants.filter(({ claim, most }) => (shares.get(claim.name) ?? 0) + ACU_STEP <= most);
  while (left >= ACU_STEP && open.length > 0) {
    const poorest = open.reduce((least, one) =>
      levelOf(one.claim, shares) < levelOf(least.claim, shares) ? one : least,
    );
    const share = (shares.get(poorest.claim.name) ?? 0) + ACU_STEP;
    shares.set(poorest.claim.name, share);
    left -= ACU_STEP;
    if (share + ACU_STEP > poorest.most) open.splice(open.indexOf(poorest), 1);
  }
}

function levelOf({ name, maxAcu }: Claim, shares: ReadonlyMap<string, number>): number {
  return (shares.get(name) ?? 0) / maxAcu;
}
