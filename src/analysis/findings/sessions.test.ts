import { describe, expect, it } from 'vitest';
import type { AnalysisInput, Blocker } from '../input.ts';
import {
  blockedBy,
  BLOCKING_SQL,
  counters,
  during,
  perSecond,
  scene,
  secondsOf,
  series,
  SQL,
  valueOf,
} from '../input-fixture.ts';
import type { Load } from '../input-fixture.ts';
import { connectionStorm } from './connection-storm.ts';
import { idleInTransaction } from './idle-in-transaction.ts';
import { lockChains } from './lock-chain.ts';

const OWNER = {
  sqlId: BLOCKING_SQL,
  users: [{ key: 'app_shop', aas: 1 }],
  applications: [{ key: 'shop-admin', aas: 1 }],
};

function blocker(waiting: Load, change: Partial<Blocker> = {}): Blocker {
  return {
    session: '4711@1795348800',
    waiting: perSecond(waiting),
    ...blockedBy(waiting),
    sqlId: BLOCKING_SQL,
    waits: [{ key: 'Lock:transactionid', aas: 1 }],
    waitingSql: [{ key: SQL, aas: 1 }],
    ...change,
  };
}

function pile(waiting: Load, change: Partial<AnalysisInput> = {}): AnalysisInput {
  return scene({
    waits: series({ CPU: 0.2, 'Lock:transactionid': waiting }),
    blockers: [blocker(waiting)],
    ...change,
  });
}

describe('a lock chain', () => {
  const idle = {
    idleInTransaction: series({ [BLOCKING_SQL]: during(95, 140, 1) }),
    idleOwners: [OWNER],
  };

  it('names its root, which was idle in transaction', () => {
    const [found, ...others] = lockChains(pile(during(100, 130, 12), idle));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      title: '12 sessions waited for pid 4711 (app_shop, shop-admin), which was idle in transaction',
    });
    expect(secondsOf(found!)).toEqual([100, 130]);
    expect(valueOf(found!, 'it ran last')).toBe('UPDATE products SET price = $1 WHERE id = $2');
    expect(valueOf(found!, 'they waited for')).toBe('Lock:transactionid 100 %');
    expect(found?.advice.join(' ')).toContain('SELECT pg_terminate_backend(4711)');
    expect(found?.advice.join(' ')).toContain('idle_in_transaction_session_timeout');
    expect(found?.about[0]).toMatchObject({ dimension: 'db.blocking_session', key: '4711@1795348800' });
  });

  it('names nobody where several ran that statement', () => {
    const several = {
      ...OWNER,
      users: [
        { key: 'a', aas: 1 },
        { key: 'b', aas: 1 },
      ],
      applications: [],
    };
    const [found] = lockChains(pile(during(100, 130, 3), { ...idle, idleOwners: [several] }));
    expect(found?.title).toBe('3 sessions waited for pid 4711, which was idle in transaction');
  });

  it('knows a root that works, and one that is there now', () => {
    const working = lockChains(pile(during(100, 130, 2), { activeOwners: [OWNER] }))[0];
    expect(working).toMatchObject({
      severity: 'medium',
      title: '2 sessions waited for pid 4711 (app_shop, shop-admin)',
    });
    const now = {
      pid: 4711,
      state: 'idle in transaction',
      user: 'ann',
      application: 'psql',
      sqlId: BLOCKING_SQL,
      transactionMs: 480_000,
    };
    const there = lockChains(pile(during(100, 130, 2), { sessionsNow: [now] }))[0];
    expect(there?.title).toBe('2 sessions waited for pid 4711 (ann, psql), which was idle in transaction');
    expect(there?.advice[0]).toMatch(/^End it/);
    const later = { ...now, user: 'bob', transactionMs: 20_000 };
    const gone = lockChains(pile(during(100, 130, 2), { sessionsNow: [later] }))[0];
    expect(gone).toMatchObject({ title: '2 sessions waited for pid 4711' });
    expect(gone?.advice[0]).toMatch(/^It has let go by now/);
  });

  it('of a prepared transaction says how that is ended', () => {
    const prepared = lockChains(pile(10, { blockers: [blocker(10, { session: '0@0', sqlId: '' })] }))[0];
    expect(prepared?.title).toBe('10 sessions waited for a prepared transaction');
    expect(prepared?.advice[0]).toContain('ROLLBACK PREPARED');
  });

  it('begins at ten seconds of waiting', () => {
    expect(lockChains(pile(during(100, 109, 1)))).toEqual([]);
    expect(lockChains(pile(during(100, 111, 1)))).toMatchObject([{ severity: 'low' }]);
  });

  it('is told of, too, where no look caught the holder', () => {
    const found = lockChains(scene({ waits: series({ 'Lock:tuple': during(50, 90, 4) }) }));
    expect(found).toMatchObject([{ severity: 'medium', about: [{ key: 'Lock:tuple' }] }]);
    expect(lockChains(scene({ waits: series({ 'Lock:tuple': 0.4 }) }))).toEqual([]);
  });
});

describe('idle in transaction', () => {
  const open = (load: Load) =>
    scene({ idleInTransaction: series({ [BLOCKING_SQL]: load }), idleOwners: [OWNER] });

  it('is found where a session stays so', () => {
    const [found] = idleInTransaction(open(during(100, 500, 1)));
    expect(found).toMatchObject({
      severity: 'medium',
      title: '1 session was idle in transaction for 6 min 40 s (app_shop, shop-admin)',
      aas: null,
    });
    expect(secondsOf(found!)).toEqual([100, 500]);
  });

  it('is not found in short transactions, however many', () => {
    expect(idleInTransaction(open((second) => (second % 40 < 20 ? 1.4 : 0.2)))).toEqual([]);
    expect(idleInTransaction(open(during(100, 155, 1)))).toEqual([]);
    expect(idleInTransaction(open(during(100, 165, 1)))).toMatchObject([{ severity: 'low' }]);
  });

  it('is left to the lock chain where others waited for it', () => {
    const input = { ...open(during(100, 500, 1)), blockers: [blocker(during(100, 500, 1))] };
    expect(idleInTransaction(input)).toEqual([]);
  });

  it('names the session where it still is', () => {
    const now = {
      pid: 99,
      state: 'idle in transaction',
      user: 'ann',
      application: 'psql',
      sqlId: BLOCKING_SQL,
      transactionMs: 500_000,
    };
    const [found] = idleInTransaction({ ...open(during(100, 600, 1)), sessionsNow: [now] });
    expect(found?.advice[0]).toContain('pg_terminate_backend(99)');
  });
});

describe('a connection storm', () => {
  it('shows in the load of short-lived sessions', () => {
    const sessionTypes = series({ 'client backend': 0.3, 'short-lived': during(200, 260, 1.5) });
    const waits = series({ 'CPU:Running': during(200, 260, 1.8, 0.3) });
    const [found] = connectionStorm(scene({ waits, sessionTypes }));
    expect(found).toMatchObject({ kind: 'connection-storm', severity: 'high' });
    expect(found?.advice[0]).toContain('PgBouncer');
  });

  it('shows in new sessions', () => {
    const each = (rate: number): Load => during(100, 200, rate);
    const found = connectionStorm(scene({ counters: counters({ sessions: each(45) }) }));
    expect(found).toMatchObject([{ severity: 'medium' }]);
    expect(found[0]?.title).toMatch(/^Connections came and went: 4\d(\.\d)? a second came$/);
    expect(connectionStorm(scene({ counters: counters({ sessions: each(10) }) }))).toEqual([]);
  });

  it('is none where a few come to a busy database', () => {
    const sessionTypes = series({ 'client backend': 8, 'short-lived': 0.6 });
    expect(connectionStorm(scene({ waits: series({ CPU: 8.6 }), sessionTypes }))).toEqual([]);
  });
});
