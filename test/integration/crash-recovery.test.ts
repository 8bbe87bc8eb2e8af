import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectClient } from '../kit/client.ts';
import { openTestFleet } from '../kit/fleet.ts';
import type { TestFleet } from '../kit/fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

function eventOf({ messages }: TestFleet, wanted: string) {
  const events = messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
  return events.find(({ kind }) => kind === wanted);
}

it('a server that recovers from the kill of one of its processes says so, and which one it was', async () => {
  await using test = await openTestFleet();
  await test.fleet.create({ name: 'shop' });
  await waitFor(() => eventOf(test, 'connected'), { what: 'the observer' });
  await waitFor(() => test.fleet.explain('shop').latest, { what: 'a decision' });
  const client = await connectClient(test.fleet.url('shop'));
  client.on('error', () => {});
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const { pid } = rows[0] as { pid: number };
  process.kill(pid, 'SIGKILL');
  const event = await waitFor(() => eventOf(test, 'crash-recovered'), { what: 'the event' });
  expect(event.severity).toBe('error');
  expect(event.message).toContain(`(PID ${pid}) was terminated by signal 9`);
  await Promise.resolve(client[Symbol.asyncDispose]()).catch(() => {});
});

it('a server that does not start says why in one line', async () => {
  await using test = await openTestFleet();
  await test.fleet.create({ name: 'shop' });
  await test.fleet.stop('shop');
  const folder = join(test.stateDir, 'clusters', 'shop');
  const version = join(folder, 'data', 'PG_VERSION');
  await rename(version, `${version}.away`);
  await expect(test.fleet.start('shop')).rejects.toThrow('PG_VERSION');
  const [line] = (eventOf(test, 'start-failed')?.message ?? '').split('\n');
  expect(line).toMatch(/^PostgreSQL ended with code 1: .+ is not a valid data directory\.$/);
  await rename(`${version}.away`, version);
});
