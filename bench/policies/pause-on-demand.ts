import { airglowPolicy } from '../../src/capacity/decide.ts';
import type { CapacityPolicy } from '../../src/capacity/model.ts';

/** Airglow's own policy, which also asks for a pause whenever it is wanted, however long nobody has been there. */
export function pauseOnDemand(isWanted: () => boolean): CapacityPolicy {
  return {
    name: 'pause-on-demand',
    start: (config, capacityAcu, now) => airglowPolicy.start(config, capacityAcu, now),
    decide(state, seen, now) {
      const outcome = airglowPolicy.decide(state, seen, now);
      // One action at a time.
      if (outcome.actions.length > 0 || !isWanted()) return outcome;
      return { ...outcome, actions: [{ kind: 'pause' }] };
    },
  };
}
