import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Generator } from '../../bench/load/generator.ts';
import type { LoadPlan } from '../../bench/load/plan.ts';
import { OUTCOMES } from '../../bench/load/plan.ts';
import { summarizeLatency } from '../../bench/load/statistics.ts';
import { createTables } from '../../bench/load/work.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { startTestPostgres } from '../kit/postgres.ts';

/** It takes longer than a millisecond on any machine. */
const SLOW_ROUNDS = 100_000;
const PLAN: LoadPlan = {
  seed: 1,
  segments: [{ untilMs: 500, perSecond: 100 }],
  mix: { burn: 1, read: 1, write: 1 },
  burnRounds: 100,
  wideRows: 0,
  drainMs: 30_000,
};

let server: RunningPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await createTables(client);
  await client.end();
});

afterAll(() => server.stop('immediate'));

async function withGenerator<T>(connections: number, act: (generator: Generator) => Promise<T>): Promise<T> {
  const generator = await Generator.connect(server.url, connections);
  try {
    return await act(generator);
  } finally {
    await generator.end();
  }
}

it('sends what is due and reports each request', async () => {
  const result = await withGenerator(4, (generator) => generator.run(PLAN));
  const summary = summarizeLatency(result);
  expect(summary.offered).toBeGreaterThan(20);
  expect(summary).toMatchObject({ answered: summary.offered, failed: 0, unfinished: 0 });
  expect(summary.p50).toBeGreaterThan(0);
  expect(result.errors).toEqual({});
  expect(result.disconnects).toBe(0);
});

it('offers the same whatever becomes of it, and counts waiting for a connection', async () => {
  const plan = { ...PLAN, mix: { burn: 1 }, burnRounds: SLOW_ROUNDS };
  const [one, four] = [
    await withGenerator(1, (generator) => generator.run(plan)),
    await withGenerator(4, (generator) => generator.run(plan)),
  ];
  expect(four.dueMs).toEqual(one.dueMs);
  // On one connection each ends after the one before it, so the last has waited for all that was due earlier.
  const ends = [...one.dueMs].map((due, index) => due + (one.latencyMs[index] ?? 0));
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(ends.at(-1)).toBeGreaterThan(one.dueMs.length);
});

it('says what was not finished', async () => {
  const plan = {
    ...PLAN,
    segments: [{ untilMs: 50, perSecond: 1_000 }],
    mix: { burn: 1 },
    burnRounds: 20 * SLOW_ROUNDS,
    drainMs: 0,
  };
  const result = await withGenerator(1, (generator) => generator.run(plan));
  const summary = summarizeLatency(result);
  expect(summary.unfinished).toBeGreaterThan(0);
  expect(summary.unfinished + summary.answered).toBe(result.dueMs.length);
});

it('counts failures and lost connections, and goes on when the server is back', async () => {
  const plan = { ...PLAN, segments: [{ untilMs: 8_000, perSecond: 100 }] };
  const result = await withGenerator(4, async (generator) => {
    const restarts: Promise<unknown>[] = [];
    const played = await generator.run(plan, ({ answered }) => {
      if (restarts.length === 0 && answered > 0) restarts.push(server.restart('immediate'));
    });
    await Promise.all(restarts);
    return played;
  });
  const { failed } = summarizeLatency(result);
  expect(result.disconnects).toBe(4);
  expect(Object.values(result.errors).reduce((sum, count) => sum + count, 0)).toBe(failed);
  const last = result.outcomes.at(-1) ?? 0;
  expect(OUTCOMES[last]).toBe('answered');
});
