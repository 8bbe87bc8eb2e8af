import { Client } from 'pg';

/** Sessions that compute without a pause, until they are told to stop. */
export interface Burners {
  /** Statements answered, and those that failed. */
  readonly counts: { answered: number; failed: number };
  stop(): Promise<void>;
}

export async function startBurners(url: string, sessions: number, rows = 20_000): Promise<Burners> {
  const counts = { answered: 0, failed: 0 };
  const clients = await Promise.all(Array.from({ length: sessions }, () => connect(url)));
  let isOver = false;
  const work = clients.map(async (client) => {
    while (!isOver) {
      try {
        await client.query('select sum(i) from generate_series(1, $1::int) i', [rows]);
        counts.answered++;
      } catch {
        counts.failed++;
        return;
      }
    }
  });
  return {
    counts,
    async stop() {
      isOver = true;
      await Promise.all(work);
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return client;
}
