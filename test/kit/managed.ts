import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import { findFreePort } from '../../src/cluster/free-port.ts';
import { createManagedCluster, openManagedCluster } from '../../src/cluster/managed/managed-cluster.ts';
import type { CreateClusterOptions, OpenClusterOptions } from '../../src/cluster/managed/managed-cluster.ts';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { LimitsHost, NoLimits } from '../../src/kernel/limits/resource-group.ts';

/** Managed databases in a folder of their own, with groups of their own. */
export interface ManagedPlace extends AsyncDisposable {
  /** Where each database has its folder. */
  readonly dir: string;
  /** Name of the folder of groups. */
  readonly root: string;
  readonly limits: LimitsHost | NoLimits;
  /** What was said for people. */
  readonly lines: string[];
  readonly options: OpenClusterOptions;
  create(change?: Partial<CreateClusterOptions>): Promise<ManagedCluster>;
  open(name: string, change?: Partial<OpenClusterOptions>): Promise<ManagedCluster>;
  /** Deletes every database that is still there, and all else. */
  [Symbol.asyncDispose](): Promise<void>;
}

let places = 0;

export async function managedPlace(): Promise<ManagedPlace> {
  const dir = await mkdtemp(join(tmpdir(), 'airglow-managed-'));
  await chmod(dir, 0o711);
  const root = `airglow-test-${process.pid}-${++places}`;
  const limits = await openLimits({ root });
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  const options = { shape: DEFAULT_SHAPE, limits, host: { cpus: 2, memoryBytes: 16 * 1024 ** 3 }, log };
  const made: string[] = [];
  let names = 0;
  const place: ManagedPlace = {
    dir,
    root,
    limits,
    lines,
    options,
    create: async (change = {}) => {
      const name = change.name ?? `db${++names}`;
      const cluster = await createManagedCluster({
        ...options,
        clustersDir: dir,
        name,
        minAcu: 0.5,
        maxAcu: 8,
        // Ports of databases that are meant to stay are few, and others on this machine use them, too.
        temporary: false,
        port: await findFreePort(),
        ...change,
      });
      made.push(name);
      return cluster;
    },
    open: (name, change = {}) => openManagedCluster(join(dir, name), { ...options, ...change }),
    async [Symbol.asyncDispose]() {
      for (const name of made)
        await openManagedCluster(join(dir, name), options)
          .then((one) => one.delete())
          .catch(ignoreGone);
      await rm(dir, { recursive: true, force: true });
      if (hasLimits(limits) && 'removeRoot' in limits)
        await (limits as { removeRoot(): Promise<void> }).removeRoot();
    },
  };
  return place;
}

function ignoreGone(error: { code?: string }): void {
  if (error.code !== 'CLUSTER_NOT_FOUND') throw error;
}

/** Names of the groups that are there; none where there can be none. */
export async function groups({ limits }: ManagedPlace): Promise<readonly string[]> {
  return hasLimits(limits) ? limits.list() : [];
}

/** One statement in a session of its own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

export async function show(url: string, name: string): Promise<string> {
  const [row] = await ask(url, `select current_setting('${name}') as value`);
  return String(row?.['value']);
}
