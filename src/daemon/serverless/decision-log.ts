import type { TimedDecision } from '../fleet.ts';

/** So many changes are kept for `explain`; the history keeps all. */
const MOST_CHANGES = 50;

/** The latest decision and the latest changes. */
export class DecisionLog {
  #latest: TimedDecision | null = null;
  #changes: TimedDecision[] = [];

  add(decision: TimedDecision): void {
    this.#latest = decision;
    const { fromAcu, toAcu } = decision.decision;
    if (fromAcu !== toAcu) this.#changes = [decision, ...this.#changes].slice(0, MOST_CHANGES);
  }

  get latest(): TimedDecision | null {
    return this.#latest;
  }

  /** Newest first. */
  get changes(): readonly TimedDecision[] {
    return this.#changes;
  }
}
