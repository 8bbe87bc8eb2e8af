import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { summarise } from '../../src/load/summary.ts';
import { createCpuGroup } from '../kit/cgroup.ts';
import type { CpuGroup } from '../kit/cgroup.ts';
import { createFreezer } from '../kit/freezer.ts';
import { startLoad } from '../kit/load.ts';
import { aasOf, record, recordKernelView } from '../kit/observe.ts';
import { findPgbench } from '../kit/pgbench.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { connectClient } from '../kit/client.ts';
import { slowDown } from '../kit/slow-disk.ts';
import { PAGE_FAULT } from '../../src/load/model.ts';

const run = promisify(execFile);

/** What only the kernel can tell: load of a server that is kept from running. */
describe('the kernel view of a starved server', () => {
  let server: RunningPostgres;
  let group: CpuGroup | null = null;
  let whyNot = '';

  beforeAll(async () => {
    server = await startTestPostgres();
    await using client = await connectClient(server.url);
    await client.query(
      'create table t (id int primary key, n int); insert into t select i, 0 from generate_series(1, 10000) i',
    );
    const made = await createCpuGroup('observer');
    group = made.group;
    whyNot = made.reason ?? '';
    await group?.add(server.postmasterPid);
  });

  afterAll(async () => {
    await server.stop('immediate');
    await group?.remove();
  });

  it('counts sessions that wait for a processor, whom the database believes idle', async (ctx) => {
    if (group === null) return ctx.skip(whyNot);
    await group.setCpus(0.25);
    const load = await startLoad(server.url, {
      clients: 8,
      work: (client) => client.query('select n from t where id = 1'),
    });
    const kernel = record({ url: server.url, intervalMs: 200 });
    const session = record({ url: server.url, intervalMs: 200, view: 'session' });
    const [byKernel, bySession] = await Promise.all([kernel.measure(40), session.measure(40)]);
    await Promise.all([kernel.stop(), session.stop()]);
    await group.setCpus(null);
    await load.stop();
    // Eight clients without think time; what this process needs to run them is not load, and may be much.
    expect(byKernel.aas).toBeGreaterThan(4);
    expect(byKernel.aas).toBeLessThan(8.8);
    expect(byKernel.cpuRunning).toBeLessThan(0.35);
    expect(byKernel.cpuWaiting).toBeGreaterThan(byKernel.aas * 0.8);
    expect(bySession.aas).toBeLessThan(byKernel.aas / 2);
  });

  it('loses none of the run-queue time that the kernel books late', async (ctx) => {
    if (group === null) return ctx.skip(whyNot);
    const recording = record({ url: server.url, intervalMs: 100 });
    const load = await startLoad(server.url, {
      clients: 12,
      work: (client) => client.query('select sum(i) from generate_series(1, 20000) i'),
    });
    // Each session runs for 8 ms a second, so ticks mostly see counters that stand still.
    await group.setCpus(0.1);
    await recording.ticks(5);
    const from = recording.live.at(-1)?.atMs ?? 0;
    await recording.ticks(50);
    await recording.stop();
    await group.setCpus(null);
    await load.stop('abort');
    const settled = summarise(recording.settled.filter(({ atMs }) => atMs > from));
    expect(settled.aas).toBeGreaterThan(10);
    expect(settled.aas).toBeLessThan(13);
  });

  it('counts sessions too short-lived to be sampled', async (ctx) => {
    if (group === null) return ctx.skip(whyNot);
    const { pgbench, reason } = findPgbench();
    if (pgbench === null) return ctx.skip(reason);
    await pgbench.init(server.url, 1);
    const kernel = record({ url: server.url, intervalMs: 1_000 });
    const session = record({ url: server.url, intervalMs: 1_000, view: 'session' });
    await Promise.all([kernel.ticks(1), session.ticks(1)]);
    await group.setCpus(0.25);
    const storm = pgbench.start(server.url, ['-n', '-S', '-C', '-c', '8', '-j', '8', '-T', '60']);
    const [byKernel, bySession] = await Promise.all([kernel.measure(10), session.measure(10)]);
    await Promise.all([kernel.stop(), session.stop()]);
    await storm.stop();
    await group.setCpus(null);
    expect(aasOf(byKernel, 'db.session_type', 'short-lived')).toBeGreaterThan(3);
    expect(byKernel.aas).toBeLessThan(9);
    expect(bySession.aas).toBeLessThan(byKernel.aas / 2);
  });

  it.for([
    { version: 1, moment: 'between ticks' },
    { version: 2, moment: 'between ticks' },
    { version: 1, moment: 'inside a tick' },
    { version: 2, moment: 'inside a tick' },
  ] as const)('records a server frozen $moment as paused (cgroup v$version)', async (how, ctx) => {
    const freezer = await createFreezer('observer', server.postmasterPid, how.version);
    if (typeof freezer === 'string') return ctx.skip(freezer);
    const recording = await recordKernelView({ url: server.url, intervalMs: 100 });
    if (typeof recording === 'string') {
      await freezer.remove();
      return ctx.skip(recording);
    }
    if (how.moment === 'inside a tick') {
      // It does not answer, so a tick is under way before long, and goes on until it is given up.
      const backendPid = recording.observer.status().engine?.backendPid ?? 0;
      process.kill(backendPid, 'SIGSTOP');
      await sleep(500);
      await freezer.freeze();
      process.kill(backendPid, 'SIGCONT');
    } else await freezer.freeze();
    await recording.ticks(10);
    await freezer.thaw();
    await recording.ticks(10);
    await recording.stop();
    await freezer.remove();
    const paused = recording.live.filter((tick) => tick.state === 'paused');
    expect(paused.length).toBeGreaterThan(5);
    expect(paused.every((tick) => tick.samples.length === 0 && tick.durationMs > 0)).toBe(true);
    expect(recording.live.at(-1)?.state).toBe('observed');
    expect(recording.events.filter(({ kind }) => kind === 'connection-lost')).toEqual([]);
  });

  it('calls uninterruptible sleep without a wait event a page fault', async (ctx) => {
    const file = join(server.dataDir, 'big');
    await writeUncached(file, 24 << 20);
    const disk = await slowDown('observer', server.postmasterPid, server.dataDir, 3 << 20);
    if (typeof disk === 'string') return ctx.skip(disk);
    await using client = await connectClient(server.url, 'reader');
    // Reading a file through this function has no wait event.
    const reading = client.query("select length(pg_read_binary_file('big'))");
    const recording = record({ url: server.url, intervalMs: 100 });
    const summary = await recording.measure(15);
    await disk.remove();
    await reading;
    await recording.stop();
    expect(aasOf(summary, 'db.wait_event', PAGE_FAULT)).toBeGreaterThan(0.5);
  });
});

/** A file that is on the disk and not in the page cache. */
async function writeUncached(path: string, bytes: number): Promise<void> {
  await writeFile(path, randomBytes(bytes));
  await chmod(path, 0o644);
  await run('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']);
}
