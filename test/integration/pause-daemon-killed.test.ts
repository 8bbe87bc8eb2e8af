import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJournal } from '../../src/sentinel/journal.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { connectClient } from '../kit/client.ts';
import type { ScopedClient } from '../kit/client.ts';
import { newStateDir, openTestFleet } from '../kit/fleet.ts';
import { startProgram } from '../kit/owner-process.ts';
import type { Program } from '../kit/owner-process.ts';
import { groupOf, openPausedFleet, sentinelPid, whyNotHere } from '../kit/paused-fleet.ts';
import type { PausedFleet } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
/** One for all tests: each finds the database as the one before has left it. */
const stateDir = newStateDir();
/** Of 8 ACU. */
const MOST_CPUS = 2;
const ACU_SECOND_HOURS = 1 / 3_600;

type Daemon = Program<{ readonly url: string }>;

const daemons: Daemon[] = [];

async function startDaemon(...more: string[]): Promise<Daemon> {
  const daemon: Daemon = await startProgram('serve-paused-fleet.ts', [stateDir, ...more]);
  daemons.push(daemon);
  return daemon;
}

async function kill(daemon: Daemon): Promise<void> {
  daemon.process.kill('SIGKILL');
  await daemon.exited;
}

const reopen = (): Promise<PausedFleet> => openPausedFleet({}, { stateDir, temporary: false });

async function deleteAll(): Promise<void> {
  await Promise.all(daemons.map(kill));
  await using test = await openTestFleet({ stateDir, temporary: false });
  for (const { name } of test.fleet.list()) await test.fleet.delete(name);
  await test.fleet.close();
  // Nothing is left for it to do.
  process.kill(sentinelPid(stateDir), 'SIGTERM');
  await waitFor(() => !isAlive(), { what: 'the end of the sentinel' });
  await rm(stateDir, { recursive: true, force: true });
}

function isAlive(): boolean {
  try {
    return sentinelPid(stateDir) > 0;
  } catch {
    return false;
  }
}

const one = async (client: ScopedClient): Promise<unknown> => (await client.query('select 1 as one')).rows[0];

/** What the meter of a killed daemon has on disk. */
const metered = (): { acuMs: number; inForce: { capacityAcu: number } | null } =>
  JSON.parse(readFileSync(join(stateDir, 'clusters', 'shop', 'meter.json'), 'utf8')) as never;

describe.skipIf(reason !== null)(
  `a daemon that is killed${reason === null ? '' : ` (not here: ${reason})`}`,
  () => {
    afterAll(deleteAll);

    it('leaves a sentinel that lifts limits and wakes, and one after it that knows what it was', async () => {
      const first = await startDaemon();
      await using client = await connectClient(first.said.url);
      await client.query('create table kept as select 1 as id');
      const group = await groupOf(stateDir);
      await waitFor(() => group.isFrozen(), { what: 'the pause' });
      expect(await one(client)).toEqual({ one: 1 });
      expect(group.limits().cpus).toBeLessThan(MOST_CPUS);
      await kill(first);
      await waitFor(() => group.limits().cpus === MOST_CPUS, { what: 'the limits to be lifted', pollMs: 20 });
      expect(group.isFrozen()).toBe(false);
      expect(await one(client)).toEqual({ one: 1 });

      const second = await startDaemon();
      await waitFor(() => group.isFrozen(), { what: 'the pause' });
      await waitFor(() => metered().inForce?.capacityAcu === 0, { what: 'the meter to know of it' });
      await kill(second);
      const { acuMs } = metered();
      // It sleeps on, and is lifted as it sleeps.
      await waitFor(() => group.limits().cpus === MOST_CPUS, { what: 'the limits to be lifted' });
      expect(group.isFrozen()).toBe(true);
      const askedMs = performance.now();
      expect(await one(client)).toEqual({ one: 1 });
      const wokenMs = performance.now();
      expect(group.isFrozen()).toBe(false);
      await waitFor(() => performance.now() - wokenMs > 1_000, { what: 'a second to be billed' });

      const openingMs = performance.now();
      const third = await reopen();
      const billed = third.fleet.describe('shop').acuHours - acuMs / 3_600_000;
      const openedMs = performance.now();
      expect(third.status()).toBe('available');
      // Nothing for the sleep, and all of the maximum from the wake on.
      expect(billed).toBeGreaterThan((8 * (openingMs - wokenMs - 100) * ACU_SECOND_HOURS) / 1_000);
      expect(billed).toBeLessThan((8 * (openedMs - askedMs + 100) * ACU_SECOND_HOURS) / 1_000);
      const entries = readJournal(sentinelFiles(stateDir).journal).map(({ what, acu }) => [what, acu]);
      expect(entries.slice(-3)).toEqual([
        ['paused', 0],
        ['lifted', 0],
        ['woken', 8],
      ]);

      await third.asleep();
      const wakes = group.isFrozen();
      await third.fleet.close();
      expect(wakes && group.isFrozen()).toBe(true);
      // Nobody is woken by a daemon that comes.
      const fourth = await reopen();
      expect([fourth.status(), group.isFrozen()]).toEqual(['paused', true]);
      expect(fourth.fleet.describe('shop').pause.pausedSeconds).toBeGreaterThan(0);
      const sleepingAcuHours = fourth.fleet.describe('shop').acuHours;
      expect(await one(client)).toEqual({ one: 1 });
      const { cause } = await fourth.awake();
      expect(cause).toMatch(/^a query of /);
      expect(fourth.fleet.describe('shop').acuHours - sleepingAcuHours).toBeLessThan(
        8 * ACU_SECOND_HOURS * 10,
      );
      await fourth.asleep();
      await fourth.fleet.close();
      await client.query('insert into kept values (2)');
    });

    it('on its way to a pause leaves a database that answers', async () => {
      for (const diesAfterMs of [0, 3, 10]) {
        const daemon = await startDaemon(String(diesAfterMs));
        await using client = await connectClient(daemon.said.url);
        await daemon.exited;
        expect(await one(client)).toEqual({ one: 1 });
        await using another = await connectClient(daemon.said.url);
        expect(await one(another)).toEqual({ one: 1 });
        const group = await groupOf(stateDir);
        await waitFor(() => group.limits().cpus === MOST_CPUS, { what: 'the limits to be lifted' });
        expect(group.isFrozen()).toBe(false);
      }
    });

    it.each(['together', 'while the sentinel hangs'] as const)(
      'with the sentinel, %s, leaves what the next one thaws',
      async (how) => {
        const daemon = await startDaemon();
        await using client = await connectClient(daemon.said.url);
        const group = await groupOf(stateDir);
        await waitFor(() => group.isFrozen(), { what: 'the pause' });
        const pid = sentinelPid(stateDir);
        const identity = processIdentity(pid);
        process.kill(pid, how === 'together' ? 'SIGKILL' : 'SIGSTOP');
        await kill(daemon);
        const query = client.query('select id from kept order by id');
        const test = await reopen();
        expect((await query).rows).toEqual([{ id: 1 }, { id: 2 }]);
        expect(test.status()).toBe('available');
        await test.asleep();
        expect(sentinelPid(stateDir)).not.toBe(pid);
        expect(await one(client)).toEqual({ one: 1 });
        // No one is left that would meddle.
        expect(processIdentity(pid)).not.toBe(identity);
        await test.fleet.close();
      },
    );
  },
);
