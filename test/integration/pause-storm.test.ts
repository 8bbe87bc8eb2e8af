import { describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { connectClient } from '../kit/client.ts';
import { openPausedFleet, whyNotHere } from '../kit/paused-fleet.ts';

const reason = await whyNotHere();
const CLIENTS = 500;

describe.skipIf(reason !== null)(`a wake${reason === null ? '' : ` (not here: ${reason})`}`, () => {
  it('answers everybody of the many who come in its instant', async () => {
    await using test = await openPausedFleet({ parameters: { max_connections: '600' } });
    await using patient = await connectClient(test.url);
    await test.asleep();
    const startMs = performance.now();
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      const client = new Client({ connectionString: index % 2 === 0 ? test.url : test.socketUrl });
      client.on('error', () => {});
      return client;
    });
    const answers = await Promise.all(
      clients.map(async (client, index) => {
        await client.connect();
        const { rows } = await client.query<{ n: number }>('select $1::int as n', [index]);
        return { n: rows[0]?.n, tookMs: performance.now() - startMs };
      }),
    );
    const slowest = Math.max(...answers.map(({ tookMs }) => tookMs));
    console.log(
      `${CLIENTS} connections in the instant of a wake: the slowest was answered after ${(slowest / 1000).toFixed(1)} s`,
    );
    expect(answers.map(({ n }) => n)).toEqual(clients.map((_, index) => index));
    expect((await patient.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(test.fleet.describe('shop').pause.wakes).toBe(1);
    await Promise.all(clients.map((client) => client.end()));
    await test.asleep();
  });
});
