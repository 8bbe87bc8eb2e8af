import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { giveBackAll } from '../../src/cluster/managed/give-back.ts';
import { connectClient } from '../kit/client.ts';
import { show } from '../kit/managed.ts';
import { whyNotHere } from '../kit/paused-fleet.ts';
import {
  accountOf,
  CACHE_BYTES,
  createTiered,
  openTieredFleet,
  ROWS,
  startReaders,
  swapAreas,
  TIER_BYTES,
  whyNoTier,
} from '../kit/tiered-fleet.ts';
import type { TieredFleet } from '../kit/tiered-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
/** A machine without a processor of its own takes minutes. */
const LONG = 600_000;
const COUNT = 'select count(*)::int as n from big';
const refusal = await whyNoTier();
if (refusal !== null) console.warn(`Nothing is tested of what may happen to a tiered cache: ${refusal}`);

/** As an administrator would. */
async function turnOffUnderneath(test: TieredFleet): Promise<void> {
  await run('swapoff', [test.area()?.path ?? '']);
  await waitFor(() => test.events('shop').includes('tiered-cache-lost'), { what: 'the event of the loss' });
  expect(await test.fleet.tier.status()).toMatchObject({ state: 'lost' });
  expect((await test.fleet.tier.status()).reason).toContain('swapoff');
}

describe.runIf(refusal === null)('a database with a tiered cache', () => {
  it(
    'sleeps and wakes, after all of its memory went to the tier, too',
    async (ctx) => {
      const whyNot = await whyNotHere();
      if (whyNot !== null) return ctx.skip(whyNot);
      await using test = await openTieredFleet();
      await createTiered(test, 'shop');
      await test.warm('shop');
      const pid = test.pid('shop');
      const group = await test.group('shop');
      await using client = await connectClient(test.fleet.url('shop'));
      await client.query('create temporary table mine as select 42 as answer');
      const asleep = async () =>
        waitFor(() => test.fleet.describe('shop').status === 'paused', {
          what: `the pause: ${test.fleet.explain('shop').sentences.join(' ')}`,
          timeoutMs: 60_000,
        });
      await test.fleet.modify('shop', { minCapacity: 0, maxCapacity: 2, secondsUntilAutoPause: 1 });
      await asleep();
      // A session that was there before, and what it has.
      expect((await client.query('select answer from mine')).rows).toEqual([{ answer: 42 }]);
      await asleep();
      // As the daemon does after ten minutes of sleep.
      await giveBackAll(group);
      const account = accountOf(group);
      expect(account.swapBytes).toBeGreaterThan(400 * MIB);
      expect(account.usageBytes).toBeLessThan(256 * MIB);
      expect(account.oomKills).toBe(0);
      expect(test.fleet.describe('shop').status).toBe('paused');

      expect((await client.query('select answer from mine')).rows).toEqual([{ answer: 42 }]);
      // In the middle of it, too.
      await asleep();
      const giving = giveBackAll(group);
      await sleep(100);
      expect((await client.query('select answer from mine')).rows).toEqual([{ answer: 42 }]);
      await giving;
      await using other = await connectClient(test.fleet.url('shop'));
      expect((await other.query(COUNT)).rows).toEqual([{ n: ROWS }]);
      expect(test.pid('shop')).toBe(pid);
      expect(accountOf(group).oomKills).toBe(0);
      expect(group.limits().swapBytes).toBe(CACHE_BYTES);
      expect(test.events('shop').filter((kind) => kind === 'resumed').length).toBeGreaterThanOrEqual(2);
      expect(test.events('shop')).not.toContain('ended');
    },
    LONG,
  );

  it(
    'lives on where all of it fits into memory, when its tier is turned off underneath, and has the next one',
    async () => {
      await using test = await openTieredFleet();
      await createTiered(test, 'shop');
      await test.warm('shop');
      const [pid, group] = [test.pid('shop'), await test.group('shop')];
      const readers = await startReaders(test.fleet.url('shop'));
      await turnOffUnderneath(test);
      expect(test.fleet.describe('shop').optimizedReads.tieredCache).toMatchObject({
        sizeBytes: CACHE_BYTES,
        inForceBytes: 0,
        reason: expect.stringContaining('lost') as string,
      });
      expect(test.events('shop').filter((kind) => kind === 'tiered-cache-lost')).toHaveLength(1);
      // What has nowhere to go holds capacity up.
      const { reads } = readers.counts;
      await test.fleet.modify('shop', { minCapacity: 0.5, maxCapacity: 2 });
      await waitFor(() => readers.counts.reads > reads + 2000, { what: 'reads without it' });
      await sleep(3000);
      expect(test.fleet.describe('shop').capacity.current).toBeGreaterThan(1);
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect([test.pid('shop'), accountOf(group).oomKills]).toEqual([pid, 0]);

      await test.fleet.tier.enable({ path: test.disk, sizeBytes: TIER_BYTES });
      expect(group.limits().swapBytes).toBe(CACHE_BYTES);
      await test.fixed('shop', 0.5);
      expect(accountOf(group).swapBytes).toBeGreaterThan(300 * MIB);
      await using client = await connectClient(test.fleet.url('shop'));
      expect((await client.query(COUNT)).rows).toEqual([{ n: ROWS }]);
      expect([test.pid('shop'), accountOf(group).oomKills]).toEqual([pid, 0]);
    },
    LONG,
  );

  it(
    'comes back where it does not fit, in the end with what fits, and nothing committed is lost',
    async (ctx) => {
      await using test = await openTieredFleet();
      await createTiered(test, 'shop');
      await test.warm('shop');
      await test.fixed('shop', 0.5);
      const group = await test.group('shop');
      expect(accountOf(group).swapBytes).toBeGreaterThan(300 * MIB);
      const url = test.fleet.url('shop');
      const readers = await startReaders(url);
      await turnOffUnderneath(test);
      await readers.stop();
      // Whatever of shared memory is used from now on has to fit.
      const size = async (): Promise<string> => {
        await test.warm('shop').catch(() => {});
        return show(url, 'shared_buffers');
      };
      // Somebody else may turn swap on meanwhile.
      const hasOther = (): boolean => swapAreas().length > 0;
      await waitFor(async () => hasOther() || (await size()) !== `${CACHE_BYTES / MIB}MB`, {
        what: 'the restart without a tier',
        timeoutMs: 60_000,
      });
      if (hasOther()) return ctx.skip('other swap of this host takes the place of the tier');
      // The kernel may have killed the postmaster itself.
      expect(test.events('shop').join(' ')).toMatch(/tiered-cache-given-up|ended/);
      await waitFor(() => test.fleet.describe('shop').status === 'available', { what: 'the restart' });
      const kills = accountOf(group).oomKills;
      const again = await startReaders(url);
      await waitFor(() => again.counts.reads > 500, { what: 'reads', timeoutMs: 60_000 });
      await again.stop();
      expect(again.counts.failed).toBe(0);
      await using client = await connectClient(url);
      expect((await client.query(COUNT)).rows).toEqual([{ n: ROWS }]);
      const after = await test.group('shop');
      expect(after.limits().memoryBytes).toBe(256 * MIB);
      expect(accountOf(after).oomKills).toBe(kills);
      expect(test.fleet.describe('shop').optimizedReads.tieredCache).toMatchObject({ inForceBytes: 0 });
    },
    LONG,
  );
});
