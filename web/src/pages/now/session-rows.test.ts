import { describe, expect, it } from 'vitest';
import { aSession } from './session-fixture.ts';
import { countGroups, findRows, groupOf, nextOrder, sortRows } from './session-rows.ts';

describe('groups', () => {
  it('tell apart who works, who waits for a lock and who only keeps a transaction open', () => {
    expect(groupOf(aSession())).toBe('working');
    expect(groupOf(aSession({ blockedByPid: 7, waitEvent: 'Lock:tuple' }))).toBe('waiting');
    expect(groupOf(aSession({ state: 'idle in transaction (aborted)', load: 0 }))).toBe(
      'idle in transaction',
    );
    expect(groupOf(aSession({ type: 'checkpointer', state: 'unknown' }))).toBe('background');
  });

  it('have whoever was at work within the last look as working', () => {
    expect(groupOf(aSession({ state: 'idle', load: 0.01 }))).toBe('working');
    expect(groupOf(aSession({ state: 'idle', load: 0 }))).toBe('at rest');
  });

  it('are counted', () => {
    expect(countGroups([aSession(), aSession({ blockedByPid: 1 }), aSession()])).toEqual({
      working: 2,
      waiting: 1,
      'idle in transaction': 0,
      background: 0,
      'at rest': 0,
    });
  });
});

describe('order', () => {
  const [short, long, unknown] = [
    aSession({ pid: 3, queryMs: 5, user: 'b' }),
    aSession({ pid: 2, queryMs: 500, user: 'a' }),
    aSession({ pid: 1, queryMs: null, user: '' }),
  ];
  const pids = (rows: readonly { readonly pid: number }[]) => rows.map(({ pid }) => pid);

  it('leaves the unknown at the end in both directions', () => {
    const rows = [unknown, short, long];
    expect(pids(sortRows(rows, { column: 'queryMs', isDescending: true }))).toEqual([2, 3, 1]);
    expect(pids(sortRows(rows, { column: 'queryMs', isDescending: false }))).toEqual([3, 2, 1]);
    expect(pids(sortRows(rows, { column: 'user', isDescending: true }))).toEqual([3, 2, 1]);
  });

  it('keeps equals by pid', () => {
    const rows = [aSession({ pid: 9 }), aSession({ pid: 4 })];
    expect(pids(sortRows(rows, { column: 'database', isDescending: true }))).toEqual([4, 9]);
  });

  it('turns around at the second click, and begins with the longest', () => {
    const longest = nextOrder({ column: 'pid', isDescending: false }, 'queryMs');
    expect(longest).toEqual({ column: 'queryMs', isDescending: true });
    expect(nextOrder(longest, 'queryMs')).toEqual({ column: 'queryMs', isDescending: false });
    expect(nextOrder(longest, 'user')).toEqual({ column: 'user', isDescending: false });
  });
});

describe('search', () => {
  const rows = [
    aSession({ pid: 1, application: 'Shop-Web' }),
    aSession({ pid: 2, sql: null, user: 'root', application: 'psql' }),
  ];

  it('wants every word somewhere, in any case', () => {
    expect(findRows(rows, 'WEB select', null)).toEqual([rows[0]]);
    expect(findRows(rows, 'web root', null)).toEqual([]);
    expect(findRows(rows, '', null)).toEqual(rows);
  });

  it('is within a group', () => {
    expect(findRows(rows, '', 'waiting')).toEqual([]);
    expect(findRows(rows, 'root', 'working')).toEqual([rows[1]]);
  });
});
