import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { runUp } from '../../src/daemon/up.ts';
import type { Up } from '../../src/daemon/up.ts';
import { runWatch } from '../../src/daemon/watch.ts';
import type { Watch } from '../../src/daemon/watch.ts';
import { connectClient } from './client.ts';
import { newStateDir } from './fleet.ts';
import { startTestPostgres } from './postgres.ts';

/** Daemons with the dashboard, for tests that look at it with a browser. */
const INTERVAL_MS = 250;

/** A PostgreSQL and an `airglow watch` that calls it `shop`. */
export interface WatchedShop extends AsyncDisposable {
  readonly server: RunningPostgres;
  /** `http://127.0.0.1:8642`; the same after a new start. */
  readonly url: string;
  /** The address of a page, as a terminal prints it: it signs in. */
  signingIn(path: string): string;
  /** The daemon only. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
}

export async function watchedShop(): Promise<WatchedShop> {
  const dataDir = await mkdtemp(join(tmpdir(), 'airglow-shop-'));
  const server = await startTestPostgres({ statStatements: true });
  const watch = async (port: number): Promise<Watch> =>
    await runWatch({
      targets: [{ name: 'shop', url: server.url }],
      listen: { host: '127.0.0.1', port },
      dataDir,
      intervalMs: INTERVAL_MS,
      retentionDays: 7,
      log: tellFailure,
    });
  let daemon = await watch(0);
  const { url } = daemon;
  return {
    server,
    url,
    signingIn: (path) => withToken(url, path, daemon.token),
    stop: () => daemon.stop(),
    startAgain: async () => {
      daemon = await watch(Number(new URL(url).port));
    },
    async [Symbol.asyncDispose]() {
      await daemon.stop();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** An `airglow up` whose databases end with the test. */
export interface ShopFleet extends AsyncDisposable, Pick<Up, 'fleet' | 'url'> {
  signingIn(path: string): string;
}

export async function shopFleet(): Promise<ShopFleet> {
  const stateDir = newStateDir();
  const up = await runUp({
    stateDir,
    listen: { host: '127.0.0.1', port: 0 },
    retentionDays: 7,
    temporary: true,
    osUsers: 'shared',
    intervalMs: INTERVAL_MS,
    log: tellFailure,
  });
  return {
    fleet: up.fleet,
    url: up.url,
    signingIn: (path) => withToken(up.url, path, up.token),
    async [Symbol.asyncDispose]() {
      await up.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Roles that may log in with their name as password; returns their address. */
export async function createRole(server: RunningPostgres, user: string): Promise<string> {
  await using client = await connectClient(server.url);
  await client.query(`create role ${user} login password '${user}'`);
  return server.urlFor({ user, password: user });
}

/** Why an answer was a 500 is said only here. */
function tellFailure(line: string): void {
  if (line.startsWith('answering ')) console.log(line);
}

function withToken(url: string, path: string, token: string): string {
  const address = new URL(path, url);
  address.searchParams.set('token', token);
  return address.href;
}
