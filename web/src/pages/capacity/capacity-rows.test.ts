import { describe, expect, it } from 'vitest';
import { aCapacity } from './capacity-fixture.ts';
import { capacityRows, csvOfRows, rowsAt } from './capacity-rows.ts';

const answer = aCapacity({
  changes: [
    { atMs: 9000, fromAcu: 0, toAcu: 2, reason: 'up from 0 to 2 ACU: woken by a query' },
    { atMs: 5000, fromAcu: 1, toAcu: 0, reason: 'pauses: nothing has happened for 15 s' },
    { atMs: 3000, fromAcu: 4, toAcu: 1, reason: 'down from 4 to 1 ACU: nothing above 1 was needed lately' },
  ],
  holds: [
    {
      fromMs: 1000,
      toMs: 3000,
      kind: 'recent-demand',
      acu: 4,
      reason: 'stays at 4 ACU: CPU needed it a short while ago; it is held, for 4 s more',
    },
    { fromMs: 3500, toMs: 5000, kind: 'pause-waiting', acu: 1, reason: 'nobody uses it' },
  ],
  pauses: [{ fromMs: 5100, toMs: 8990, wokenBy: 'a query of app', wakeMs: 1.2 }],
});

describe('rows of the table', () => {
  it('are changes, holds and pauses, the newest first, each told once', () => {
    expect(capacityRows(answer).map(({ kind, fromMs, reason }) => [kind, fromMs, reason])).toEqual([
      ['up', 9000, 'woken by a query'],
      ['pause', 5100, 'asleep for 3.9 s; woken by a query of app in 1.2 ms'],
      ['pause', 3500, 'nobody uses it'],
      ['down', 3000, 'nothing above 1 was needed lately'],
      ['held', 1000, 'CPU needed it a short while ago'],
    ]);
  });

  it('keep a change to nothing of which no pause is known', () => {
    const rows = capacityRows(aCapacity({ changes: answer.changes, pauses: [] }));
    expect(rows.map(({ kind, toAcu }) => [kind, toAcu])).toEqual([
      ['up', 2],
      ['pause', 0],
      ['down', 1],
    ]);
  });

  it('do not tell a hold by the change that it began with', () => {
    const [row] = capacityRows(
      aCapacity({
        holds: [
          {
            fromMs: 1,
            toMs: 2,
            kind: 'recent-demand',
            acu: 1,
            reason: 'down from 2 to 1 ACU: nothing above',
          },
        ],
      }),
    );
    expect(row?.reason).toBe('it was needed a short while ago');
  });

  it('say of a moment what held it and the change before, or that it slept', () => {
    const rows = capacityRows(answer);
    expect(rowsAt(rows, 2000, 1000).map(({ kind }) => kind)).toEqual(['held']);
    expect(rowsAt(rows, 6000, 1000).map(({ kind, toAcu }) => [kind, toAcu])).toEqual([['pause', 0]]);
    expect(rowsAt(rows, 9500, 1000).map(({ kind }) => kind)).toEqual(['up']);
    expect(rowsAt(rows, 0, 500)).toEqual([]);
  });

  it('are saved with times in UTC', () => {
    expect(csvOfRows(capacityRows(answer))[1]).toEqual([
      'up',
      '1970-01-01T00:00:09.000Z',
      '1970-01-01T00:00:09.000Z',
      0,
      2,
      'woken by a query',
    ]);
  });
});
