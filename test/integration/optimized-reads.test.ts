import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClusterDescription } from '../../src/daemon/fleet.ts';
import { connectClient } from '../kit/client.ts';
import { openTestFleet } from '../kit/fleet.ts';
import type { TestFleet } from '../kit/fleet.ts';
import { folderDisk } from '../kit/temp-space.ts';
import type { TestDisk } from '../kit/temp-space.ts';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);
/** As statfs(2) has it. */
const TMPFS = 0x01021994;

/** What is recorded and told of databases with and without Optimized Reads, while they run. */
let open: TestFleet;
let disk: TestDisk;
let made: ClusterDescription;

beforeAll(async () => {
  disk = await folderDisk();
  open = await openTestFleet({ intervalMs: 500 });
  made = await open.fleet.create({
    name: 'fast',
    minCapacity: 1,
    maxCapacity: 1,
    localStorage: disk.path,
  });
  await open.fleet.create({ name: 'plain', minCapacity: 1, maxCapacity: 1 });
}, 120_000);
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await disk?.[Symbol.asyncDispose]();
});

/** The gauges of Optimized Reads that a database has told, with the highest value of each. */
function gaugesOf(name: string): ReadonlyMap<string, number> {
  const highest = new Map<string, number>();
  for (const message of open.messages) {
    if (message.kind !== 'counters' || message.name !== name) continue;
    for (const { metric, value } of message.points) {
      if (/^(?:tier|storage|local|temp)\./.test(metric))
        highest.set(metric, Math.max(value, highest.get(metric) ?? 0));
    }
  }
  return highest;
}

it('tells whoever made a database that its temporary objects are on local storage', () => {
  expect(made.optimizedReads.tempObjects).toMatchObject({ place: 'local', reason: null });
});

it('has temporary objects by place and the storage below them, and of others what an estimate needs', async () => {
  await using client = await connectClient(open.fleet.url('fast'));
  await client.query(
    'create temporary table spread as select g, md5(g::text) from generate_series(1, 100000) g',
  );
  await waitFor(() => (gaugesOf('fast').get('temp.local_bytes') ?? 0) > 1_000_000, {
    what: 'a point of temporary objects',
    timeoutMs: 40_000,
  });
  const fast = gaugesOf('fast');
  expect(fast.get('local.free_bytes')).toBeGreaterThan(0);
  expect(fast.has('temp.data_bytes')).toBe(true);
  expect(fast.has('tier.storage_reads_per_second')).toBe(true);
  expect(fast.has('tier.size_bytes')).toBe(false);

  const { tempObjects, tieredCache, localStorage } = open.fleet.describe('fast').optimizedReads;
  expect(tempObjects).toMatchObject({ path: disk.path, place: 'local', reason: null });
  expect(tempObjects?.usedBytes).toBeGreaterThan(1_000_000);
  expect(tieredCache).toBeNull();
  expect(localStorage?.freeBytes).toBeGreaterThan(0);

  await waitFor(() => gaugesOf('plain').size > 0, { what: 'a point of the other', timeoutMs: 40_000 });
  const everybody = ['storage.read_ms', 'tier.storage_reads_per_second'];
  expect([...gaugesOf('plain').keys()].filter((metric) => !everybody.includes(metric))).toEqual([]);
  expect(open.fleet.describe('plain').optimizedReads).toEqual({
    tempObjects: null,
    tieredCache: null,
    localStorage: null,
  });
}, 120_000);

it('counts what has to be read from storage, and nothing else', async (ctx) => {
  await using client = await connectClient(open.fleet.url('plain'));
  await client.query('create table big as select g, md5(g::text) from generate_series(1, 500000) g');
  const { rows } = await client.query<{ path: string; bytes: string }>(
    "select pg_relation_filepath('big') as path, pg_relation_size('big') as bytes",
  );
  const [file, bytes] = [
    join(open.stateDir, 'clusters/plain/data', rows[0]?.path ?? ''),
    Number(rows[0]?.bytes ?? 0),
  ];
  if ((await statfs(file)).type === TMPFS) return ctx.skip('files are in memory here');
  await client.end();
  const from = open.messages.length;
  const bytesRead = (): number =>
    open.messages
      .slice(from)
      .flatMap((message) => (message.kind === 'counters' && message.name === 'plain' ? message.points : []))
      .filter(({ metric }) => metric === 'tier.storage_reads_per_second')
      // A point is the mean of ten seconds.
      .reduce((sum, { value }) => sum + value * 10 * 4096, 0);
  const readAll = async (): Promise<void> => {
    await using again = await connectClient(open.fleet.url('plain'));
    // A process is counted from the first look at it on.
    await sleep(1500);
    await again.query('select count(*) from big');
  };
  const hasRead = (): boolean => bytesRead() > bytes * 0.8;
  // On a busy machine the first look may be too late.
  for (let tries = 0; tries < 4 && !hasRead(); tries++) {
    // What the server has in memory goes, then what the kernel has: pages that are on disk, which a temporary database does not wait for.
    await open.fleet.stop('plain');
    await run('sync', [file]);
    await run('dd', [`if=${file}`, 'iflag=nocache', 'count=0']);
    await open.fleet.start('plain');
    await readAll();
    await waitFor(hasRead, { what: 'the reads', timeoutMs: 15_000 }).catch(() => {});
  }
  expect(bytesRead()).toBeGreaterThan(bytes * 0.8);
  // A point that was under way may hold some of it.
  await sleep(11_000);
  const before = bytesRead();
  await readAll();
  await sleep(11_000);
  expect(bytesRead() - before).toBeLessThan(bytes * 0.5);
}, 180_000);
