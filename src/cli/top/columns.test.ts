import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnRange, keysByLoad, toColumns } from './columns.ts';
import { sample, tick } from './top-fixture.ts';

const BY = 'db.wait_event';

describe('columnRange', () => {
  it('moves by whole columns only', () => {
    const first = columnRange(100_100, 60_000, 60);
    const later = columnRange(100_900, 60_000, 60);
    expect(first).toEqual(later);
    expect(columnRange(101_100, 60_000, 60).startMs).toBe(first.startMs + 1000);
  });
});

describe('toColumns', () => {
  const range = { startMs: 0, columnMs: 1000, count: 4 };

  it('spreads a tick over the columns that it lies in', () => {
    const columns = toColumns([tick(1500, [sample('CPU:Running', 800)])], range, BY, []);
    expect(columns.map(({ coveredMs }) => coveredMs)).toEqual([500, 500, 0, 0]);
    expect(columns.map(({ weightMs }) => weightMs.get('CPU:Running') ?? 0)).toEqual([400, 400, 0, 0]);
  });

  it('tears no gap where ticks jitter', () => {
    const ticks = [tick(1040, []), tick(1990, [], { durationMs: 950 }), tick(3010, [], { durationMs: 1020 })];
    const columns = toColumns(ticks, { ...range, count: 3 }, BY, []);
    for (const { coveredMs } of columns) expect(coveredMs).toBeGreaterThan(950);
  });

  it('loses no load, however ticks and columns lie', () => {
    const lengths = array(integer({ min: 50, max: 3000 }), { minLength: 1, maxLength: 40 });
    assert(
      property(lengths, integer({ min: 1, max: 50 }), (durations, count) => {
        let atMs = 0;
        const ticks = durations.map((durationMs) =>
          tick((atMs += durationMs), [sample('CPU', durationMs)], { durationMs }),
        );
        const columns = toColumns(ticks, { startMs: 0, columnMs: atMs / count, count }, BY, []);
        const covered = columns.reduce((sum, column) => sum + column.coveredMs, 0);
        const weight = columns.reduce((sum, column) => sum + (column.weightMs.get('CPU') ?? 0), 0);
        expect(covered).toBeCloseTo(atMs, 3);
        expect(weight).toBeCloseTo(atMs, 3);
      }),
    );
  });

  it('keeps idle in transaction and what a filter rules out off the chart', () => {
    const samples = [
      sample('CPU:Running', 100),
      sample('CPU:Running', 200, { 'db.user': 'report' }),
      { ...sample('Client:ClientRead', 1000), activity: 'idle in transaction' as const },
    ];
    const columns = toColumns([tick(1000, samples)], range, BY, [{ dimension: 'db.user', key: 'report' }]);
    expect([...(columns[0]?.weightMs ?? [])]).toEqual([['CPU:Running', 200]]);
    expect(keysByLoad(columns)).toEqual(['CPU:Running']);
  });
});
