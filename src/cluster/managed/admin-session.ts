import { Socket } from 'node:net';
import { Client } from 'pg';
import { AirglowError } from '../../errors.ts';

/** By this name the observer knows sessions of ours, which are no load. */
export const APPLICATION_NAME = 'airglow';

/** What a new session asks first: the version, never to be sent away for being idle, and to leave no trace in the log. */
const GREETING = `select current_setting('server_version') as version, count(set_config(s.name, mine.value, false))
  from pg_catalog.pg_settings s join (values ('idle_session_timeout', '0'), ('log_min_duration_statement', '-1'),
    ('log_min_duration_sample', '-1'), ('log_duration', 'off'), ('log_statement', 'none')) mine (name, value)
    on mine.name = s.name`;

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
  /** One question at a time: the connection has room for no more. */
  #last: Promise<unknown> = Promise.resolve();

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
    const asking = this.#last.then(() => this.#ask<Row>(sql, timeoutMs, values));
    this.#last = asking.catch(() => {});
    return asking;
  }

  /** Resolves when no question is under way. */
  async idle(): Promise<void> {
    await this.#last;
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
