import { describe, expect, it } from 'vitest';
import { parsePolicyNames, POLICY_NAMES, policyByName } from '../../bench/policies/by-name.ts';
import { fixedPolicy } from '../../bench/policies/fixed.ts';
import { livePolicy } from '../../bench/policies/live.ts';
import { SwitchedPolicy } from '../../bench/policies/switched.ts';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type {
  CapacityAction,
  CapacityConfig,
  CapacityPolicy,
  Observation,
  PauseBlocker,
} from '../../src/capacity/model.ts';
import { policyNamed } from '../../src/planner/policies/catalog.ts';

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

describe('a policy of the planner on a real database', () => {
  it('climbs as it would in the planner', () => {
    const path = play(policyByName('tracker', 1), seconds(76, 1.4), 0.5);
    expect([path[13], path[14], path[29], path[44], path[59], path[74]]).toEqual([0.5, 1, 1.5, 2.5, 4, 6]);
  });

  it('begins with the capacity that is there', () => {
    // 0.75 of 1 CPU, with 0.7 wanted and 10 % allowed.
    expect(new Set(play(policyByName('cpu-target', 1), seconds(600, 0.75), 4))).toEqual(new Set([4]));
    const path = play(policyByName('tracker-aws', 1), seconds(1_500, 0.2), 8);
    expect([path[898], path[899], path[1_499]]).toEqual([8, 1.5, 1.5]);
  });

  it('looks at full looks only', () => {
    const policy = livePolicy(policyNamed('cpu-target'));
    const state = policy.start(CONFIG, 1, 0);
    expect(policy.decide(state, look(9, 'fast'), 50).state).toEqual(state);
  });

  it('begins anew with every start', () => {
    const policy = policyByName('aurora-v2', 1);
    const first = play(policy, seconds(30, 1.4), 1);
    expect(play(policy, seconds(30, 1.4), 1)).toEqual(first);
    expect(first.at(-1)).toBeGreaterThan(1);
  });

  it('asks for a pause, not where something hinders it, and wakes as its rules say', () => {
    const policy = livePolicy(policyNamed('aurora-v2'));
    let state = policy.start({ ...CONFIG, minAcu: 0, autoPauseMs: 1_000 }, 1, 0);
    const idle = (blockers: PauseBlocker[], now: number): readonly CapacityAction[] => {
      const activity = { isActive: false, by: null, blockers };
      const outcome = policy.decide(state, { ...look(0), activity }, now);
      state = outcome.state;
      return outcome.actions;
    };
    for (let second = 1; second < 300; second++)
      expect(idle([], second * 1_000)).not.toContainEqual({ kind: 'pause' });
    expect(idle([{ kind: 'backup', detail: 'a backup runs' }], 300_000)).toEqual([]);
    expect(idle([], 301_000)).toEqual([{ kind: 'pause' }]);
    expect(idle([], 400_000)).toEqual([{ kind: 'set-capacity', acu: 2 }]);
  });

  it('that needs to know the future is refused', () => {
    expect(() => policyByName('static-p95', 1)).toThrow(/fixed-mean/);
  });
});

describe('names', () => {
  it('are those of the benches and of the planner', () => {
    expect(
      parsePolicyNames('airglow,airglow-pauses,fixed-max,fixed-mean,tracker,tracker-aws,neon'),
    ).toHaveLength(7);
    for (const name of POLICY_NAMES) expect(policyByName(name, 1).name).not.toBe('');
    expect(() => parsePolicyNames('nein')).toThrow(/There is no policy nein: choose from airglow, .*neon/);
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
