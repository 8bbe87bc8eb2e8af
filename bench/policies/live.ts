import { startCapacity } from '../../src/capacity/decide.ts';
import { explainCpu } from '../../src/capacity/cpu-demand.ts';
import type { CapacityConfig, CapacityPolicy, CapacityState, Observation } from '../../src/capacity/model.ts';
import type { Outcome } from '../../src/capacity/model.ts';
import type { DatabaseModel, PlannedPolicy, PolicyRun } from '../../src/planner/model.ts';
import { LiveSeen } from './live-seen.ts';
import { decideFor, stay } from './plain-decision.ts';

/**
 * Puts a policy of the planner on a real database: it sees the full looks, once a second, and what it wants is brought in
 * force at once, without the time that its own vendor takes. What it remembers is in its run and not in the state, so one
 * of these runs one database, from its last `start` on.
 */
export function livePolicy(policy: PlannedPolicy): CapacityPolicy {
  if (policy.kind !== 'causal')
    throw new Error(
      `${policy.name} has to know the whole load in advance: use fixed-max or fixed-mean with a real database.`,
    );
  return new LivePolicy(policy);
}

class LivePolicy implements CapacityPolicy {
  readonly name: string;
  readonly #policy: PlannedPolicy;
  readonly #seen = new LiveSeen();
  #run: PolicyRun | null = null;
  #isPaused = false;

  constructor(policy: PlannedPolicy) {
    this.name = policy.name;
    this.#policy = policy;
  }

  start(config: CapacityConfig, capacityAcu: number, now: number): CapacityState {
    const state = startCapacity(config, capacityAcu, now);
    this.#begin(state);
    return state;
  }

  decide(state: CapacityState, seen: Observation, now: number): Outcome {
    // The fast looks cover the same time as the full ones.
    if (seen.kind === 'fast' || seen.cpu === null) return stay(state, seen);
    const run = this.#run ?? this.#begin(state);
    // It is looked at again, so it is awake; or the pause did not come about.
    if (this.#isPaused) return decideFor(state, seen, this.#wake(run, state, now));
    this.#seen.fill(seen, explainCpu(seen.cpu, state.config.hostCpus), state.capacityAcu);
    const acu = run.decide(this.#seen, now);
    if (acu > 0) return decideFor(state, seen, acu);
    const isHindered = (seen.activity?.blockers.length ?? 0) > 0;
    return isHindered ? stay(state, seen) : this.#pause(state, seen);
  }

  #begin(state: CapacityState): PolicyRun {
    const { minAcu, maxAcu, autoPauseMs, shape, hostCpus } = state.config;
    this.#isPaused = false;
    this.#run = this.#policy.start({
      bounds: { minAcu, maxAcu, autoPauseMs },
      database: { ...UNUSED, shape, hostCpus },
      // It begins with what the first second needs: with what it has.
      demandAcu: Float32Array.of(state.capacityAcu),
    });
    return this.#run;
  }

  #wake(run: PolicyRun, state: CapacityState, now: number): number {
    this.#isPaused = false;
    return run.wake?.(now) ?? state.capacityAcu;
  }

  #pause(state: CapacityState, seen: Observation): Outcome {
    const outcome = stay(state, seen);
    this.#isPaused = true;
    return {
      ...outcome,
      actions: [{ kind: 'pause' }],
      decision: { ...outcome.decision, toAcu: 0, pause: { kind: 'due' } },
    };
  }
}

/** A policy that may not see the future reads nothing of this. */
const UNUSED: Omit<DatabaseModel, 'shape' | 'hostCpus'> = {
  requestCpuSeconds: Number.NaN,
  requestVariation: 1,
  requestOtherSeconds: Number.NaN,
  connections: Number.NaN,
  baseMemoryBytes: Number.NaN,
  cacheShare: Number.NaN,
  missSeconds: Number.NaN,
  pagesPerCpuSecond: Number.NaN,
  tier: null,
  idleBelowCpus: Number.NaN,
};
