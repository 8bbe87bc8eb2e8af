import { describe, expect, it } from 'vitest';
import { fixedPolicy } from '../../bench/policies/fixed.ts';
import { SwitchedPolicy } from '../../bench/policies/switched.ts';
import { AWS_RULE, KUBERNETES_RULE, targetTrackingPolicy } from '../../bench/policies/target-tracking.ts';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { CapacityConfig, CapacityPolicy, Observation } from '../../src/capacity/model.ts';

const CONFIG: CapacityConfig = {
  minAcu: 0.5,
  maxAcu: 8,
  autoPauseMs: null,
  shape: DEFAULT_SHAPE,
  hostCpus: 2,
};

function look(used: number, kind: Observation['kind'] = 'full', shareAcu = 8): Observation {
  return {
    kind,
    durationMs: kind === 'full' ? 1_000 : 50,
    cpu: { used, throttled: null, waiting: 0 },
    memory: null,
    waits: null,
    networkBytesPerSecond: null,
    connections: null,
    activity: null,
    grant: { shareAcu, contended: false },
  };
}

/** Capacity at the end of each second, with a demand in CPUs that its limit cuts off. */
function play(policy: CapacityPolicy, demands: readonly number[], startAcu: number): number[] {
  let state = policy.start(CONFIG, startAcu, 0);
  return demands.map((demand, second) => {
    const used = Math.min(demand, state.capacityAcu * CONFIG.shape.cpus);
    const outcome = policy.decide(state, look(used), (second + 1) * 1_000);
    state = outcome.state;
    return state.capacityAcu;
  });
}

const seconds = (count: number, demand: number): number[] => Array.from({ length: count }, () => demand);

describe('a fixed policy', () => {
  it('goes to its size and stays there', () => {
    expect(play(fixedPolicy('fixed-max'), seconds(3, 0), 0.5)).toEqual([8, 8, 8]);
    expect(play(fixedPolicy('fixed-mean', 1.7), seconds(2, 2), 8)).toEqual([2, 2]);
  });

  it('keeps to the share of the host', () => {
    const policy = fixedPolicy('fixed-max');
    const state = policy.start(CONFIG, 0.5, 0);
    expect(policy.decide(state, look(1, 'full', 3.2), 1_000).actions).toEqual([
      { kind: 'set-capacity', acu: 3 },
    ]);
  });
});

describe('the tracker with Kubernetes defaults', () => {
  const policy = targetTrackingPolicy(KUBERNETES_RULE);

  it('climbs every 15 s as far as a saturated utilisation says', () => {
    const path = play(policy, seconds(76, 1.4), 0.5);
    expect([path[13], path[14], path[29], path[44], path[59], path[74]]).toEqual([0.5, 1, 1.5, 2.5, 4, 6]);
  });

  it('never more than doubles, or adds four steps', () => {
    expect(KUBERNETES_RULE.mostAfter(0.5)).toBe(2.5);
    expect(KUBERNETES_RULE.mostAfter(4)).toBe(8);
  });

  it('stays within the tolerance', () => {
    // 0.75 of 1 CPU, with 0.7 wanted.
    expect(new Set(play(policy, seconds(600, 0.75), 4))).toEqual(new Set([4]));
  });

  it('lowers to the highest recommendation of 300 s, not before', () => {
    const path = play(policy, [...seconds(60, 1.4), ...seconds(400, 0.1)], 8);
    expect(path[60 + 285 - 1]).toBe(8);
    expect(path[60 + 300 - 1]).toBe(1);
  });

  it('looks at full looks only', () => {
    const state = policy.start(CONFIG, 1, 0);
    expect(policy.decide(state, look(9, 'fast'), 50).state).toEqual(state);
  });
});

describe('the tracker with the alarms of AWS', () => {
  const policy = targetTrackingPolicy(AWS_RULE);

  it('raises after three minutes', () => {
    const path = play(policy, seconds(200, 0.9), 2);
    expect([path[178], path[179]]).toEqual([2, 3]);
  });

  it('lowers after fifteen minutes, and no more than every five', () => {
    const path = play(policy, seconds(1_500, 0.2), 8);
    expect([path[898], path[899], path[1_499]]).toEqual([8, 1.5, 1.5]);
  });
});

describe('the switch', () => {
  it('brings a policy to where it begins with the next full look, and keeps what was decided', async () => {
    const policy = new SwitchedPolicy(fixedPolicy('fixed-max'));
    let state = policy.start(CONFIG, 8, 0);
    const begun = policy.use(fixedPolicy('fixed-mean', 2), 0.5);
    const fast = policy.decide(state, look(0, 'fast'), 50);
    expect(fast.actions).toEqual([]);
    const full = policy.decide(fast.state, look(0), 1_000);
    expect(full.actions).toEqual([{ kind: 'set-capacity', acu: 0.5 }]);
    await begun;
    state = full.state;
    expect(policy.decide(state, look(0), 2_000).state.capacityAcu).toBe(2);
    expect(policy.takeTrace().map(({ decision }) => decision.toAcu)).toEqual([8, 0.5, 2]);
    expect(policy.takeTrace()).toEqual([]);
  });
});
