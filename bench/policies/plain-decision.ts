import { awakeMinimum, clamp, roundDownToGrid } from '../../src/capacity/acu.ts';
import type {
  CapacityConfig,
  CapacityState,
  CpuExplanation,
  CpuObservation,
  Observation,
  Outcome,
} from '../../src/capacity/model.ts';

/** The outcome of a policy that looks at CPU use alone. Bounds are those that every policy has to keep. */
export function decideFor(state: CapacityState, seen: Observation, wantedAcu: number): Outcome {
  const { config, capacityAcu: fromAcu } = state;
  const toAcu = bounded(wantedAcu, config, seen.grant.shareAcu);
  const isRaise = toAcu > fromAcu;
  return {
    state: { ...state, capacityAcu: toAcu },
    actions: toAcu === fromAcu ? [] : [{ kind: 'set-capacity', acu: toAcu }],
    decision: {
      kind: seen.kind,
      fromAcu,
      toAcu,
      parts: { cpu: wantedAcu, memory: null, network: null, connections: null },
      binding: 'cpu',
      demandAcu: wantedAcu,
      hold:
        toAcu <= awakeMinimum(config.minAcu)
          ? { kind: 'minimum', resource: null, untilMs: null }
          : { kind: isRaise ? 'demand' : 'recent-demand', resource: 'cpu', untilMs: null },
      cap: wantedAcu > toAcu ? 'maximum' : null,
      hostSaturated: false,
      cpu: seen.cpu === null ? null : plainExplanation(seen.cpu),
      pause: null,
    },
  };
}

/** Leaves everything as it is. */
export function stay(state: CapacityState, seen: Observation): Outcome {
  return decideFor(state, seen, state.capacityAcu);
}

function bounded(acu: number, { minAcu, maxAcu }: CapacityConfig, shareAcu: number): number {
  const leastAcu = awakeMinimum(minAcu);
  return clamp(acu, leastAcu, Math.max(leastAcu, Math.min(maxAcu, roundDownToGrid(shareAcu))));
}

function plainExplanation({ used, waiting }: CpuObservation): CpuExplanation {
  return { used, waitingForLimit: waiting, waitingForHost: 0 };
}
