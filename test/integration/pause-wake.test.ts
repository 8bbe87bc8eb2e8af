import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from '../kit/client.ts';
import { openPausedFleet, whyNotHere } from '../kit/paused-fleet.ts';
import type { PausedFleet } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const KINDS = ['pause-initiated', 'paused', 'resuming', 'resumed'];
const kinds = (test: PausedFleet): string[] => test.news().map(({ kind }) => kind);

describe.skipIf(reason !== null)(
  `a paused database${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    let test: PausedFleet;
    beforeAll(async () => {
      test = await openPausedFleet({ parameters: { max_prepared_transactions: '4' } });
    });
    afterAll(() => test[Symbol.asyncDispose]());

    it('is woken by whoever uses it, costs nothing meanwhile, and says who it was', async () => {
      const { fleet, name } = test;
      const acuHours = (): number => fleet.describe(name).acuHours;
      await using idle = await connectClient(test.url, 'webshop');
      await idle.query('select 1');
      await test.asleep();
      expect(fleet.describe(name)).toMatchObject({ status: 'paused', capacity: { current: 0 } });
      expect(fleet.describe(name).pause.pausedAtMs).toBeGreaterThan(0);
      const lowered = (): number => test.changes(name).filter(({ decision }) => decision.fromAcu >= 2).length;
      const before = lowered();
      const [paid, fixed] = [acuHours(), fleet.describe(name).cost.fixedMaximumAmount];
      await waitFor(() => fleet.describe(name).pause.pausedSeconds > 1, { what: 'a second of pause' });
      expect(acuHours()).toBe(paid);
      // What it is compared with goes on.
      expect(fleet.describe(name).cost.fixedMaximumAmount).toBeGreaterThan(fixed);

      expect((await idle.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
      const byQuery = await test.awake();
      expect(byQuery.cause).toBe('a query of postgres@postgres (127.0.0.1, webshop)');
      expect(byQuery.pausedMs).toBeGreaterThan(1_000);
      expect(kinds(test)).toEqual(KINDS);
      // What is likely to be asked for comes with the wake.
      await waitFor(() => lowered() > before, { what: 'the end of the boost' });
      const wokenAtMs = byQuery.atMs;
      await waitFor(() => acuHours() > paid, { what: 'the meter to go on' });
      const seconds = (Date.now() - wokenAtMs) / 1_000;
      expect((acuHours() - paid) * 3_600).toBeLessThanOrEqual(8 * (seconds + 0.1));
      expect((acuHours() - paid) * 3_600).toBeGreaterThan(0);

      await test.asleep();
      await using tcp = await connectClient(test.url, 'reports');
      expect((await tcp.query('select 3 as three')).rows).toEqual([{ three: 3 }]);
      expect((await test.awake()).cause).toBe('a new connection of postgres@postgres (127.0.0.1, reports)');
      expect(kinds(test)).toEqual(KINDS);

      await test.asleep();
      await using local = await connectClient(test.socketUrl, 'cron');
      expect((await local.query('select 4 as four')).rows).toEqual([{ four: 4 }]);
      expect((await test.awake()).cause).toBe('a new connection of postgres@postgres (local, cron)');

      await test.asleep();
      await local.query('select 5');
      expect((await test.awake()).cause).toBe('a query of postgres@postgres (local, cron)');
      expect(fleet.describe(name).pause.wakes).toBe(4);
    });

    it('keeps what its sessions were in the middle of', async () => {
      await using setup = await connectClient(test.url, 'setup');
      await setup.query('create table stock as select i as id, 10 as n from generate_series(1, 1000) i');

      await using buyer = await connectClient(test.url, 'buyer');
      await buyer.query('begin');
      await buyer.query('update stock set n = n - 1 where id = 1');
      await using reader = await connectClient(test.socketUrl, 'reader');
      await reader.query('begin');
      await reader.query('declare pages cursor for select id from stock order by id');
      expect((await reader.query('fetch 2 from pages')).rows).toEqual([{ id: 1 }, { id: 2 }]);
      const statement = { name: 'one', text: 'select n from stock where id = $1' };
      await setup.query({ ...statement, values: [2] });
      await using preparer = await connectClient(test.url, 'preparer');
      await preparer.query('begin');
      await preparer.query('update stock set n = n - 1 where id = 3');
      await preparer.query("prepare transaction 'sale'");
      await using listener = await connectClient(test.url, 'listener');
      const heard: (string | undefined)[] = [];
      listener.on('notification', ({ payload }) => heard.push(payload));
      await listener.query('listen orders');
      await test.asleep();

      await setup.query("notify orders, 'after the pause'");
      expect((await setup.query({ ...statement, values: [2] })).rows).toEqual([{ n: 10 }]);
      await waitFor(() => heard.length > 0, { what: 'the notification' });
      expect(heard).toEqual(['after the pause']);
      const blocked = `update stock set n = 0 where id = `;
      await setup.query("set lock_timeout = '100ms'");
      await expect(setup.query(`${blocked}1`)).rejects.toThrow(/lock timeout/);
      await expect(setup.query(`${blocked}3`)).rejects.toThrow(/lock timeout/);
      await test.asleep();

      expect((await reader.query('fetch 2 from pages')).rows).toEqual([{ id: 3 }, { id: 4 }]);
      await buyer.query('commit');
      await setup.query("commit prepared 'sale'");
      expect((await setup.query('select id, n from stock where id < 4 order by id')).rows).toEqual([
        { id: 1, n: 9 },
        { id: 2, n: 10 },
        { id: 3, n: 9 },
      ]);
    });

    it('is left asleep by nobody who goes, and sleeps again soon after', async () => {
      const polite = await connectClient(test.url, 'polite');
      const rude = await connectClient(test.url, 'rude');
      const local = await connectClient(test.socketUrl, 'local');
      for (const client of [polite, rude, local]) await client.query('select 1');
      await test.asleep();
      await polite.end();
      expect((await test.awake()).cause).toBe(
        'the end of the session of postgres@postgres (127.0.0.1, polite)',
      );
      await test.asleep();
      (rude as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      expect((await test.awake()).cause).toBe(
        'the end of the session of postgres@postgres (127.0.0.1, rude)',
      );
      await test.asleep();
      (local as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      expect((await test.awake()).cause).toBe('the end of the session of postgres@postgres (local, local)');
      // Nothing is to be served, so it gets the least.
      expect(test.fleet.describe('shop').capacity.current).toBe(0.5);
      await using last = await connectClient(test.url);
      const sessions =
        "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and usename = 'postgres'";
      expect((await last.query(sessions)).rows).toEqual([{ n: 1 }]);
    });

    it('ends a session that is terminated right after a wake, and no other', async () => {
      await using killer = await connectClient(test.url, 'killer');
      await using victim = await connectClient(test.url, 'victim');
      const { processID } = victim;
      await test.asleep();
      const killed = await killer.query('select pg_terminate_backend($1) as done', [processID]);
      expect(killed.rows).toEqual([{ done: true }]);
      await expect(victim.query('select 1')).rejects.toThrow(/terminat|connection/i);
      expect((await killer.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect((await test.awake()).cause).toContain('killer');
      await test.asleep();
    });
  },
);
