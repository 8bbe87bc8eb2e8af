import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { scramVerifier } from './scram-verifier.ts';

export const ROLES = ['app_shop', 'app_report', 'app_billing'] as const;
export const DATABASES = ['shop', 'warehouse'] as const;

export interface SessionProfile {
  readonly user: (typeof ROLES)[number];
  readonly database: (typeof DATABASES)[number];
  readonly applicationName: string;
  readonly sessions: number;
  /** Settings of the sessions. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Hands out connections in the names of the demo's applications, and can end them all. */
export class Sessions {
  readonly #adminUrl: string;
  readonly #password = randomBytes(18).toString('base64url');
  readonly #pids = new Set<number>();

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

  open(profile: SessionProfile): Pool {
    const url = new URL(this.#adminUrl);
    url.username = profile.user;
    url.password = this.#password;
    url.pathname = `/${profile.database}`;
    const settings = Object.entries(profile.settings ?? {}).map(([name, value]) => `-c ${name}=${value}`);
    const pool = new Pool({
      connectionString: url.href,
      application_name: profile.applicationName,
      max: profile.sessions,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 10_000,
      options: settings.join(' '),
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

  /** Ends every session still open, in the middle of a statement if need be. */
  async terminate(): Promise<void> {
    if (this.#pids.size === 0) return;
    const pids = [...this.#pids].join(',');
    await this.administer([`select pg_terminate_backend(pid) from unnest('{${pids}}'::int[]) as pid`]).catch(
      () => {},
    );
  }
}

function pidOf(client: object): number {
  return (client as { readonly processID: number }).processID;
}
