import { expect, it } from 'vitest';
import type { Blocking, EngineSample, EngineSession, ObservedSession } from '../../engines/engine.ts';
import { BlockingWatch } from './blocking-watch.ts';
import { sessionsNow } from './sessions-now.ts';

const NOW = Date.UTC(2026, 10, 23);

function session(pid: number, values: Partial<ObservedSession> = {}): ObservedSession {
  return {
    pid,
    startedAtMs: NOW - 60_000,
    leaderPid: null,
    type: 'client backend',
    state: 'active',
    waitEventType: 'Lock',
    waitEvent: 'transactionid',
    sqlId: '',
    queryStartedAtMs: NOW - 5_000,
    transactionStartedAtMs: NOW - 6_000,
    stateChangedAtMs: NOW - 5_000,
    user: 'app',
    host: '',
    database: 'shop',
    application: '',
    ...values,
  };
}

function sampleOf(...sessions: ObservedSession[]): EngineSample {
  return { sessions, totalSessions: sessions.length, hiddenSessions: 0, activeTimeMs: null, newDigests: [] };
}

/** Answers that `blockingPid` is in everybody's way, and remembers what it was asked. */
function engine(blockingPid: number) {
  const asked: (readonly number[])[] = [];
  const blockers = async (pids: readonly number[]): Promise<Blocking[]> => {
    asked.push(pids);
    return pids.map((waitingPid) => ({
      waitingPid,
      blockingPid,
      rootPid: blockingPid,
      rootSession: `${blockingPid}@0`,
      rootSqlId: '',
      lock: `row of t${asked.length}`,
      waitStartedAtMs: NOW - 1_500,
    }));
  };
  return { asked, session: { blockers } as unknown as EngineSession };
}

it('asks once for each wait, and again when a session waits for something else', async () => {
  const watch = new BlockingWatch();
  const { asked, session: connected } = engine(9);
  const first = sampleOf(session(1), session(2));
  for (const nowMs of [0, 6_000, 12_000]) await watch.update(connected, first, nowMs);
  expect(asked).toEqual([[1, 2]]);
  const later = sampleOf(session(1), session(2, { queryStartedAtMs: NOW }), session(3));
  const known = await watch.update(connected, later, 18_000);
  expect(asked).toEqual([
    [1, 2],
    [3, 2],
  ]);
  expect(known.get(1)?.lock).toBe('row of t1');
  expect(known.get(2)?.lock).toBe('row of t2');
});

it('keeps the old answer until it may ask again, and forgets who waits no more', async () => {
  const watch = new BlockingWatch();
  const { asked, session: connected } = engine(9);
  await watch.update(connected, sampleOf(session(1), session(2)), 0);
  expect(watch.blockers).toEqual([9]);
  const known = await watch.update(connected, sampleOf(session(1, { waitEvent: 'tuple' })), 1_000);
  expect(asked).toHaveLength(1);
  expect([...known.keys()]).toEqual([1]);
  await watch.update(connected, sampleOf(), 2_000);
  expect(watch.blockers).toEqual([]);
});

it('shows what a session waits for and for how long, and whoever is in its way in whatever state', async () => {
  const watch = new BlockingWatch();
  const resting = { waitEventType: null, waitEvent: null, state: 'idle' as const };
  const sample = sampleOf(
    session(1),
    session(9, { ...resting, type: 'autovacuum worker', state: 'unknown' }),
    session(10, { ...resting, type: 'autovacuum worker', state: 'unknown' }),
    session(11, resting),
  );
  const blocking = await watch.update(engine(9).session, sample, 0);
  const shown = sessionsNow(sample, null, blocking, 1000, NOW);
  expect(shown.map(({ pid, lock, waitMs, blockedByPid }) => ({ pid, lock, waitMs, blockedByPid }))).toEqual([
    { pid: 1, lock: 'row of t1', waitMs: 1_500, blockedByPid: 9 },
    { pid: 9, lock: null, waitMs: null, blockedByPid: null },
  ]);
});
