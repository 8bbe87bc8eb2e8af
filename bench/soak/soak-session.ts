import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Random } from '../../src/random.ts';
import type { Ledger } from './ledger.ts';

export const KINDS = ['tcp', 'unix', 'short', 'transaction'] as const;
export type SessionKind = (typeof KINDS)[number];

/** So long a query may take: restarts of the daemon are in it. */
const PATIENCE_MS = 30_000;
const LONGEST_THINK_MS = 500;
/** Now and then somebody thinks for longer. */
const LONG_THINK_MS = 2_500;
const LONG_SHARE = 0.03;
const CURSOR_ROWS = 3;

/** A query without an answer: what must never be. */
export class Hung extends Error {}
class Killed extends Error {}

/** One session, from connecting to its end. */
export class SoakSession {
  answered = 0;
  readonly #kind: SessionKind;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #pauseForQuiet: () => Promise<void>;
  readonly #socket = new Socket();
  readonly #client: pg.Client;
  readonly #killed: Promise<never>;
  #kill: (error: Error) => void = () => {};

  constructor(
    kind: SessionKind,
    url: string,
    { ledger, random, quiet }: { ledger: Ledger; random: Random; quiet: () => Promise<void> },
  ) {
    this.#kind = kind;
    this.#ledger = ledger;
    this.#random = random;
    this.#pauseForQuiet = quiet;
    this.#client = new pg.Client({
      connectionString: url,
      application_name: `soak-${kind}`,
      stream: () => this.#socket,
    });
    // A connection that is lost fails the query that waits for it.
    this.#client.on('error', () => {});
    this.#killed = new Promise<never>((_, reject) => {
      this.#kill = reject;
    });
    this.#killed.catch(() => {});
  }

  /** As a client that crashes: its connection is gone, with or without a word. */
  kill(): void {
    if (this.#kind !== 'unix' && this.#random() < 0.5) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    this.#kill(new Killed());
  }

  /** Raises Hung, and what the server or the network says; not for having been killed. */
  async live(): Promise<void> {
    try {
      await this.#answer('connect', this.#client.connect());
      const statements = this.#kind === 'short' ? 1 : 1 + Math.floor(this.#random() * 30);
      for (let statement = 0; statement < statements; statement++) {
        if (this.#kind !== 'short') await this.#think();
        await this.#work();
      }
      await this.#answer('end', this.#client.end());
    } catch (error) {
      this.#socket.destroy();
      if (!(error instanceof Killed)) throw error;
    }
  }

  #work(): Promise<void> {
    if (this.#kind === 'transaction') return this.#random() < 0.3 ? this.#readByCursor() : this.#transact();
    return this.#random() < 0.5 ? this.#read() : this.#insert();
  }

  async #read(): Promise<void> {
    const number = Math.floor(this.#random() * 1e6);
    const rows = await this.#query('select $1::int as number', [number]);
    if (rows[0]?.['number'] !== number) throw new Error('The answer is that to another question.');
  }

  async #insert(): Promise<void> {
    const id = this.#ledger.next();
    await this.#query('insert into kept values ($1)', [id]);
    this.#ledger.confirm(id);
  }

  /** Idle in transaction, with a row that others do not see yet. */
  async #transact(): Promise<void> {
    const id = this.#ledger.next();
    await this.#query('begin');
    await this.#query('insert into kept values ($1)', [id]);
    await this.#think();
    const isTakenBack = this.#random() < 0.2;
    await this.#query(isTakenBack ? 'rollback' : 'commit');
    if (isTakenBack) this.#ledger.takeBack(id);
    else this.#ledger.confirm(id);
  }

  async #readByCursor(): Promise<void> {
    await this.#query('begin');
    await this.#query('declare reader cursor for select generate_series(1, 1000) as number');
    for (let row = 1; row <= CURSOR_ROWS; row++) {
      await this.#think();
      const rows = await this.#query('fetch 1 from reader');
      if (rows[0]?.['number'] !== row) throw new Error('The cursor has moved.');
    }
    await this.#query('commit');
  }

  async #query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const { rows } = await this.#answer(text, this.#client.query<Record<string, unknown>>(text, [...values]));
    return rows;
  }

  async #answer<T>(what: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Hung(`${this.#kind}: no answer to "${what}" in ${PATIENCE_MS / 1000} s`)),
        PATIENCE_MS,
      );
    });
    answer.catch(() => {});
    try {
      const result = await Promise.race([answer, this.#killed, hung]);
      this.answered++;
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  async #think(): Promise<void> {
    await this.#pauseForQuiet();
    const longestMs = this.#random() < LONG_SHARE ? LONG_THINK_MS : LONGEST_THINK_MS;
    await Promise.race([sleep(this.#random() * longestMs), this.#killed]);
  }
}
