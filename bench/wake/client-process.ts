// The client of the bench, a process that does nothing else: what it measures is not held up by what others do.
import { setPriority } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { FromClient, ToClient, Way } from './client-messages.ts';
import type { Addresses } from './sleepy.ts';

/** It stands for a machine of its own, so it does not queue behind the database for a processor. */
const PRIORITY = -15;
const QUERY = 'select 1';
const APPLICATION = 'bench-wake';

class TimedClient {
  readonly #addresses: Addresses;
  readonly #open: Readonly<Record<'tcp' | 'unix', pg.Client>>;

  private constructor(addresses: Addresses, open: Record<'tcp' | 'unix', pg.Client>) {
    this.#addresses = addresses;
    this.#open = open;
  }

  static async connect(addresses: Addresses): Promise<TimedClient> {
    const [tcp, unix] = await Promise.all([connect(addresses.tcp), connect(addresses.unix)]);
    return new TimedClient(addresses, { tcp, unix });
  }

  async ask(way: Way): Promise<number> {
    const startedMs = performance.now();
    if (way !== 'new') {
      await this.#open[way].query(QUERY);
      return performance.now() - startedMs;
    }
    const client = await connect(this.#addresses.tcp);
    await client.query(QUERY);
    const tookMs = performance.now() - startedMs;
    await client.end();
    return tookMs;
  }

  async end(): Promise<void> {
    await Promise.all([this.#open.tcp.end(), this.#open.unix.end()]);
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: APPLICATION });
  // A lost connection fails the next query, which says so.
  client.on('error', () => {});
  await client.connect();
  return client;
}

let timed: TimedClient | null = null;

async function obey(message: ToClient): Promise<FromClient> {
  if (message.kind === 'connect') {
    timed = await TimedClient.connect(message.addresses);
    return { kind: 'connected' };
  }
  if (timed === null) throw new Error('not connected');
  if (message.kind === 'ask') {
    await sleep(message.delayMs);
    return { kind: 'answered', tookMs: await timed.ask(message.way) };
  }
  await timed.end();
  return { kind: 'ended' };
}

function tell(message: FromClient): void {
  if (process.connected) process.send?.(message);
}

try {
  setPriority(PRIORITY);
} catch {
  // Only root may.
}
process.on('message', (message: ToClient) => {
  obey(message).then(tell, (error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
