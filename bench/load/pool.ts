import pg from 'pg';
import { seededRandom } from '../../src/random.ts';
import { WORK_KINDS } from './arrivals.ts';
import { statementOf } from './work.ts';

/** So often, and the server has a plan for the prepared statement that it keeps. */
const PLANNED_AFTER = 6;
const RECONNECT_MS = 100;

/** Connections that stay open. One that is lost is made anew, and counted. */
export class ConnectionPool {
  /** The one used last is taken first, as pools do it. */
  readonly free: pg.Client[] = [];
  /** Called when a connection has become free. */
  onFree: (() => void) | null = null;
  readonly #url: string;
  readonly #clients = new Set<pg.Client>();
  #disconnects = 0;
  #isClosed = false;

  constructor(url: string) {
    this.#url = url;
  }

  get disconnects(): number {
    return this.#disconnects;
  }

  async open(connections: number): Promise<void> {
    while (this.#clients.size < connections) {
      const batch = Math.min(8, connections - this.#clients.size);
      await Promise.all(Array.from({ length: batch }, () => this.#connect()));
    }
  }

  async backendPid(): Promise<number> {
    const client = this.free[0];
    if (client === undefined) throw new Error('No connection is free.');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return rows[0]?.pid ?? 0;
  }

  /** The connection can take another request; one that was lost meanwhile is not taken back. */
  release(client: pg.Client): void {
    if (!this.#clients.has(client)) return;
    this.free.push(client);
    this.onFree?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#clients].map((client) => client.end().catch(() => {})));
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'bench-load' });
    let isLost = false;
    client.on('error', () => {
      if (isLost || this.#isClosed) return;
      isLost = true;
      this.#disconnects++;
      this.#clients.delete(client);
      const index = this.free.indexOf(client);
      if (index !== -1) this.free.splice(index, 1);
      this.#reconnect();
    });
    await client.connect();
    await prepare(client);
    this.#clients.add(client);
    this.release(client);
  }

  #reconnect(): void {
    setTimeout(() => {
      if (!this.#isClosed) this.#connect().catch(() => this.#reconnect());
    }, RECONNECT_MS).unref();
  }
}

async function prepare(client: pg.Client): Promise<void> {
  const random = seededRandom(1, 'prepare');
  for (const kind of WORK_KINDS) {
    for (let run = 0; run < PLANNED_AFTER; run++) await client.query(statementOf(kind, 1, 1, random));
  }
}
