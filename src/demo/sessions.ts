import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { scramVerifier } from '../cluster/scram-verifier.ts';

export const ROLES = ['app_shop', 'app_office'] as const;
export const DATABASE = 'shop';

/** An application of the demo: who it is, and how many connections it keeps. */
export interface Application {
  readonly user: (typeof ROLES)[number];
  readonly sessions: number;
  /** How long it waits for an answer; for ever unless told otherwise. */
  readonly patienceMs?: number;
}

/** Each keeps its connections from the beginning to the end, as application servers do: logging in costs CPU. */
export const APPLICATIONS = {
  'shop-web': { user: 'app_shop', sessions: 6 },
  'shop-search': { user: 'app_shop', sessions: 16 },
  'shop-checkout': { user: 'app_shop', sessions: 12, patienceMs: 13_000 },
  'product-editor': { user: 'app_office', sessions: 1 },
  'stock-import': { user: 'app_office', sessions: 6 },
} as const satisfies Readonly<Record<string, Application>>;

export type ApplicationName = keyof typeof APPLICATIONS;

/** The connections of the demo's applications. */
export class Sessions {
  readonly #adminUrl: string;
  readonly #password = randomBytes(18).toString('base64url');
  readonly #pids = new Set<number>();
  readonly #pools = new Map<ApplicationName, Pool>();
  #isEnded = false;

  constructor(adminUrl: string) {
    this.#adminUrl = adminUrl;
  }

  /** What the roles are to be created with. */
  verifier(): string {
    return scramVerifier(this.#password);
  }

  /** Runs statements one by one as the administrator. */
  async administer(statements: readonly string[], database?: string): Promise<void> {
    const url = new URL(this.#adminUrl);
    if (database !== undefined) url.pathname = `/${database}`;
    const client = new Client({ connectionString: url.href, application_name: 'demo-setup' });
    client.on('error', () => {});
    try {
      await client.connect();
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** The same one for everybody who acts in the name of this application. Throws after `end`. */
  of(name: ApplicationName): Pool {
    if (this.#isEnded) throw new Error('the sessions of the demo have ended');
    const pool = this.#pools.get(name) ?? this.#open(name, APPLICATIONS[name]);
    this.#pools.set(name, pool);
    return pool;
  }

  /** Connects all applications, one after the other. Rejects as `pg` does. */
  async connect(): Promise<void> {
    for (const name of Object.keys(APPLICATIONS) as ApplicationName[]) {
      const pool = this.of(name);
      const clients = [];
      try {
        for (let index = 0; index < APPLICATIONS[name].sessions; index += 1)
          clients.push(await pool.connect());
      } finally {
        for (const client of clients) client.release();
      }
    }
  }

  /** Ends every session still open, in the middle of a statement if need be. */
  async terminate(): Promise<void> {
    if (this.#pids.size === 0) return;
    const pids = [...this.#pids].join(',');
    await this.administer([`select pg_terminate_backend(pid) from unnest('{${pids}}'::int[]) as pid`]).catch(
      () => {},
    );
  }

  /** Resolves when all connections are closed; those at work finish first. */
  async end(): Promise<void> {
    this.#isEnded = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.end().catch(() => {})));
  }

  #open(name: ApplicationName, application: Application): Pool {
    const url = new URL(this.#adminUrl);
    url.username = application.user;
    url.password = this.#password;
    url.pathname = `/${DATABASE}`;
    const pool = new Pool({
      connectionString: url.href,
      application_name: name,
      max: application.sessions,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 10_000,
      statement_timeout: application.patienceMs ?? 0,
    });
    // The server may go away at any time. The pool looks after idle connections only; whoever uses one hears of it by
    // a failed query.
    pool.on('error', () => {});
    pool.on('connect', (client) => {
      client.on('error', () => {});
      this.#pids.add(pidOf(client));
    });
    pool.on('remove', (client) => this.#pids.delete(pidOf(client)));
    return pool;
  }
}

function pidOf(client: object): number {
  return (client as { readonly processID: number }).processID;
}
