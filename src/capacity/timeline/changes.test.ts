import { expect, it } from 'vitest';
import { changesOf, holdsOf } from './changes.ts';
import type { RecordedDecision } from './model.ts';
import { decided, START, stretch } from './timeline-fixture.ts';

const END = START + 600_000;

function held(second: number, kind: string, acu = 2, change: Partial<RecordedDecision> = {}) {
  return decided(second, acu, acu, { hold: { kind }, ...change });
}

function told(decisions: readonly RecordedDecision[], endMs = END) {
  return holdsOf(decisions, endMs).map(({ fromMs, toMs, kind, acu, reason }) => [
    (fromMs - START) / 1000,
    (toMs - START) / 1000,
    kind,
    acu,
    reason,
  ]);
}

it('tells changes newest first, and no pause that did not come about', () => {
  const decisions = [
    decided(0, 1, 2),
    decided(5, 2),
    decided(10, 2, 0),
    decided(12, 2, 1),
    decided(50, 1, 0),
  ];
  const pauses = [{ ...stretch(51, 90), wokenBy: null, wakeMs: null }];
  expect(changesOf(decisions, pauses).map(({ atMs, toAcu }) => [(atMs - START) / 1000, toAcu])).toEqual([
    [50, 0],
    [12, 1],
    [0, 2],
  ]);
  expect(changesOf(decisions, []).map(({ toAcu }) => toAcu)).toEqual([1, 2]);
});

it('joins decisions that were held by the same, with the latest reason', () => {
  const decisions = [
    held(0, 'recent-demand'),
    held(10, 'recent-demand'),
    held(12, 'demand'),
    held(20, 'recent-demand'),
    held(25, 'memory-step'),
    held(30, 'memory-step', 1.5),
    held(36, 'minimum', 1.5),
  ];
  expect(told(decisions)).toEqual([
    [30, 36, 'memory-step', 1.5, '1.5 to 1.5 at 30'],
    [25, 30, 'memory-step', 2, '2 to 2 at 25'],
    [0, 25, 'recent-demand', 2, '2 to 2 at 20'],
  ]);
});

it('ends a hold when nobody says anything any more, and at the end of the window', () => {
  expect(told([held(0, 'cache-needed'), held(200, 'cache-needed')])).toEqual([
    [200, 215, 'cache-needed', 2, '2 to 2 at 200'],
    [0, 15, 'cache-needed', 2, '2 to 2 at 0'],
  ]);
  expect(told([held(0, 'cache-needed')], START + 4_000)).toEqual([[0, 4, 'cache-needed', 2, '2 to 2 at 0']]);
});

it('says what keeps it awake at its minimum', () => {
  const blockers = [{ detail: 'a standby is connected' }, { detail: 'a backup runs' }];
  const decisions = [
    held(0, 'minimum', 0.5, { pause: { kind: 'active' } }),
    held(10, 'minimum', 0.5, { pause: { kind: 'waiting' } }),
    held(20, 'minimum', 0.5, { pause: { kind: 'blocked', blockers } }),
    held(30, 'resume-boost', 0.5, { pause: { kind: 'waiting' } }),
    held(31, 'recent-demand', 2, { kind: 'fast' }),
  ];
  expect(told(decisions).map(([from, to, kind]) => [from, to, kind])).toEqual([
    [30, 31, 'resume-boost'],
    [20, 30, 'pause-blocked'],
    [10, 20, 'pause-waiting'],
  ]);
  expect(told(decisions)[1]?.[4]).toBe('not paused: a standby is connected; a backup runs');
});
