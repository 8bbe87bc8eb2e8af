import { describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { connectClient } from '../kit/client.ts';
import { openPausedFleet, whyNotHere } from '../kit/paused-fleet.ts';
import type { PausedFleet } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();

/** Resolves when Airglow names this as what keeps the database awake. */
async function blockedBy(test: PausedFleet, what: RegExp): Promise<void> {
  const said = (): string => test.fleet.explain('shop').sentences.join(' ');
  await waitFor(() => what.test(said()), { what: `${what.source} to be named` }).catch((error: unknown) => {
    throw new Error(said(), { cause: error });
  });
  expect(said()).toMatch(/Not paused: /);
  expect(test.status()).toBe('available');
}

/** A connection that speaks the replication protocol; to be destroyed, since what it asks for does not end. */
async function replicate(url: string, application: string, command: string): Promise<{ end(): void }> {
  const client = new Client({ connectionString: `${url}?replication=true`, application_name: application });
  client.on('error', () => {});
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  client.query(command).catch(() => {});
  return { end: () => stream.destroy() };
}

describe.skipIf(reason !== null)(
  `what keeps a database awake${reason === null ? '' : ` (not here: ${reason})`}`,
  // Each has databases of its own, and mostly waits.
  { concurrent: true },
  () => {
    it('is replication, a backup or an autovacuum, each by its name', async () => {
      await using test = await openPausedFleet({ parameters: { autovacuum_naptime: '1s' } });
      await using client = await connectClient(test.url);
      const { rows } = await client.query<{ at: string }>('select pg_current_wal_flush_lsn() as at');
      const standby = await replicate(
        test.url,
        'standby1',
        `START_REPLICATION PHYSICAL ${rows[0]?.at ?? ''}`,
      );
      await blockedBy(test, /replication to standby1 \(streaming\)/);
      standby.end();
      await test.asleep();

      await client.query('select 1');
      const backup = await replicate(test.url, 'backup1', "BASE_BACKUP (LABEL 'nightly', MAX_RATE 32)");
      await blockedBy(test, /a backup is being taken/);
      backup.end();
      await test.asleep();

      await client.query('create table stock as select i as id, 0 as n from generate_series(1, 20000) i');
      await client.query(
        `alter table stock set (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`,
      );
      await client.query('update stock set n = 1');
      await blockedBy(test, /autovacuum works in postgres/);
      await client.query('drop table stock');
      await test.asleep();
    });

    it('is WAL that waits to be archived', async () => {
      await using test = await openPausedFleet({
        parameters: { archive_mode: 'on', archive_command: 'false' },
      });
      await using client = await connectClient(test.url);
      await client.query('create table kept as select 1 as id');
      await client.query('select pg_switch_wal()');
      await blockedBy(test, /WAL files wait to be archived/);
      await test.fleet.modify('shop', { parameters: { archive_command: 'true' } });
      await test.asleep();
    });

    it('is no exporter that is to be ignored, by its application or its user', async () => {
      await using test = await openPausedFleet();
      await using client = await connectClient(test.url, 'shop');
      await client.query("create role exporter login superuser password 'scrape'");
      const url = new URL(test.url);
      [url.username, url.password] = ['exporter', 'scrape'];
      for (const [field, value] of [
        ['application', 'postgres_exporter'],
        ['user', 'exporter'],
      ] as const) {
        await test.fleet.modify('shop', { ignoreActivity: [{ field, value }] });
        await using exporter = await connectClient(field === 'user' ? url.href : test.url, value);
        const { wakes } = test.fleet.describe('shop').pause;
        let failed = 0;
        const scrape = (): unknown => exporter.query('select count(*) from pg_class').catch(() => failed++);
        const timer = setInterval(scrape, 500);
        try {
          await waitFor(() => test.fleet.describe('shop').pause.wakes >= wakes + 2, { what: 'two pauses' });
          expect(test.fleet.describe('shop').pause.lastWake?.cause).toMatch(/a query of .*exporter\)/);
        } finally {
          clearInterval(timer);
        }
        expect(failed).toBe(0);
      }
    });

    it('is no connection that only comes and goes: it does not make it wait in full again', async () => {
      const seconds = 12;
      await using test = await openPausedFleet({ secondsUntilAutoPause: seconds });
      await test.asleep();
      const visitor = new Client({ connectionString: test.url });
      await visitor.connect();
      await visitor.end();
      const { atMs } = await test.awake();
      const untilMs = await waitFor(
        () => {
          const outlook = test.fleet.explain('shop').latest?.decision.pause;
          return outlook?.kind === 'waiting' ? outlook.untilMs : null;
        },
        { what: 'the wait for a pause' },
      );
      expect(untilMs - atMs).toBeLessThan(10_500);
      await using client = await connectClient(test.url);
      await client.query('select 1');
      const askedMs = Date.now();
      await waitFor(
        () => {
          const outlook = test.fleet.explain('shop').latest?.decision.pause;
          return outlook?.kind === 'waiting' && outlook.untilMs - askedMs > (seconds - 1.5) * 1_000;
        },
        { what: 'the wait to begin anew' },
      );
    });
  },
);
