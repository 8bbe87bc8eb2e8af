import { describe, expect, it } from 'vitest';
import { lockForest } from './lock-forest.ts';
import { adviceText, heldUpText, rootText } from './lock-words.ts';
import { aSession } from './session-fixture.ts';

const first = (...sessions: Parameters<typeof lockForest<ReturnType<typeof aSession>>>[0]) =>
  lockForest(sessions)[0]!;

describe('the root of a lock tree', () => {
  it('is named with what it does, and what to do about it', () => {
    const tree = first(
      aSession({ pid: 7, state: 'idle in transaction', transactionMs: 18_000, queryMs: null, load: 0 }),
      aSession({ pid: 8, blockedByPid: 7 }),
      aSession({ pid: 9, blockedByPid: 8 }),
    );
    expect(rootText(tree)).toEqual({
      name: 'pid 7',
      rest: 'app from 10.0.0.3 (web), idle in transaction for 18 s',
    });
    expect(heldUpText(tree)).toBe('holds up 2 sessions');
    expect(adviceText(tree)).toContain('pg_terminate_backend(7)');
  });

  it('at work needs no advice', () => {
    const tree = first(aSession({ pid: 7, queryMs: 3000 }), aSession({ pid: 8, blockedByPid: 7 }));
    expect(rootText(tree).rest).toBe('app from 10.0.0.3 (web), at work for 3 s');
    expect(heldUpText(tree)).toBe('holds up 1 session');
    expect(adviceText(tree)).toBeNull();
  });

  it('may be a prepared transaction, a stranger or a circle', () => {
    expect(rootText(first(aSession({ blockedByPid: 0 }))).name).toBe('A prepared transaction');
    expect(adviceText(first(aSession({ blockedByPid: 0 })))).toContain('ROLLBACK PREPARED');
    expect(rootText(first(aSession({ blockedByPid: 5 })))).toMatchObject({ name: 'pid 5' });
    const circle = first(aSession({ pid: 1, blockedByPid: 2 }), aSession({ pid: 2, blockedByPid: 1 }));
    expect(heldUpText(circle)).toContain('deadlock');
  });
});
