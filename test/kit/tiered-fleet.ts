import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { CreateRequest, FleetOptions } from '../../src/daemon/fleet.ts';
import type { MemoryAccount, ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { parseSwaps } from '../../src/kernel/swap/swap-areas.ts';
import type { SwapArea } from '../../src/kernel/swap/swap-areas.ts';
import { openSwapSystem } from '../../src/kernel/swap/swap-system.ts';
import { connectClient } from './client.ts';
import { openTestFleet } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import { groupOf, specOf } from './paused-fleet.ts';
import { waitFor } from './wait-for.ts';

const MIB = 1024 ** 2;
export const TIER_BYTES = 1024 * MIB;
/** Of a database: all of its data fits. */
export const CACHE_BYTES = 768 * MIB;
/** 256 MiB at the least capacity, 1 GiB at 2 ACU. */
export const SMALL_SHAPE = { ...DEFAULT_SHAPE, memoryBytes: 512 * MIB, cpus: 0.5 } as const;

/** A fleet on a host whose second tier is on. Only one test file of a machine may have one at a time. */
export interface TieredFleet extends TestFleet {
  readonly disk: string;
  /** The area of its tier; undefined where it is not on. */
  area(): SwapArea | undefined;
  group(name: string): Promise<ResourceGroup>;
  /** Pid of the postmaster. */
  pid(name: string): number;
  /** Sets the capacity: minimum and maximum are the same from then on. */
  fix(name: string, acu: number): Promise<void>;
  /** As `fix`, and waits for the limit to be in force. */
  fixed(name: string, acu: number): Promise<void>;
  /** All of the table is in shared memory, or below it. */
  warm(name: string): Promise<void>;
}

export function swapAreas(): readonly SwapArea[] {
  return parseSwaps(readFileSync('/proc/swaps', 'utf8'));
}

/** Why there can be no tier here; null where there can. One of somebody else keeps us from having ours. */
export async function whyNoTier(): Promise<string | null> {
  // Set by the machine of `npm run test:cgroup2`.
  const noLargeProcess = process.env['AIRGLOW_TEST_NO_LARGE_PROCESS'];
  if (noLargeProcess !== undefined) return noLargeProcess;
  const whyNot = await openSwapSystem().whyNot();
  if (whyNot !== null && !/account/.test(whyNot)) return whyNot;
  const other = swapAreas().find(({ path }) => path.includes('airglow-tier'));
  return other === undefined ? null : `another tier is on: ${other.path}`;
}

export async function newDisk(): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), 'airglow-tiered-'));
  await chmod(disk, 0o755);
  return disk;
}

export interface TieredOptions extends Partial<FleetOptions> {
  readonly disk?: string;
  /** Of the host's tier; 0 leaves it as it is. */
  readonly tierBytes?: number;
}

export async function openTieredFleet({
  disk: given,
  tierBytes = TIER_BYTES,
  ...options
}: TieredOptions = {}): Promise<TieredFleet> {
  const disk = given ?? (await newDisk());
  const test = await openTestFleet({ intervalMs: 250, shape: SMALL_SHAPE, ...options });
  const { fleet, stateDir } = test;
  const dispose = async (): Promise<void> => {
    await test[Symbol.asyncDispose]();
    if (given === undefined) await rm(disk, { recursive: true, force: true });
  };
  try {
    if (tierBytes > 0) await fleet.tier.enable({ path: disk, sizeBytes: tierBytes });
  } catch (error) {
    await dispose();
    throw error;
  }
  const fix = async (name: string, acu: number): Promise<void> => {
    await fleet.modify(name, { minCapacity: acu, maxCapacity: acu });
  };
  return {
    ...test,
    disk,
    area: () => swapAreas().find(({ path }) => path.startsWith(`${disk}/`)),
    group: (name) => groupOf(stateDir, name),
    pid: (name) => specOf(stateDir, name).postmaster?.pid ?? 0,
    fix,
    async fixed(name, acu) {
      await fix(name, acu);
      const group = await groupOf(stateDir, name);
      await waitFor(() => group.limits().memoryBytes === acu * SMALL_SHAPE.memoryBytes, {
        what: `the limit of ${acu} ACU`,
        timeoutMs: 240_000,
      });
    },
    async warm(name) {
      await using client = await connectClient(fleet.url(name));
      await client.query(`select pg_prewarm('big')`);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** A database with a tier in force, and a table `big` of 600 MB with `id` from 1 to {@link ROWS}. */
export async function createTiered(
  test: TieredFleet,
  name: string,
  request: Partial<CreateRequest> = {},
): Promise<void> {
  await test.fleet.create({
    engineVersion: 18,
    minCapacity: 2,
    maxCapacity: 2,
    tieredCacheBytes: CACHE_BYTES,
    ...request,
    name,
  });
  await fillTable(test.fleet.url(name));
}

/** Eight kilobytes each, so that a read of one is a read of a page. */
export const ROWS = 75_000;

export async function fillTable(url: string, rows = ROWS): Promise<void> {
  await using client = await connectClient(url);
  await client.query('create extension if not exists pg_prewarm');
  await client.query('create table big (id int primary key, pad text) with (autovacuum_enabled = off)');
  await client.query(`alter table big alter pad set storage plain`);
  await client.query(`insert into big select g, repeat('x', 7000) from generate_series(1, $1::int) g`, [
    rows,
  ]);
  await client.query('vacuum freeze big');
  await client.query('checkpoint');
}

/** Sessions that read rows at random until they are told to stop. */
export interface Readers {
  readonly counts: { reads: number; failed: number };
  stop(): Promise<void>;
}

export async function startReaders(url: string, sessions = 4, rows = ROWS): Promise<Readers> {
  const counts = { reads: 0, failed: 0 };
  let isOver = false;
  const clients = await Promise.all(Array.from({ length: sessions }, () => connectClient(url, 'reader')));
  const work = clients.map(async (client) => {
    client.on('error', () => counts.failed++);
    while (!isOver) {
      const ids = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * rows));
      try {
        const found = await client.query('select sum(length(pad))::int as n from big where id = any($1)', [
          ids,
        ]);
        if ((found.rows as { n: number }[])[0]?.n !== 7000 * new Set(ids).size) counts.failed++;
        counts.reads += ids.length;
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

/** Why one step of a fall takes long whatever the code does; null where it does not. */
export function whySlowSteps(): string | null {
  if (!/User Mode Linux/.test(readFileSync('/proc/cpuinfo', 'utf8'))) return null;
  return 'user-mode Linux takes half a minute to look which pages were used';
}

/** What the kernel says of a database; it has to be there. */
export function accountOf(group: ResourceGroup): MemoryAccount {
  const account = group.memoryAccount();
  if (account === null) throw new Error(`${group.name} is gone`);
  return account;
}
