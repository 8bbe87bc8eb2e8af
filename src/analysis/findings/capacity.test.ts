import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../input.ts';
import {
  capacityRecord,
  decisions,
  scene,
  SECONDS,
  secondsOf,
  series,
  START,
  valueOf,
} from '../input-fixture.ts';
import { capacityAtMaximum } from './capacity-at-maximum.ts';
import { capacityHeld } from './capacity-held.ts';
import { hostSaturated } from './host-saturated.ts';
import { notObserved } from './not-observed.ts';

const withDecisions = (found: readonly RecordedDecision[]) => scene({ capacity: capacityRecord(found) });

describe('capacity at a bound', () => {
  it('says what was asked for, and the command that raises the maximum', () => {
    const found = capacityAtMaximum(
      withDecisions([
        ...decisions({}, 0, 200),
        ...decisions({ cap: 'maximum', demandAcu: 7.3 }, 200, 560),
        ...decisions({}, 560),
      ]),
    );
    expect(found).toMatchObject([
      {
        severity: 'high',
        title: 'Capacity was held at 4 ACU by its maximum for 6 min, while CPU asked for up to 7.3',
        advice: [expect.stringContaining('airglow cluster modify shop --max-capacity 8'), expect.anything()],
      },
    ]);
    expect(secondsOf(found[0]!)).toEqual([200, 560]);
  });

  it('names the bound', () => {
    const share = capacityAtMaximum(withDecisions(decisions({ cap: 'host-share' }, 0, 60)));
    expect(share).toMatchObject([
      { severity: 'medium', title: expect.stringContaining('by its share of the host') },
    ]);
    const paced = capacityAtMaximum(withDecisions(decisions({ cap: 'token-bucket' }, 0, 60)));
    expect(valueOf(paced[0]!, 'bound')).toBe('the pace of growth (token bucket)');
  });

  it('is none for a moment, and none where nothing was bounded', () => {
    expect(
      capacityAtMaximum(
        withDecisions([
          ...decisions({}, 0, 100),
          ...decisions({ cap: 'maximum' }, 100, 110),
          ...decisions({}, 110),
        ]),
      ),
    ).toEqual([]);
    expect(capacityAtMaximum(withDecisions(decisions({})))).toEqual([]);
    expect(capacityAtMaximum(scene())).toEqual([]);
  });

  it('does not hold on through time of which nothing is known', () => {
    const found = capacityAtMaximum(withDecisions(decisions({ cap: 'maximum' }, 0, 20)));
    expect(secondsOf(found[0]!)).toEqual([0, 40]);
  });
});

describe('capacity held up', () => {
  it('by the minimum', () => {
    const found = capacityHeld(
      withDecisions(
        decisions({ toAcu: 4, demandAcu: 1.2, hold: { kind: 'minimum', resource: null, untilMs: null } }),
      ),
    );
    expect(found).toMatchObject([
      { severity: 'low', title: 'The minimum kept capacity at 4 ACU, while no more than 1.2 was asked for' },
    ]);
    expect(found[0]?.advice[0]).toContain('--min-capacity 1.5');
  });

  it('is none at the least that there is, nor where demand is near', () => {
    const minimum = { kind: 'minimum', resource: null, untilMs: null } as const;
    expect(capacityHeld(withDecisions(decisions({ toAcu: 0.5, demandAcu: 0.1, hold: minimum })))).toEqual([]);
    expect(capacityHeld(withDecisions(decisions({ toAcu: 4, demandAcu: 3.4, hold: minimum })))).toEqual([]);
    const partly = [...decisions({ toAcu: 4, demandAcu: 1, hold: minimum }, 0, 350), ...decisions({}, 350)];
    expect(capacityHeld(withDecisions(partly))).toEqual([]);
  });

  it('by a cache that was needed, or by what could not be observed', () => {
    const cache = { kind: 'cache-needed', resource: 'memory', untilMs: null } as const;
    expect(capacityHeld(withDecisions(decisions({ demandAcu: 1, hold: cache })))).toMatchObject([
      {
        evidence: expect.arrayContaining([
          { name: 'held by', value: 'cache-needed: pages had to be read again' },
        ]),
      },
    ]);
    const missing = { kind: 'missing-observation', resource: 'memory', untilMs: null } as const;
    expect(capacityHeld(withDecisions(decisions({ hold: missing }, 0, 120)))).toMatchObject([
      { severity: 'medium', title: expect.stringContaining('since memory could not be observed') },
    ]);
  });

  it('by what keeps it from being paused', () => {
    const pause = {
      kind: 'blocked',
      blockers: [{ kind: 'replication', detail: 'a standby is connected (walreceiver)' }],
    } as const;
    expect(capacityHeld(withDecisions(decisions({ pause })))).toMatchObject([
      { title: 'It was not paused for 10 min although nobody used it: a standby is connected (walreceiver)' },
    ]);
  });

  it('by somebody who only asks now and then', () => {
    const pause = { kind: 'active', by: 'monitor@shop (exporter)' } as const;
    const quiet = { waits: series({ 'CPU:Running': 0.005 }) };
    const capacity = { ...capacityRecord(decisions({ pause })), minAcu: 0 };
    expect(capacityHeld(scene({ ...quiet, capacity }))).toMatchObject([
      { title: 'It was kept awake for 10 min by monitor@shop (exporter), with next to no load' },
    ]);
    expect(capacityHeld(scene({ capacity }))).toEqual([]);
    expect(capacityHeld(scene({ ...quiet, capacity: { ...capacity, minAcu: 0.5 } }))).toEqual([]);
  });
});

it('a saturated host is told', () => {
  const cpu = { used: 1, waitingForLimit: 0, waitingForHost: 3 };
  expect(hostSaturated(withDecisions(decisions({ hostSaturated: true, cpu }, 0, 60)))).toMatchObject([
    { severity: 'medium', title: expect.stringContaining('more capacity would not have helped') },
  ]);
  expect(hostSaturated(withDecisions(decisions({})))).toEqual([]);
});

describe('time not observed', () => {
  const gap = (fromSecond: number, toSecond: number) => ({
    fromMs: START + fromSecond * 1000,
    toMs: START + toSecond * 1000,
  });

  it('is told with what was said at that time', () => {
    const events = [
      { atMs: START + 101_000, kind: 'connection-lost', message: 'nobody listens at db1:5432.' },
    ];
    const [found] = notObserved(scene({ gaps: [gap(100, 250)], events }));
    expect(found).toMatchObject({
      severity: 'medium',
      title: 'Nothing is known of 2 min 30 s (25 %): nobody listens at db1:5432',
    });
  });

  it('is none for some seconds, nor before the record began', () => {
    expect(notObserved(scene({ gaps: [gap(100, 120)] }))).toEqual([]);
    expect(notObserved(scene())).toEqual([]);
    expect(
      notObserved(scene({ gaps: [gap(500, SECONDS)], recordedSinceMs: START + 400_000 }))[0]?.title,
    ).toContain('(50 %)');
  });
});
