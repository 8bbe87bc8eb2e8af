import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectClient } from '../kit/client.ts';
import { openTestFleet } from '../kit/fleet.ts';
import { groupOf, openPausedFleet, specOf, whyNotHere } from '../kit/paused-fleet.ts';
import type { PausedFleet } from '../kit/paused-fleet.ts';
import { startStuckProcess } from '../kit/stuck-process.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const HOUR_MS = 3_600_000;

const postmaster = ({ stateDir }: PausedFleet): number => specOf(stateDir).postmaster?.pid ?? 0;
const numbers = async (client: { query(sql: string): Promise<{ rows: unknown[] }> }): Promise<unknown> =>
  (await client.query('select count(*)::int as n from kept')).rows[0];

afterEach(() => {
  vi.restoreAllMocks();
});

describe.skipIf(reason !== null)(
  `while it is paused${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    let test: PausedFleet;
    beforeAll(async () => {
      test = await openPausedFleet();
      await using client = await connectClient(test.url);
      await client.query('create table kept as select generate_series(1, 100) as id');
    });
    const ends = (): number => test.events('shop').filter((kind) => kind === 'ended').length;
    afterAll(() => test[Symbol.asyncDispose]());

    it('a server that is signalled wakes and does what it is told', async () => {
      const client = await connectClient(test.url);
      await test.asleep();
      process.kill(postmaster(test), 'SIGHUP');
      expect((await test.awake()).cause).toBe('a signal to the server');
      await test.asleep();
      expect(await numbers(client)).toEqual({ n: 100 });
      await test.awake();
      await test.asleep();
      // A smart shutdown waits for clients, of which Airglow is one.
      process.kill(postmaster(test), 'SIGTERM');
      expect((await test.awake()).cause).toBe('a signal to the server');
      expect(await numbers(client)).toEqual({ n: 100 });
      await test.asleep();
      // A fast one does not, and Airglow starts what somebody else has ended.
      process.kill(postmaster(test), 'SIGINT');
      expect((await test.awake()).cause).toBe('a signal to the server');
      await waitFor(() => ends() === 1, { what: 'the end to be noticed' });
      await waitFor(() => test.status() === 'available', { what: 'the restart' });
      await using again = await connectClient(test.url);
      expect(await numbers(again)).toEqual({ n: 100 });
    });

    it('a server that is killed comes back by itself, with all that was committed', async () => {
      const client = await connectClient(test.url);
      const before = ends();
      for (const round of [1, 2]) {
        await test.asleep();
        process.kill(postmaster(test), 'SIGKILL');
        await waitFor(() => ends() === before + round, {
          what: 'the end to be noticed',
        });
        await waitFor(() => test.status() === 'available', { what: 'the restart' });
        expect(test.fleet.describe('shop').pause.pausedAtMs).toBeNull();
        await using again = await connectClient(test.url);
        expect(await numbers(again)).toEqual({ n: 100 });
      }
      await client.end().catch(() => {});
      await test.asleep();
    });

    it('a freeze that does not come about is cancelled, and everything goes on', async (ctx) => {
      await using client = await connectClient(test.url);
      const group = await groupOf(test.stateDir);
      const stuck = await startStuckProcess((pid) => group.enter(pid));
      if (typeof stuck === 'string') return ctx.skip(stuck);
      try {
        const cancelled = await waitFor(
          () => test.news().find(({ data }) => data['reason'] === 'freeze-failed'),
          {
            what: 'the pause to be cancelled',
          },
        );
        expect(cancelled.kind).toBe('pause-cancelled');
        expect(cancelled.message).toContain('did not stand still');
        expect(group.isFrozen()).toBe(false);
        expect(test.status()).toBe('available');
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      } finally {
        await stuck.release();
      }
      await test.asleep();
    });

    it('the clock may be set an hour forth and back: it is billed nothing, and wakes', async () => {
      const { fleet } = test;
      await using client = await connectClient(test.url);
      const realNow = Date.now;
      // The daemon’s clock only: that of a machine is nobody’s to set in a test.
      for (const stepMs of [HOUR_MS, -HOUR_MS]) {
        await client.query('select 1');
        await test.asleep();
        const { acuHours } = fleet.describe('shop');
        vi.spyOn(Date, 'now').mockImplementation(() => realNow() + stepMs);
        expect(fleet.describe('shop').pause.pausedSeconds).toBeLessThan(HOUR_MS / 2_000);
        await waitFor(() => fleet.describe('shop').pause.pausedSeconds > 1, { what: 'a second of pause' });
        expect(fleet.describe('shop').acuHours).toBe(acuHours);
        expect(fleet.describe('shop').status).toBe('paused');
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        expect((await test.awake()).pausedMs).toBeLessThan(HOUR_MS / 2);
        await test.asleep();
        vi.restoreAllMocks();
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
        const { lastWake, pausedSeconds } = fleet.describe('shop').pause;
        expect(lastWake?.pausedMs).toBeLessThan(HOUR_MS / 2);
        expect(pausedSeconds).toBeLessThan(HOUR_MS / 2_000);
        await test.awake();
        // At most the maximum for the time that it took altogether.
        expect(fleet.describe('shop').acuHours - acuHours).toBeLessThan(8 / 60);
      }
    });

    it('a database can be modified, stopped, started and deleted', async () => {
      const { fleet } = test;
      await using client = await connectClient(test.url);
      await test.asleep();
      const modified = await fleet.modify('shop', { maxCapacity: 4, parameters: { work_mem: '7MB' } });
      expect(modified).toMatchObject({ status: 'available', capacity: { max: 4 } });
      expect((await client.query('show work_mem')).rows).toEqual([{ work_mem: '7MB' }]);
      expect(fleet.describe('shop').pause.lastWake?.cause).toBe('a request to Airglow');
      await test.asleep();
      expect((await fleet.start('shop')).status).toBe('available');
      await test.asleep();
      expect(await fleet.stop('shop')).toMatchObject({ status: 'stopped', pause: { pausedAtMs: null } });
      await expect(client.query('select 1')).rejects.toThrow(/terminat|connection/i);
      expect((await fleet.start('shop')).status).toBe('available');
      await using again = await connectClient(test.url);
      expect(await numbers(again)).toEqual({ n: 100 });
      await test.asleep();
      await fleet.modify('shop', { minCapacity: 0.5 });
      expect(fleet.describe('shop').pause.secondsUntilAutoPause).toBeNull();
      await fleet.modify('shop', { minCapacity: 0 });
      await test.asleep();
      const group = await groupOf(test.stateDir);
      await fleet.delete('shop');
      expect(group.exists()).toBe(false);
      expect(fleet.list()).toEqual([]);
      await expect(again.query('select 1')).rejects.toThrow(/terminat|connection/i);
    });
  },
);

it('nothing is paused where limits are not wanted, and it says why', async () => {
  await using test = await openTestFleet({ limits: 'none', intervalMs: 250 });
  await test.fleet.create({
    name: 'shop',
    engineVersion: 18,
    minCapacity: 0,
    maxCapacity: 2,
    secondsUntilAutoPause: 1,
  });
  expect(test.fleet.describe('shop').pause).toMatchObject({ secondsUntilAutoPause: 1 });
  expect(test.fleet.describe('shop').pause.unavailable).toMatch(/\.$/);
  await waitFor(() => test.fleet.explain('shop').sentences.join(' ').includes('Not paused:'), {
    what: 'the reason',
  });
  expect(test.events('shop')).not.toContain('pause-initiated');
  expect(test.fleet.describe('shop').status).toBe('available');
});
