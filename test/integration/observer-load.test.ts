import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { summarise } from '../../src/load/summary.ts';
import { startLoad } from '../kit/load.ts';
import { aasOf, record } from '../kit/observe.ts';
import { startTestPostgres, testedMajor } from '../kit/postgres.ts';
import { connectClient } from '../kit/client.ts';
import { waitFor } from '../kit/wait-for.ts';

/** What an observer makes of the states that sessions can be in. */
describe(`load of PostgreSQL ${testedMajor()}`, () => {
  let server: RunningPostgres;

  beforeAll(async () => {
    server = await startTestPostgres({
      settings: { max_parallel_workers_per_gather: 2, min_parallel_table_scan_size: 0 },
    });
    await using client = await connectClient(server.url);
    await client.query(
      'create table t (id int primary key, n int); insert into t select i, 0 from generate_series(1, 100) i',
    );
    await client.query('create table big as select i from generate_series(1, 400000) i; analyze big');
  });

  afterAll(() => server.stop('immediate'));

  it('has a kernel view of a server on this host, and a heartbeat in every tick', async (ctx) => {
    if (process.platform !== 'linux') ctx.skip('the kernel view needs Linux');
    const recording = record({ url: server.url });
    await recording.ticks(10);
    expect(recording.observer.status().source).toBe('kernel');
    const quiet = summarise(recording.live.slice(3));
    expect(quiet.ticks).toBeGreaterThan(5);
    expect(quiet.aas).toBeLessThan(0.5);
    expect(quiet.cost.backendCpuMs).toBeGreaterThan(0);
    await recording.stop();
    expect(recording.settled.length).toBe(recording.live.length);
  });

  it('takes the session view where it is asked to, and says so', async () => {
    const recording = record({ url: server.url, view: 'session' });
    await recording.ticks(3);
    expect(recording.observer.status()).toMatchObject({
      source: 'session',
      sourceReason: expect.stringMatching(/asked/),
    });
    await recording.stop();
  });

  it('counts lock waiters, names their blocker, and keeps idle in transaction off the AAS line', async () => {
    await using holder = await connectClient(server.url, 'holder');
    await holder.query('begin; update t set n = n + 1 where id = 1');
    const waiters = await Promise.all([1, 2, 3].map(() => connectClient(server.url, 'waiter')));
    const updates = waiters.map((waiter) => waiter.query('update t set n = n + 1 where id = 1'));
    const recording = record({ url: server.url });
    const summary = await recording.measure(20);
    expect(summary.aas).toBeGreaterThan(2.5);
    expect(summary.aas).toBeLessThan(3.5);
    expect(summary.idleInTransaction).toBeGreaterThan(0.8);
    expect(summary.idleInTransaction).toBeLessThan(1.2);
    const locks = summary.by['db.wait_event'].filter(({ key }) => key.startsWith('Lock:'));
    expect(locks.reduce((sum, { aas }) => sum + aas, 0)).toBeGreaterThan(2.5);
    expect(aasOf(summary, 'db.application', 'waiter')).toBeGreaterThan(2.5);
    const [blocker] = summary.by['db.blocking_session'];
    expect(blocker?.key).toMatch(new RegExp(`^${holder.processID}@\\d+$`));
    const [statement] = summary.by['db.sql_tokenized'];
    expect(recording.digests.get(statement?.key ?? '')?.text).toMatch(
      /^update t set n = n \+ \S+ where id = \S+$/i,
    );
    const blocked = recording.observer.sessions().filter((session) => session.blockedByPid !== null);
    expect(blocked.length).toBe(3);
    const versionNumber = recording.observer.status().engine?.versionNumber ?? 0;
    for (const { lock, waitMs } of blocked) {
      expect(lock).toBe('row of public.t');
      expect(waitMs === null ? null : waitMs > 1000).toBe(versionNumber >= 140_000 ? true : null);
    }
    expect(recording.observer.sessions()).toContainEqual(
      expect.objectContaining({ pid: holder.processID, state: 'idle in transaction', lock: null }),
    );
    await recording.stop();
    await holder.query('commit');
    await Promise.all(updates);
    await Promise.all(waiters.map((waiter) => waiter.end()));
  });

  it('counts sessions that sleep in a statement under their wait event', async () => {
    await using sleeper = await connectClient(server.url, 'sleeper');
    const sleeping = sleeper.query('select pg_sleep(30)').catch(() => {});
    const recording = record({ url: server.url });
    const summary = await recording.measure(15);
    expect(aasOf(summary, 'db.wait_event', 'Timeout:PgSleep')).toBeGreaterThan(0.9);
    expect(aasOf(summary, 'db.user', 'postgres')).toBeGreaterThan(0.9);
    await using boss = await connectClient(server.url);
    await boss.query('select pg_cancel_backend($1)', [sleeper.processID]);
    await sleeping;
    await recording.stop();
  });

  it('counts parallel workers, with the statement of their leader', async () => {
    const load = await startLoad(server.url, {
      clients: 1,
      work: (client) => client.query('select count(*), sum(length(md5(i::text))) from big'),
    });
    const recording = record({ url: server.url });
    const summary = await recording.measure(40);
    await load.stop();
    const worked =
      aasOf(summary, 'db.session_type', 'parallel worker') + aasOf(summary, 'db.session_type', 'short-lived');
    expect(worked).toBeGreaterThan(0.3);
    const [statement] = summary.by['db.sql_tokenized'].filter(({ key }) => key !== '');
    expect(recording.digests.get(statement?.key ?? '')?.text).toMatch(/from big/);
    await recording.stop();
  });

  it('keeps background processes off the AAS line', async () => {
    await using client = await connectClient(server.url);
    await client.query("create table churn as select i, repeat('x', 200) x from generate_series(1, 50000) i");
    const recording = record({ url: server.url });
    for (let i = 0; i < 5; i++) await client.query('update churn set i = i + 1; checkpoint');
    await recording.ticks(5);
    await recording.stop();
    const types = recording.live.flatMap((tick) =>
      tick.samples
        .filter(({ activity }) => activity === 'background')
        .map(({ tuple }) => tuple['db.session_type']),
    );
    expect(types).toContain('checkpointer');
    const onTheLine = recording.live.flatMap((tick) =>
      tick.samples
        .filter(({ activity }) => activity === 'active')
        .map(({ tuple }) => tuple['db.session_type']),
    );
    expect(onTheLine).not.toContain('checkpointer');
  });

  it('does not count its own sessions, nor those of another observer', async () => {
    const one = record({ url: server.url, target: 'one' });
    const two = record({ url: server.url, target: 'two' });
    await one.ticks(60);
    const summary = await one.measure(20);
    expect(summary.aas).toBeLessThan(0.2);
    await Promise.all([one.stop(), two.stop()]);
  });

  it('books CPU on the statements that used it, not on the last one of the transaction', async () => {
    const load = await startLoad(server.url, {
      clients: 4,
      work: async (client) => {
        await client.query('begin');
        await client.query('select sum(length(md5(i::text))) from generate_series(1, 20000) i');
        await client.query('commit');
      },
    });
    const recording = record({ url: server.url });
    await recording.ticks(20);
    const summary = await recording.measure(50);
    await load.stop();
    const shareOf = (pattern: RegExp): number => {
      const rows = summary.by['db.sql_tokenized'].filter(({ key }) =>
        pattern.test(recording.digests.get(key)?.text ?? ''),
      );
      return rows.reduce((sum, { aas }) => sum + aas, 0) / summary.aas;
    };
    expect(shareOf(/generate_series/)).toBeGreaterThan(0.75);
    expect(shareOf(/^commit/i)).toBeLessThan(0.2);
    await recording.stop();
  });

  it('records counters as growth, and the active time of the server beside its own figure', async (ctx) => {
    if (testedMajor() < 14) ctx.skip('active_time came with PostgreSQL 14');
    // The server puts off the time of statements that touch no table.
    const load = await startLoad(server.url, {
      clients: 2,
      work: (client) => client.query('select pg_sleep(0.2) from t where id = 1'),
    });
    const recording = record({ url: server.url });
    const summary = await recording.measure(60);
    expect(summary.activeTimeAas).toBeGreaterThan(1.2);
    expect(summary.activeTimeAas).toBeLessThan(2.8);
    await waitFor(
      () =>
        recording.counters.some(
          ({ metric, value }) => metric === 'pg_stat_database.xact_commit' && value > 0,
        ),
      { what: 'the growth of xact_commit' },
    );
    await load.stop();
    await recording.stop();
  });

  it('observes several databases in one process', async () => {
    const other = await startTestPostgres();
    const recordings = [record({ url: server.url, target: 'a' }), record({ url: other.url, target: 'b' })];
    await Promise.all(recordings.map((recording) => recording.ticks(5)));
    expect(recordings.map(({ observer }) => observer.status().connection)).toEqual([
      'connected',
      'connected',
    ]);
    await Promise.all(recordings.map((recording) => recording.stop()));
    await other.stop('immediate');
  });
});
