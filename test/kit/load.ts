import { setImmediate } from 'node:timers/promises';
import { Client } from 'pg';

export interface LoadOptions {
  readonly clients: number;
  /** One unit of work; called again as soon as it is done. Errors are counted, and end a client that lost its connection. */
  readonly work: (client: Client, who: { readonly index: number; readonly turn: number }) => Promise<unknown>;
  /** `airglow-load` unless told otherwise. */
  readonly applicationName?: string;
}

export interface LoadCounts {
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  readonly lastError: string | null;
}

export interface RunningLoad {
  counts(): LoadCounts;
  /** Lets every client finish its turn (`abort` has the server end the sessions instead) and disconnects. */
  stop(how?: 'finish' | 'abort'): Promise<LoadCounts>;
}

/** N clients in a closed loop without think time. Resolves when all are connected and working. */
export async function startLoad(url: string, options: LoadOptions): Promise<RunningLoad> {
  const clients = await connectAll(url, options);
  const startedAt = performance.now();
  const state = { stopping: false, done: 0, failed: 0, lastError: null as string | null };
  const loops = clients.map(async (client, index) => {
    const connection = { lost: false };
    const lose = (): void => {
      connection.lost = true;
    };
    client.once('end', lose);
    client.once('error', lose);
    for (let turn = 0; !state.stopping && !connection.lost; turn++) {
      try {
        await options.work(client, { index, turn });
        state.done++;
      } catch (error) {
        if (state.stopping) return;
        state.failed++;
        state.lastError = error instanceof Error ? error.message : String(error);
        // On a broken connection queries fail without I/O; its end must be heard of nevertheless.
        await setImmediate();
      }
    }
  });

  const counts = (): LoadCounts => ({
    done: state.done,
    failed: state.failed,
    lastError: state.lastError,
    seconds: (performance.now() - startedAt) / 1000,
  });
  return {
    counts,
    async stop(how = 'finish') {
      state.stopping = true;
      const result = counts();
      if (how === 'abort') await terminate(url, clients);
      await Promise.all(loops);
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
      return result;
    },
  };
}

async function connectAll(url: string, options: LoadOptions): Promise<Client[]> {
  const clients: Client[] = [];
  try {
    for (let index = 0; index < options.clients; index++) {
      const client = new Client({
        connectionString: url,
        application_name: options.applicationName ?? 'airglow-load',
      });
      client.on('error', () => {});
      await client.connect();
      clients.push(client);
    }
    return clients;
  } catch (error) {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
    throw error;
  }
}

/** Cutting the line would not do: a backend that sleeps or computes does not look at it. */
async function terminate(url: string, clients: readonly Client[]): Promise<void> {
  const killer = new Client({ connectionString: url });
  killer.on('error', () => {});
  try {
    await killer.connect();
    const pids = clients.map((client) => (client as Client & { readonly processID: number }).processID);
    await killer.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
  } catch {
    // The server is gone, and the sessions with it.
  } finally {
    await killer.end().catch(() => {});
  }
}
