import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { connectClient } from '../kit/client.ts';
import { newStateDir } from '../kit/fleet.ts';
import { show } from '../kit/managed.ts';
import { turnOnSwap } from '../kit/own-swap.ts';
import {
  accountOf,
  CACHE_BYTES,
  createTiered,
  newDisk,
  openTieredFleet,
  ROWS,
  startReaders,
  swapAreas,
  TIER_BYTES,
  whyNoTier,
  whySlowSteps,
} from '../kit/tiered-fleet.ts';
import type { TieredFleet } from '../kit/tiered-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Real databases whose shared memory is larger than their memory, with swap of this host below it. */
const MIB = 1024 ** 2;
/** A machine without a processor of its own takes minutes. */
const LONG = 600_000;
const refusal = await whyNoTier();
if (refusal !== null) console.warn(`Nothing is tested of the tiered cache: ${refusal}`);

/** Values of a gauge of a database since, oldest first. */
function gauge(test: TieredFleet, name: string, metric: string, from: number): readonly number[] {
  return test.messages
    .slice(from)
    .flatMap((message) => (message.kind === 'counters' && message.name === name ? message.points : []))
    .flatMap((point) => (point.metric === metric ? [point.value] : []));
}

describe.runIf(refusal === null)('a database with a tiered cache', () => {
  let test: TieredFleet;
  let group: ResourceGroup;

  beforeAll(async () => {
    test = await openTieredFleet();
    // Without a tier shared memory has to fit into the least capacity.
    await createTiered(test, 'shop', { minCapacity: 0.5, tieredCacheBytes: 0 });
    group = await test.group('shop');
  }, LONG);
  afterAll(() => test?.[Symbol.asyncDispose](), LONG);

  const cache = () => test.fleet.describe('shop').optimizedReads.tieredCache;
  const restart = async () => {
    await test.fleet.stop('shop');
    await test.fleet.start('shop');
    group = await test.group('shop');
  };

  it(
    'is kept out of the tier as long as it has not asked for a part of it',
    async () => {
      expect(group.limits().swapBytes).toBe(0);
      await using client = await connectClient(test.fleet.url('shop'));
      // Page cache and shared memory fill all of the least capacity.
      await client.query('select sum(length(pad)) from big');
      await test.fixed('shop', 0.5);
      await client.query('select sum(length(pad)) from big');
      expect(accountOf(group)).toMatchObject({ swapRoomBytes: 0, oomKills: 0 });
      // A page or two of the time before it had limits.
      expect(accountOf(group).swapBytes).toBeLessThan(MIB);
      expect(accountOf(group).usageBytes).toBeGreaterThan(200 * MIB);
      await test.fixed('shop', 2);
      expect(cache()).toBeNull();
    },
    LONG,
  );

  it(
    'is switched on without a connection being lost; its size comes with a restart',
    async () => {
      const before = await show(test.fleet.url('shop'), 'shared_buffers');
      const readers = await startReaders(test.fleet.url('shop'));
      const { pendingRestart } = await test.fleet.modify('shop', { tieredCacheBytes: CACHE_BYTES });
      await sleep(500);
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect(pendingRestart).toContain('shared_buffers');
      expect(await show(test.fleet.url('shop'), 'shared_buffers')).toBe(before);
      expect(cache()).toMatchObject({ sizeBytes: CACHE_BYTES, inForceBytes: 0 });
      expect(cache()?.reason).toContain('restart');
      // Until then nothing of it may go there.
      expect(group.limits().swapBytes).toBe(0);

      await restart();
      expect(await show(test.fleet.url('shop'), 'shared_buffers')).toBe(`${CACHE_BYTES / MIB}MB`);
      expect(test.fleet.describe('shop').pendingRestart).toEqual([]);
      expect(cache()).toMatchObject({ sizeBytes: CACHE_BYTES, inForceBytes: CACHE_BYTES, reason: null });
      expect(group.limits().swapBytes).toBe(CACHE_BYTES);
      expect(await test.fleet.tier.status()).toMatchObject({
        state: 'on',
        promisedBytes: CACHE_BYTES,
        users: [{ name: 'shop', sizeBytes: CACHE_BYTES }],
      });
    },
    LONG,
  );

  it(
    'falls under load with shared memory that is full, and nobody notices',
    async () => {
      await test.fixed('shop', 2);
      await test.warm('shop');
      expect(accountOf(group).shmemBytes).toBeGreaterThan(500 * MIB);
      const pid = test.pid('shop');
      const readers = await startReaders(test.fleet.url('shop'));
      await test.fixed('shop', 0.5);
      await waitFor(() => test.fleet.describe('shop').capacity.current === 0.5, {
        what: 'the lower capacity',
      });
      const account = accountOf(group);
      expect(account.swapBytes).toBeGreaterThan(300 * MIB);
      expect(account.swapBytes).toBeLessThanOrEqual(CACHE_BYTES);
      expect(account.usageBytes).toBeLessThanOrEqual(256 * MIB);
      expect(account.oomKills).toBe(0);
      const { reads } = readers.counts;
      await waitFor(() => readers.counts.reads > reads + 1000, { what: 'reads below it' });
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect(test.pid('shop')).toBe(pid);
      expect(cache()?.usedBytes).toBeGreaterThan(300 * MIB);
      expect((await test.fleet.tier.status()).users[0]?.usedBytes).toBeGreaterThan(300 * MIB);
    },
    LONG,
  );

  it(
    'reads from the tier what does not fit into memory, and nothing from storage',
    async () => {
      const from = test.messages.length;
      const swappedIn = accountOf(group).swappedInBytes;
      await using client = await connectClient(test.fleet.url('shop'));
      const blocks = async (): Promise<number> => {
        const { rows } = await client.query<{ n: number }>(
          `select coalesce(heap_blks_read, 0)::int as n from pg_statio_user_tables where relname = 'big'`,
        );
        return rows[0]?.n ?? Number.NaN;
      };
      await client.query('select pg_stat_force_next_flush()');
      const before = await blocks();
      const readers = await startReaders(test.fleet.url('shop'));
      const hits = () => gauge(test, 'shop', 'tier.hits_per_second', from);
      // Each is the mean of ten seconds, the first one of some before, too.
      await waitFor(() => hits().length >= 2, { what: 'figures of the tier', timeoutMs: 60_000 });
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect(accountOf(group).swappedInBytes).toBeGreaterThan(swappedIn + 4 * MIB);
      expect((await blocks()) - before).toBeLessThan(readers.counts.reads / 100);
      expect(hits().at(-1)).toBeGreaterThan(0);
      expect(cache()?.activity?.hitsPerSecond).toBeGreaterThan(0);
      const last = (metric: string) => gauge(test, 'shop', metric, from).at(-1);
      expect(last('tier.hit_ratio')).toBeGreaterThan(0.9);
      expect(last('tier.storage_reads_per_second')).toBeLessThan((hits().at(-1) ?? 0) / 10);
      expect(last('tier.size_bytes')).toBe(CACHE_BYTES);
      expect(last('tier.used_bytes')).toBeGreaterThan(300 * MIB);
    },
    LONG,
  );

  it(
    'has a raise at once in the middle of a fall',
    async (ctx) => {
      const whyNot = whySlowSteps();
      if (whyNot !== null) return ctx.skip(whyNot);
      await test.fixed('shop', 2);
      await test.warm('shop');
      const readers = await startReaders(test.fleet.url('shop'));
      await test.fix('shop', 0.5);
      await waitFor(() => (group.limits().memoryBytes ?? 0) < 1000 * MIB, { what: 'the fall', pollMs: 2 });
      const startedAt = performance.now();
      await test.fixed('shop', 2);
      const tookMs = performance.now() - startedAt;
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect(accountOf(group).oomKills).toBe(0);
      // What it has to wait for is one step, which a slow machine may take long for; all of the fall takes many.
      expect(tookMs).toBeLessThan(10_000);
      await waitFor(() => test.fleet.describe('shop').capacity.current === 2, {
        what: 'the higher capacity',
      });
      await sleep(1500);
      expect(group.limits()).toMatchObject({ memoryBytes: 1024 * MIB, swapBytes: CACHE_BYTES });
    },
    LONG,
  );

  it(
    'makes room for private memory, and a query that outgrows that gets an error',
    async () => {
      await test.fixed('shop', 0.5);
      await test.warm('shop');
      const pid = test.pid('shop');
      await using bystander = await connectClient(test.fleet.url('shop'));
      await using client = await connectClient(test.fleet.url('shop'));
      await client.query(`set work_mem = '1GB'`);
      const fill = (mib: number) =>
        client.query(
          `select length(x) from (select repeat('x', n) as x from generate_series($1::int, $1::int) n offset 0) t`,
          [mib * MIB],
        );
      // More than is left beside shared memory, were that to stay.
      await fill(100);
      const outcome = await client
        .query(
          'select count(*) from unnest((select array_agg(g::text) from generate_series(1, 20000000) g)) t',
        )
        .then(
          () => 'finished',
          (error: { code?: string; message: string }) => error.code ?? error.message,
        );
      expect(['53200', '57014']).toContain(outcome);
      expect((await bystander.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      expect(test.pid('shop')).toBe(pid);
      expect(accountOf(group).oomKills).toBe(0);
      expect(test.events('shop')).not.toContain('ended');
      await test.fixed('shop', 2);
    },
    LONG,
  );

  it(
    'keeps the tier from being switched off as long as it runs with it, and is switched off itself',
    async () => {
      await expect(test.fleet.tier.disable()).rejects.toMatchObject({ code: 'TIER_IN_USE' });
      const readers = await startReaders(test.fleet.url('shop'));
      const { pendingRestart } = await test.fleet.modify('shop', { tieredCacheBytes: 0 });
      await sleep(300);
      await readers.stop();
      expect(readers.counts.failed).toBe(0);
      expect(pendingRestart).toContain('shared_buffers');
      expect(cache()).toMatchObject({ sizeBytes: 0, inForceBytes: CACHE_BYTES });
      await expect(test.fleet.tier.disable()).rejects.toMatchObject({ code: 'TIER_IN_USE' });
      await restart();
      expect(await show(test.fleet.url('shop'), 'shared_buffers')).not.toBe(`${CACHE_BYTES / MIB}MB`);
      expect(cache()).toBeNull();
      expect(group.limits().swapBytes).toBe(0);
      // The kernel keeps some slots at hand for each processor before it takes them off the account.
      expect(accountOf(group).swapBytes).toBeLessThan(MIB);

      expect(await test.fleet.tier.disable()).toMatchObject({ state: 'off' });
      expect(test.area()).toBeUndefined();
      expect(existsSync(join(test.disk, 'airglow-tier.swap'))).toBe(false);
      await using client = await connectClient(test.fleet.url('shop'));
      expect((await client.query('select count(*)::int as n from big')).rows).toEqual([{ n: ROWS }]);
    },
    LONG,
  );
});

describe.runIf(refusal === null)('on a host with a tiered cache', () => {
  it(
    'a database that is deleted leaves nothing in the tier',
    async () => {
      await using test = await openTieredFleet();
      await createTiered(test, 'gone');
      await test.warm('gone');
      await test.fixed('gone', 0.5);
      expect(accountOf(await test.group('gone')).swapBytes).toBeGreaterThan(300 * MIB);
      await test.fleet.delete('gone');
      await waitFor(() => (test.area()?.usedBytes ?? 0) < 8 * MIB, { what: 'the swap to be free' });
      expect(await test.fleet.tier.status()).toMatchObject({ promisedBytes: 0, users: [] });
      expect(await test.fleet.tier.disable()).toMatchObject({ state: 'off' });
    },
    LONG,
  );

  it(
    'the tier is used before other swap of the host, which is told',
    async (ctx) => {
      const other = await turnOnSwap(256 * MIB);
      if (typeof other === 'string') return ctx.skip(other);
      try {
        await using test = await openTieredFleet();
        await createTiered(test, 'shop');
        const [first, second] = swapAreas()
          .map(({ priority }) => priority)
          .toSorted((a, b) => b - a);
        if (first === second) return ctx.skip('somebody else has switched on a tier meanwhile');
        await test.warm('shop');
        const others = () =>
          swapAreas()
            .filter(({ path }) => path !== test.area()?.path)
            .reduce((sum, { usedBytes }) => sum + usedBytes, 0);
        const before = others();
        await test.fixed('shop', 0.5);
        expect(test.area()?.usedBytes).toBeGreaterThan(300 * MIB);
        expect(others() - before).toBeLessThan(16 * MIB);
        expect((await test.fleet.tier.status()).otherSwap.length).toBeGreaterThan(0);
      } finally {
        await other.remove();
      }
    },
    LONG,
  );

  it(
    'outlives the daemon: the next one adopts databases with their tier',
    async () => {
      const [stateDir, disk] = [newStateDir(), await newDisk()];
      try {
        const first = await openTieredFleet({ stateDir, disk, temporary: false });
        await createTiered(first, 'shop');
        await first.warm('shop');
        await first.fixed('shop', 0.5);
        const pid = first.pid('shop');
        await using client = await connectClient(first.fleet.url('shop'));
        await first[Symbol.asyncDispose]();
        expect(first.area()).toMatchObject({ sizeBytes: TIER_BYTES });

        await using second = await openTieredFleet({ stateDir, disk, tierBytes: 0 });
        expect(second.events('shop')).not.toContain('ended');
        expect(second.pid('shop')).toBe(pid);
        const group = await second.group('shop');
        expect(group.limits()).toMatchObject({ memoryBytes: 256 * MIB, swapBytes: CACHE_BYTES });
        expect(second.fleet.describe('shop').optimizedReads.tieredCache).toMatchObject({
          inForceBytes: CACHE_BYTES,
          reason: null,
        });
        expect(await second.fleet.tier.status()).toMatchObject({ state: 'on', promisedBytes: CACHE_BYTES });
        expect((await client.query('select count(*)::int as n from big')).rows).toEqual([{ n: ROWS }]);
        await second.fixed('shop', 2);
        expect(group.limits().swapBytes).toBe(CACHE_BYTES);
      } finally {
        await rm(stateDir, { recursive: true, force: true });
        await rm(disk, { recursive: true, force: true });
      }
      expect(swapAreas().filter(({ path }) => path.startsWith(disk))).toEqual([]);
    },
    LONG,
  );
});
