import { Socket } from 'node:net';
import { Client } from 'pg';
import { AirglowError } from '../../errors.ts';
import { codeOf, connectFailure, statementFailure } from './failure.ts';
import type { PostgresAddress } from './address.ts';
import type { ConnectOptions } from '../engine.ts';

/** A statement as data. Each is prepared once, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export const APPLICATION_NAME = 'airglow';

/** The server cancels first; our own timer, which costs the connection, is for a server that says nothing. */
const SERVER_SHARE = 0.8;
const GOODBYE_MS = 1000;

/** One connection. Statements run one after another; each is a transaction of its own. */
export class Link {
  readonly address: PostgresAddress;
  readonly closed: Promise<void>;
  readonly clientPort: number | null;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #answerTimeoutMs: number;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** Raises what `Engine.connect` does. */
  static async open(address: PostgresAddress, options: ConnectOptions): Promise<Link> {
    let refusal: unknown;
    for (const ssl of address.encryption) {
      const socket = new Socket();
      const client = new Client({
        host: address.host,
        port: address.port,
        ...(address.user !== undefined && { user: address.user }),
        ...(address.password !== undefined && { password: address.password }),
        ...(address.database !== undefined && { database: address.database }),
        ...(address.options !== undefined && { options: address.options }),
        ssl,
        application_name: APPLICATION_NAME,
        connectionTimeoutMillis: options.connectTimeoutMs,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
        stream: () => socket,
      });
      // Attached for good: without a listener a lost connection would end the process.
      client.on('error', () => socket.destroy());
      try {
        await client.connect();
        const link = new Link(address, client, socket, options.sampleTimeoutMs);
        await link.#settle(options.sampleTimeoutMs);
        return link;
      } catch (error) {
        socket.destroy();
        // The first refusal tells more than the second attempt's, which may fail for being the second choice.
        refusal ??= error;
        if (!isAboutEncryption(error)) break;
      }
    }
    throw connectFailure(refusal, address);
  }

  private constructor(address: PostgresAddress, client: Client, socket: Socket, answerTimeoutMs: number) {
    this.address = address;
    this.#client = client;
    this.#socket = socket;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.clientPort = socket.localPort ?? null;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  /** Rows as arrays. Raises CONNECTION_LOST, STATEMENT_TIMEOUT, NO_ANSWER, INSUFFICIENT_PRIVILEGE, DATABASE_REFUSED. */
  async run(statement: Statement, values: readonly unknown[] = []): Promise<unknown[][]> {
    const turn = this.#last.then(() => this.#send(statement, values));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
      await this.#client.end().catch(() => undefined);
      clearTimeout(timer);
      this.#socket.destroy();
    }
    await this.closed;
  }

  async #send(statement: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    if (this.#isClosed)
      throw new AirglowError('CONNECTION_LOST', `${this.address.label}: the connection is gone.`);
    let answered = false;
    let gaveUp = false;
    const timer = setTimeout(() => {
      // An answer may be here already, unread since this process was busy or asleep.
      setImmediate(() => {
        if (answered) return;
        gaveUp = true;
        this.#socket.destroy();
      });
    }, this.#answerTimeoutMs);
    try {
      const result = await this.#client.query<unknown[]>({
        ...statement,
        rowMode: 'array',
        values: [...values],
      });
      return result.rows;
    } catch (error) {
      if (!gaveUp) throw statementFailure(error, this.address);
      const waited = `no answer within ${this.#answerTimeoutMs} ms; the connection was given up`;
      throw new AirglowError('NO_ANSWER', `${this.address.label}: ${waited}.`);
    } finally {
      answered = true;
      clearTimeout(timer);
    }
  }

  /** Settings of our own, by SET rather than at start-up: poolers refuse start-up parameters that they do not know. */
  async #settle(sampleTimeoutMs: number): Promise<void> {
    const settings = {
      statement_timeout: Math.max(1, Math.floor(sampleTimeoutMs * SERVER_SHARE)),
      lock_timeout: Math.max(1, Math.floor(sampleTimeoutMs / 2)),
      idle_in_transaction_session_timeout: 60_000,
      // Nobody's objects may stand in for the catalog's.
      search_path: 'pg_catalog, pg_temp',
      default_transaction_read_only: 'on',
      jit: 'off',
      plan_cache_mode: 'force_generic_plan',
      max_parallel_workers_per_gather: 0,
    };
    const calls = Object.entries(settings).map(([key, value]) => `set_config('${key}', '${value}', false)`);
    await this.run({ name: '', text: `select ${calls.join(', ')}` });
  }
}

function isAboutEncryption(error: unknown): boolean {
  if (codeOf(error) === '28000') return true;
  return error instanceof Error && /does not support SSL/i.test(error.message);
}
