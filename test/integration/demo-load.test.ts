import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import type { Answer } from '../../src/demo/actor.ts';
import { createDemoLoad } from '../../src/demo/demo-load.ts';
import type { DemoLoad, DemoPhase } from '../../src/demo/demo-load.ts';
import type { Cast } from '../../src/demo/story.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

let server: RunningPostgres;
let watcher: Client;
beforeAll(async () => {
  server = await startTestPostgres({ statStatements: true });
  watcher = new Client({ connectionString: server.url, application_name: 'watcher' });
  await watcher.connect();
});
afterAll(async () => {
  await watcher.end();
  await server.stop();
});

/** The load of one phase that does not end. */
function endless(cast: Cast): DemoLoad {
  const story = [{ name: 'Test', sentence: 'Look.', durationMs: 3_600_000, acts: [cast] }];
  return createDemoLoad(server.url, { seed: 1, story });
}

async function count(condition: string): Promise<number> {
  const sql = `select count(*)::int as n from pg_stat_activity where usename like 'app%' and ${condition}`;
  return ((await watcher.query(sql)).rows[0] as { n: number }).n;
}

async function untilSeen(condition: string, atLeast = 1): Promise<number> {
  const seen = async (): Promise<number | null> => {
    const sessions = await count(condition);
    return sessions >= atLeast ? sessions : null;
  };
  return waitFor(seen, {
    what: `${atLeast} sessions with ${condition}`,
    pollMs: 5,
  });
}

describe('demo load', () => {
  it.each<[string, Cast, string, number]>([
    ['short reads', { readsPerSecond: 100 }, "application_name = 'shop-web' and query ~ '^select name'", 1],
    ['writes', { writesPerSecond: 50 }, "application_name = 'shop-checkout' and state <> 'idle'", 1],
    [
      'searches',
      { searchesPerSecond: 200 },
      "application_name = 'shop-search' and state = 'active' and query ~ 'turnover'",
      1,
    ],
    ['a lock pile-up', { lockWaiters: 10 }, "wait_event_type = 'Lock'", 10],
    ['an import', { imports: 3 }, "application_name = 'stock-import' and query ~ '^insert'", 3],
  ])('plays %s, and stops', async (_, cast, condition, atLeast) => {
    const load = endless(cast);
    await load.start();
    try {
      expect(await untilSeen(condition, atLeast)).toBeGreaterThanOrEqual(atLeast);
    } finally {
      await load.stop();
    }
    await waitFor(async () => (await count('true')) === 0, { what: 'the sessions of the load to be gone' });
  });

  it('has one blocker at the head of the pile', async () => {
    const load = endless({ lockWaiters: 4 });
    await load.start();
    try {
      await untilSeen("wait_event_type = 'Lock'", 4);
      const sql = `select distinct b.application_name, b.state from pg_stat_activity a,
        unnest(pg_blocking_pids(a.pid)) as p join pg_stat_activity b on b.pid = p
        where cardinality(pg_blocking_pids(b.pid)) = 0`;
      expect((await watcher.query(sql)).rows).toEqual([
        { application_name: 'product-editor', state: 'idle in transaction' },
      ]);
    } finally {
      await load.stop();
    }
  });

  it('asks one query over an open connection for each first customer, and tells how long it took', async () => {
    const answers: Answer[] = [];
    const story = [{ name: 'Test', sentence: 'Look.', durationMs: 3_600_000, acts: [{ firstCustomers: 2 }] }];
    const load = createDemoLoad(server.url, { seed: 1, story, onAnswer: (answer) => answers.push(answer) });
    await load.start();
    try {
      const connected = await count('true');
      await waitFor(() => answers.length >= 2, { what: 'two answers' });
      for (const { tookMs } of answers) expect(tookMs).toBeGreaterThan(0);
      expect(await count('true')).toBe(connected);
      expect(await count("query ~ '^select name'")).toBe(2);
    } finally {
      await load.stop();
    }
  });

  it('can begin with a later phase', async () => {
    const acts = [{ readsPerSecond: 5 }];
    const story = ['One', 'Two'].map((name) => ({ name, sentence: 'Look.', durationMs: 3_600_000, acts }));
    const load = createDemoLoad(server.url, { seed: 1, story, from: 'Two' });
    await load.start();
    expect(load.phase()).toMatchObject({ name: 'Two', number: 2 });
    await load.stop();
  });

  it('tells its phases in order, and begins again', async () => {
    const cast = { readsPerSecond: 5 };
    const story = ['One', 'Two'].map((name) => ({
      name,
      sentence: `${name}.`,
      durationMs: 300,
      acts: [cast],
    }));
    const load = createDemoLoad(server.url, { seed: 1, story });
    const told: DemoPhase[] = [];
    const unsubscribe = load.subscribe((phase) => told.push(phase));
    expect(load.phase()).toMatchObject({ name: 'Preparing', number: 0, count: 2 });
    await load.start();
    await waitFor(() => told.length >= 5, { what: 'five phases' });
    unsubscribe();
    await load.stop();
    expect(new Set(told.map(({ name, number }) => `${number} ${name}`))).toEqual(new Set(['1 One', '2 Two']));
  });

  it('keeps the passwords of its roles out of log and statistics', async () => {
    const load = endless({ readsPerSecond: 20 });
    await load.start();
    try {
      await untilSeen("application_name = 'shop-web'");
      const sql = "select query from pg_stat_statements where query ~* 'password'";
      const texts = (await watcher.query(sql)).rows.map((row) => (row as { query: string }).query);
      expect(texts.length).toBeGreaterThan(0);
      for (const text of texts) expect(text).toMatch(/password ('SCRAM-SHA-256\$|\$\d)/);
      expect(await readFile(server.logFile, 'utf8')).not.toMatch(/password/i);
    } finally {
      await load.stop();
    }
  });

  it('survives a crash of the server and goes on after it', async () => {
    const load = endless({
      readsPerSecond: 50,
      writesPerSecond: 20,
      searchesPerSecond: 20,
      lockWaiters: 2,
      imports: 1,
    });
    await load.start();
    await untilSeen("application_name = 'shop-web'");
    await watcher.end();
    server.kill('SIGKILL');
    await server.exited();
    await server.start();
    watcher = new Client({ connectionString: server.url, application_name: 'watcher' });
    await watcher.connect();
    try {
      expect(await untilSeen("application_name = 'shop-web'")).toBeGreaterThan(0);
      expect(await untilSeen("application_name = 'shop-search'")).toBeGreaterThan(0);
    } finally {
      await load.stop();
    }
  });

  it('can be stopped when the server is gone', async () => {
    const load = endless({ readsPerSecond: 50, lockWaiters: 2, imports: 1 });
    await load.start();
    await untilSeen("application_name = 'shop-web'");
    await watcher.end();
    await server.stop('immediate', { keepData: true });
    await load.stop();
    await server.start();
    watcher = new Client({ connectionString: server.url });
    await watcher.connect();
    expect(await count('true')).toBe(0);
  });
});
