import { describe, expect, it } from 'vitest';
import { breakdown } from './breakdown.ts';
import { activitySample, sample, tick } from './top/top-fixture.ts';

const ticks = [
  tick(1000, [sample('CPU:Running', 1000), sample('IO:DataFileRead', 500, { 'db.user': 'report' })]),
  tick(2000, [
    sample('IO:DataFileRead', 1500),
    activitySample('idle in transaction', 'Client:ClientRead', 1000),
  ]),
  tick(3000, []),
  tick(4000, []),
];

describe('breakdown', () => {
  it('divides by the covered time, quiet ticks included, and leaves out what is off the AAS line', () => {
    const result = breakdown(ticks, { groupBy: 'db.wait_event', partitionBy: 'db.user' });
    expect(result.coveredMs).toBe(4000);
    expect(result.totalAas).toBeCloseTo(0.75);
    expect(result.rows).toEqual([
      {
        key: 'IO:DataFileRead',
        aas: 0.5,
        parts: [
          { key: 'shop', aas: 0.375 },
          { key: 'report', aas: 0.125 },
        ],
      },
      { key: 'CPU:Running', aas: 0.25, parts: [{ key: 'shop', aas: 0.25 }] },
    ]);
  });

  it('keeps only what passes every filter', () => {
    const filters = [{ dimension: 'db.user', key: 'report' }] as const;
    const result = breakdown(ticks, { groupBy: 'db.wait_event', partitionBy: 'db.user', filters });
    expect(result.totalAas).toBe(0.125);
  });

  it('is empty without ticks', () => {
    expect(breakdown([], { groupBy: 'db.user', partitionBy: 'db.host' })).toEqual({
      coveredMs: 0,
      totalAas: 0,
      rows: [],
    });
  });
});
