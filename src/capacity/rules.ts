/**
 * What is left to choose in how CPU (and network) become capacity. Chosen by replaying loads: `npm run bench -- tune`, and
 * docs/decisions/0012.
 */
export interface CapacityRules {
  /** Capacity is chosen so that about this share of its CPU is used: above it, queues grow quickly. */
  readonly targetUtilisation: number;
  /** Waiting for our limit, over what is used, that comes about by chance at the target: it asks for nothing. */
  readonly queueAllowance: number;
  /** What was used within this time is held ready. */
  readonly holdMs: number;
  /** Lowering by less than this share of the capacity is not worth a change. */
  readonly leastLoweringShare: number;
  /** Nothing is lowered so soon after a raise: what it brings has to be seen first. */
  readonly settleMs: number;
  /**
   * The fast loop's demand is a mean over this. A few statements that fall together meet the limit for some milliseconds
   * and are no load; a queue behind the limit is so long that it shows in the first look all the same.
   */
  readonly fastWindowMs: number;
}

export const RULES: CapacityRules = {
  targetUtilisation: 0.74,
  queueAllowance: 0.3,
  holdMs: 4_000,
  leastLoweringShare: 0.08,
  settleMs: 2_000,
  fastWindowMs: 250,
};
