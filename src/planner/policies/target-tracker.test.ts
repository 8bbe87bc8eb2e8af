import { describe, expect, it } from 'vitest';
import { awsTargetTracking } from './aws-target-tracking.ts';
import { cpuTarget, KUBERNETES_RULE } from './cpu-target.ts';
import { contextOf, play, seconds } from './policy-fixture.ts';

const BOUNDS = { maxAcu: 8 };

describe('the tracker with Kubernetes defaults', () => {
  it('climbs every 15 s as far as a saturated utilisation says', () => {
    const path = play(cpuTarget, contextOf(BOUNDS), seconds(76, 1.4));
    expect([path[13], path[14], path[29], path[44], path[59], path[74]]).toEqual([0.5, 1, 1.5, 2.5, 4, 6]);
  });

  it('never more than doubles, or adds four steps', () => {
    expect(KUBERNETES_RULE.mostAfter(0.5)).toBe(2.5);
    expect(KUBERNETES_RULE.mostAfter(4)).toBe(8);
  });

  it('stays within the tolerance', () => {
    // 0.75 of 1 CPU, with 0.7 wanted.
    expect(new Set(play(cpuTarget, contextOf(BOUNDS, 4), seconds(600, 0.75)))).toEqual(new Set([4]));
  });

  it('lowers to the highest recommendation of 300 s, not before', () => {
    const path = play(cpuTarget, contextOf(BOUNDS, 8), [...seconds(60, 1.4), ...seconds(400, 0.1)]);
    expect(path[60 + 285 - 1]).toBe(8);
    expect(path[60 + 300 - 1]).toBe(1);
  });
});

describe('the tracker with the alarms of AWS', () => {
  it('raises after three minutes', () => {
    const path = play(awsTargetTracking, contextOf(BOUNDS, 2), seconds(200, 0.9));
    expect([path[178], path[179]]).toEqual([2, 3]);
  });

  it('lowers after fifteen minutes, and no more than every five', () => {
    const path = play(awsTargetTracking, contextOf(BOUNDS, 8), seconds(1_500, 0.2));
    expect([path[898], path[899], path[1_499]]).toEqual([8, 1.5, 1.5]);
  });
});
