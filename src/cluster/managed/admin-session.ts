import { Socket } from 'node:net';
import { Client } from 'pg';
import { AirglowError } from '../../errors.ts';

/** By this name the observer knows sessions of ours, which are no load. */
const APPLICATION_NAME = 'airglow';

/** What a new session asks first: the version, and never to be sent away for being idle. */
const GREETING = `select current_setting('server_version') as version, count(set_config(name, '0', false))
  from pg_catalog.pg_settings where name in ('idle_session_timeout', 'log_min_duration_statement')`;

interface Connected {
  readonly client: Client;
  readonly socket: Socket;
  readonly version: string;
}

/** The daemon's own session with a database, over its socket; opened when needed and opened again when lost. */
export class AdminSession {
  readonly #address: () => string;
  readonly #whenOpen: (backendPid: number) => Promise<void>;
  #opening: Promise<Connected> | null = null;
  #socket: Socket | null = null;
  #isClosed = false;
  readonly #asking = new Set<Promise<unknown>>();

  /** `whenOpen` is awaited before the first question. */
  constructor(address: () => string, whenOpen: (backendPid: number) => Promise<void>) {
    this.#address = address;
    this.#whenOpen = whenOpen;
  }

  /** `15.18`. Raises what `pg` does, in time. */
  async version(timeoutMs: number): Promise<string> {
    return (await this.#connected(timeoutMs)).version;
  }

  /** Rows as objects. Raises POSTGRES_FAILED where there is no answer in time; the session is then given up. */
  async ask<Row extends object>(
    sql: string,
    timeoutMs: number,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const asking = this.#ask<Row>(sql, timeoutMs, values);
    this.#asking.add(asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(asking);
    }
  }

  /** Resolves when no question is under way. */
  async idle(): Promise<void> {
    while (this.#asking.size > 0) await Promise.allSettled(this.#asking);
  }

  async #ask<Row extends object>(sql: string, timeoutMs: number, values: readonly unknown[]): Promise<Row[]> {
    const { client, socket } = await this.#connected(timeoutMs);
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      if (!socket.destroyed) throw error;
      throw new AirglowError('POSTGRES_FAILED', `PostgreSQL gave no answer within ${timeoutMs} ms.`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** No session is opened any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#socket?.destroy();
    await this.#opening?.catch(() => null);
  }

  async #connected(timeoutMs: number): Promise<Connected> {
    if (this.#isClosed) throw new AirglowError('POSTGRES_FAILED', 'The database is being stopped.');
    this.#opening ??= this.#open(timeoutMs).catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #open(timeoutMs: number): Promise<Connected> {
    const socket = new Socket();
    this.#socket = socket;
    const client = new Client({
      connectionString: this.#address(),
      application_name: APPLICATION_NAME,
      stream: () => socket,
    });
    // Attached for good: without a listener a lost connection would end the process.
    client.on('error', () => socket.destroy());
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    try {
      await client.connect();
      const { processID } = client as unknown as { processID: number };
      await this.#whenOpen(processID);
      const { rows } = await client.query<{ version: string }>(GREETING);
      const version = /\d+(\.\d+)*/.exec(rows[0]?.version ?? '')?.[0] ?? '';
      socket.once('close', () => {
        this.#opening = null;
      });
      if (socket.destroyed) throw new AirglowError('POSTGRES_FAILED', 'The session was lost at once.');
      return { client, socket, version };
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
