import { describe, expect, it } from 'vitest';
import { clusterOf, summaryOf } from './fleet-fixture.ts';
import { fleetRows } from './fleet-row.ts';
import { attentionOf, totalsOf } from './totals.ts';

describe('totals of the fleet', () => {
  it('adds up what is known and says nothing of what is not', () => {
    const rows = fleetRows(
      [summaryOf('a', 1.5), summaryOf('b', 0.5), summaryOf('c', null)],
      [clusterOf('a', 'available'), clusterOf('c', 'paused')],
    );
    const totals = totalsOf(rows);
    expect(totals).toMatchObject({ databases: 3, asleep: 1, aas: 2, acu: 2, acuHours: 4, currency: 'USD' });
    expect(totals.cost).toBeCloseTo(0.48);
    const remote = totalsOf(fleetRows([summaryOf('r', null)], []));
    expect(remote).toMatchObject({ aas: null, acu: null });
  });

  it('names what to look at first', () => {
    const [lost, over] = [
      summaryOf('lost', null, { connection: 'waiting to reconnect' }),
      summaryOf('over', 9),
    ];
    expect(attentionOf(fleetRows([lost, over], []))).toEqual({
      level: 'stuck',
      title: 'lost does not answer; over has more load than processors',
    });
    expect(attentionOf(fleetRows([over, summaryOf('too', 9)], []))).toEqual({
      level: 'busy',
      title: 'over and too have more load than processors',
    });
    expect(attentionOf(fleetRows([summaryOf('a', 1), summaryOf('b', 0)], [])).level).toBe('fine');
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => summaryOf(name, 9));
    expect(attentionOf(fleetRows(many, [])).title).toContain('a, b, c and 2 more have');
  });
});
