import type {
  CapacityConfig,
  CapacityPolicy,
  CapacityState,
  Decision,
  Observation,
  Outcome,
} from '../../src/capacity/model.ts';
import { monotonicMs } from '../load/plan.ts';
import { decideFor } from './plain-decision.ts';

/** A decision and what it was made of, at a time of `monotonicMs`. */
export interface TracedDecision {
  readonly atMs: number;
  readonly seen: Observation;
  readonly decision: Decision;
}

interface Pending {
  readonly policy: CapacityPolicy;
  readonly startAcu: number;
  readonly resolve: () => void;
}

/**
 * Lets one database, with its data and its connections, be run by several policies in turn, and keeps what they
 * decided. A policy begins at a chosen capacity that is set for it, as if it had been there all along.
 */
export class SwitchedPolicy implements CapacityPolicy {
  readonly name = 'switched';
  #policy: CapacityPolicy;
  #pending: Pending | null = null;
  #trace: TracedDecision[] = [];

  constructor(first: CapacityPolicy) {
    this.#policy = first;
  }

  /** Resolves when the capacity it begins at has been asked for. */
  use(policy: CapacityPolicy, startAcu: number): Promise<void> {
    return new Promise((resolve) => {
      this.#pending = { policy, startAcu, resolve };
    });
  }

  /** What was decided since the last call. */
  takeTrace(): readonly TracedDecision[] {
    const trace = this.#trace;
    this.#trace = [];
    return trace;
  }

  start(config: CapacityConfig, capacityAcu: number, now: number): CapacityState {
    return this.#policy.start(config, capacityAcu, now);
  }

  decide(state: CapacityState, seen: Observation, now: number): Outcome {
    const outcome =
      this.#pending !== null && seen.kind === 'full'
        ? this.#begin(this.#pending, state, seen, now)
        : this.#policy.decide(state, seen, now);
    this.#trace.push({ atMs: monotonicMs(), seen, decision: outcome.decision });
    return outcome;
  }

  #begin(
    { policy, startAcu, resolve }: Pending,
    state: CapacityState,
    seen: Observation,
    now: number,
  ): Outcome {
    this.#pending = null;
    this.#policy = policy;
    resolve();
    const outcome = decideFor(state, seen, startAcu);
    return { ...outcome, state: policy.start(state.config, outcome.decision.toAcu, now) };
  }
}
