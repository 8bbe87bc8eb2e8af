import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Client } from 'pg';
import type { PauseRefusal } from '../../src/sentinel/protocol.ts';
import { connectClient } from '../kit/client.ts';
import { copyIn } from '../kit/copy-in.ts';
import { openTestFleet } from '../kit/fleet.ts';
import type { TestFleet } from '../kit/fleet.ts';
import { startGatedProxy } from '../kit/gated-proxy.ts';
import { guardedOf, startLoneSentinel } from '../kit/lone-sentinel.ts';
import type { LoneSentinel } from '../kit/lone-sentinel.ts';
import { socketUrl, whyNotHere } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
/** Far more than an answer takes, and no more than a test can wait for. */
const HUNG_MS = 10_000;
const DATABASES = ['one', 'two', 'three'];
const ROUNDS = 700;
/** Seconds on a machine that has nothing else to do. */
const PATIENCE_MS = 240_000;
/** Queries are sent up to so long before or after the order to freeze. */
const AROUND_MS = 3;

interface Tally {
  answered: number;
  pauses: number;
  readonly refusals: Map<PauseRefusal['kind'], number>;
}

async function setUp(names: readonly string[]): Promise<TestFleet> {
  const test = await openTestFleet();
  for (const name of names)
    await test.fleet.create({ name, engineVersion: 18, minCapacity: 2, maxCapacity: 8 });
  return test;
}

async function answer(query: Promise<unknown>): Promise<void> {
  const patience = new AbortController();
  const late = sleep(HUNG_MS, 'hung', { signal: patience.signal }).catch(() => null);
  const first = await Promise.race([query, late]);
  patience.abort();
  if (first === 'hung') throw new Error(`a query was not answered within ${HUNG_MS} ms`);
}

/** One freeze, and one query at about that moment: nobody else would wake the database. */
async function freezeAround(
  { link }: LoneSentinel,
  id: string,
  { client, offsetMs }: { readonly client: Client; readonly offsetMs: number },
  tally: Tally,
): Promise<void> {
  const startMs = performance.now();
  const at = async (moment: number): Promise<void> => {
    // Timers are too coarse for it.
    while (performance.now() - startMs < moment) await new Promise(setImmediate);
  };
  const query = (async () => {
    await at(Math.max(0, offsetMs));
    await answer(client.query('select 1'));
    tally.answered++;
  })();
  await at(Math.max(0, -offsetMs));
  const outcome = await link.pause(id, 2);
  if (outcome.kind === 'paused') tally.pauses++;
  else if (outcome.kind === 'refused') {
    const { kind } = outcome.refusal;
    tally.refusals.set(kind, (tally.refusals.get(kind) ?? 0) + 1);
  } else throw new Error(JSON.stringify(outcome));
  await query;
  // What was answered before the freeze has woken nobody.
  await link.wake(id);
}

describe.skipIf(reason !== null)(`a freeze${reason === null ? '' : ` (not here: ${reason})`}`, () => {
  it(
    'strands no query, however close to it that was sent',
    async () => {
      await using test = await setUp(DATABASES);
      await using sentinel = await startLoneSentinel();
      const tally: Tally = { answered: 0, pauses: 0, refusals: new Map() };
      await Promise.all(
        DATABASES.map(async (name) => {
          const guarded = guardedOf(test.stateDir, name);
          await sentinel.link.guard(guarded);
          const url = test.fleet.url(name);
          await using tcp = await connectClient(url);
          await using local = await connectClient(socketUrl(url, test.stateDir, name));
          await using bystander = await connectClient(url);
          for (let round = 0; round < ROUNDS; round++) {
            const client = round % 2 === 0 ? tcp : local;
            const offsetMs = (Math.random() * 2 - 1) * AROUND_MS;
            await freezeAround(sentinel, guarded.id, { client, offsetMs }, tally);
          }
          await bystander.query('select 1');
        }),
      );
      console.log(
        `${tally.answered} queries answered; ${tally.pauses} pauses, refused: ${JSON.stringify([...tally.refusals])}`,
      );
      expect(tally.answered).toBe(DATABASES.length * ROUNDS);
      expect(tally.pauses).toBeGreaterThan(ROUNDS / 10);
      expect(tally.refusals.get('activity')).toBeGreaterThan(0);
      expect(tally.refusals.get('forbidden')).toBeUndefined();
      expect(sentinel.woken.some(({ cause }) => cause.kind === 'bytes')).toBe(true);
    },
    PATIENCE_MS,
  );

  it('is refused while a session is in the middle of something, and only then', async () => {
    await using test = await setUp(['shop']);
    await using sentinel = await startLoneSentinel();
    const url = test.fleet.url('shop');
    const guarded = guardedOf(test.stateDir);
    await sentinel.link.guard(guarded);
    const pause = async (): Promise<string> => {
      const outcome = await sentinel.link.pause(guarded.id, 2);
      if (outcome.kind === 'paused') await sentinel.link.wake(guarded.id);
      return outcome.kind === 'refused' ? outcome.refusal.kind : outcome.kind;
    };
    const canBePaused = async (): Promise<void> => {
      await waitFor(async () => (await pause()) === 'paused', { what: 'a pause' });
    };
    await using holder = await connectClient(url, 'holder');
    await using waiter = await connectClient(url, 'waiter');
    await using observer = await connectClient(url, 'observer');
    await holder.query('create table stock as select 1 as id');
    await holder.query('begin');
    await holder.query('lock table stock');
    await canBePaused();

    const waiting = waiter.query('select id from stock');
    await waitFor(
      async () =>
        (await observer.query("select 1 from pg_locks where relation = 'stock'::regclass and not granted"))
          .rowCount === 1,
      { what: 'the session to wait for the lock' },
    );
    for (let attempt = 0; attempt < 20; attempt++) expect(await pause()).toBe('activity');
    await holder.query('commit');
    expect((await waiting).rows).toEqual([{ id: 1 }]);

    const sleeping = waiter.query('select pg_sleep(0.5)');
    await waitFor(
      async () =>
        (await observer.query("select 1 from pg_stat_activity where wait_event = 'PgSleep'")).rowCount === 1,
      { what: 'the session to sleep' },
    );
    expect(await pause()).toBe('activity');
    await sleeping;
    await canBePaused();
  });

  it('lets a COPY that waits for its client, and a half-done log-in, go on after it', async () => {
    await using test = await setUp(['shop']);
    await using sentinel = await startLoneSentinel();
    const guarded = guardedOf(test.stateDir);
    await sentinel.link.guard(guarded);
    const paused = async (): Promise<void> => {
      await waitFor(async () => (await sentinel.link.pause(guarded.id, 2)).kind === 'paused', {
        what: 'the pause',
      });
    };
    let held = 0;
    await using proxy = await startGatedProxy(guarded.port, async () => {
      await paused();
      held++;
    });
    const url = new URL(test.fleet.url('shop'));
    url.port = String(proxy.port);
    // Each message of the log-in is kept back until the database sleeps in the middle of it.
    await using client = await connectClient(url.href);
    expect(held).toBeGreaterThanOrEqual(3);
    await client.query('create table stock (id int)');
    const copy = await copyIn(client, 'copy stock from stdin');
    copy.write('1\n2\n');
    await waitFor(() => held >= 6, { what: 'the first rows to be sent' });
    copy.write('3\n');
    await copy.end();
    expect((await client.query('select count(*)::int as n from stock')).rows).toEqual([{ n: 3 }]);
    // Of two pieces that follow each other closely, one wake may be for both.
    expect(sentinel.woken.length).toBeGreaterThan(held / 2);
    expect(new Set(sentinel.woken.map(({ cause }) => cause.kind))).toEqual(new Set(['bytes']));
  });
});
