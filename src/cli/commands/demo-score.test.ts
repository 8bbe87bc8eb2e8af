import { describe, expect, it } from 'vitest';
import type { TimedDecision } from '../../daemon/fleet.ts';
import { LOCK_PILE_UP } from '../../demo/story.ts';
import { CLUSTER, decision } from '../top/capacity-fixture.ts';
import { DemoScore } from './demo-score.ts';

function change(fromAcu: number, toAcu: number): TimedDecision {
  return { atMs: 0, decision: decision({ fromAcu, toAcu }), reason: '' };
}

describe('DemoScore', () => {
  it('adds up what was used, what it saved, and the changes', () => {
    const score = new DemoScore();
    score.begin('Ramp');
    score.take(change(0.5, 3));
    score.take(change(3, 7.5));
    score.begin(LOCK_PILE_UP);
    score.take(change(7.5, 0.5));
    expect(score.summary(CLUSTER).filter((line) => line !== '')).toEqual([
      '  ran for        2 min 40 s',
      '  used           0.134 ACU-h, USD 0.0161',
      '  a fixed 8 ACU  0.356 ACU-h, USD 0.0427',
      '  saved          62 %',
      '  changes        3: 2 up, 1 down; at most 7.5 ACU',
      '  lock pile-up   raised 0 times',
    ]);
  });

  it('counts what rose in the lock pile-up', () => {
    const score = new DemoScore();
    score.begin(LOCK_PILE_UP);
    score.take(change(0.5, 3));
    score.begin('Spike');
    score.take(change(3, 4));
    expect(score.summary(CLUSTER).join('\n')).toContain('lock pile-up   raised 1 times');
  });

  it('does not claim what it did not see', () => {
    const text = new DemoScore()
      .summary({ ...CLUSTER, enforced: false, enforcementNote: 'no cgroups; run as root' })
      .join('\n');
    expect(text).toContain('lock pile-up   not played yet');
    expect(text).toContain('enforced       no: no cgroups; run as root');
    expect(text).toContain('changes        0: 0 up, 0 down; at most 0.5 ACU');
  });
});
