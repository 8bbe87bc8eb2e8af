import { describe, expect, it } from 'vitest';
import type { ClusterDescription, TimedDecision } from '../../daemon/fleet.ts';
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
      '  asleep         not played yet',
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
    expect(text).toContain('asleep         not played yet');
    expect(text).toContain('changes        0: 0 up, 0 down; at most 0.5 ACU');
  });

  it.each<[string, Partial<ClusterDescription['pause']>, string]>([
    ['asleep still', { pausedSeconds: 7, pausedAtMs: 1 }, '7.0 s, at no cost'],
    [
      'woken',
      { pausedSeconds: 12, lastWake: { atMs: 1, tookMs: 1.62, pausedMs: 12_000, cause: 'a query' } },
      '12 s, at no cost; woken in 1.6 ms, first answer after 4.8 ms',
    ],
    ['kept awake', { unavailable: 'No freezer.' }, 'not here: No freezer.'],
  ])('tells of the night when it is %s', (_, pause, told) => {
    const score = new DemoScore();
    score.answered({ askedAtMs: 1, tookMs: 4.81 });
    const text = score.summary({ ...CLUSTER, pause: { ...CLUSTER.pause, ...pause } }).join('\n');
    expect(text).toContain(`  asleep         ${told}\n`);
  });
});
