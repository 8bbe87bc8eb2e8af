import type { TimedDecision } from '../fleet.ts';

/** So many changes are kept for `explain`; the history keeps all. */
const MOST_CHANGES = 50;

/** The latest decision and the latest changes. */
export class DecisionLog {
  #latest: TimedDecision | null = null;
  #latestFull: TimedDecision | null = null;
  #changes: TimedDecision[] = [];

  add(decision: TimedDecision): void {
    this.#latest = decision;
    if (decision.decision.kind === 'full') this.#latestFull = decision;
    const { fromAcu, toAcu } = decision.decision;
    if (fromAcu !== toAcu) this.#changes = [decision, ...this.#changes].slice(0, MOST_CHANGES);
  }

  get latest(): TimedDecision | null {
    return this.#latest;
  }

  /** A fast one knows too little to explain anything. */
  get latestFull(): TimedDecision | null {
    return this.#latestFull;
  }

  /** Newest first. */
  get changes(): readonly TimedDecision[] {
    return this.#changes;
  }
}
