import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { createCpuGroup } from '../kit/cgroup.ts';
import { startFaultyProxy } from '../kit/half-open-proxy.ts';
import type { FaultyProxy } from '../kit/half-open-proxy.ts';
import { startLoad } from '../kit/load.ts';
import { findPgbench } from '../kit/pgbench.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

let server: RunningPostgres;
beforeAll(async () => {
  server = await startTestPostgres({ version: 18 });
});
afterAll(async () => {
  await server.stop();
});

describe('CPU group', () => {
  it('throttles a whole server and lets it go again', async (ctx) => {
    const { group, reason } = await createCpuGroup('kit');
    if (group === null) {
      ctx.skip(reason);
      return;
    }
    try {
      const load = await startLoad(server.url, { clients: 3, work: (client) => client.query('select 1') });
      try {
        await group.add(server.postmasterPid);
        await group.setCpus(0.25);
        const before = await group.stat();
        await waitFor(async () => (await group.stat()).throttledPeriods >= before.throttledPeriods + 10, {
          what: 'ten throttled periods',
        });
        const throttled = await group.stat();
        expect(throttled.throttledMs).toBeGreaterThan(before.throttledMs);
        const periods = throttled.periods - before.periods;
        // 25 ms a period, and room for the slack that the kernel gives.
        expect(throttled.usageMs - before.usageMs).toBeLessThan(periods * 25 * 2 + 100);
        await group.setCpus(null);
        const free = await group.stat();
        await waitFor(async () => (await group.stat()).usageMs > free.usageMs + 500, {
          what: 'half a second of CPU',
        });
        expect((await group.stat()).throttledPeriods).toBe(free.throttledPeriods);
      } finally {
        await load.stop();
      }
    } finally {
      await group.remove();
    }
    expect(server.isRunning).toBe(true);
  });
});

describe('faulty proxy', () => {
  let proxy: FaultyProxy;
  let client: Client;
  beforeAll(async () => {
    proxy = await startFaultyProxy(server.port);
  });
  afterEach(async () => {
    proxy.cut();
    await client.end().catch(() => {});
    await proxy.setMode('pass');
    proxy.setDelayMs(0);
  });
  afterAll(async () => {
    await proxy.close();
  });

  async function connectThrough(): Promise<void> {
    client = new Client({ connectionString: proxy.urlThrough(server.url) });
    client.on('error', () => {});
    await client.connect();
  }

  it('passes bytes', async () => {
    await connectThrough();
    expect((await client.query('select 7 as n')).rows).toEqual([{ n: 7 }]);
    expect(proxy.connections()).toBe(1);
  });

  it('swallows bytes while the connection stays', async () => {
    await connectThrough();
    await proxy.setMode('swallow');
    let state = 'waiting';
    client.query('select 1').then(
      () => (state = 'answered'),
      () => (state = 'failed'),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(state).toBe('waiting');
    expect(proxy.connections()).toBe(1);
    proxy.cut();
    await waitFor(() => state === 'failed', { what: 'the reset connection to fail' });
  });

  it('refuses newcomers and lets them in again', async () => {
    await connectThrough();
    await proxy.setMode('refuse');
    const newcomer = new Client({ connectionString: proxy.urlThrough(server.url) });
    await expect(newcomer.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
    await proxy.setMode('pass');
    await client.end();
    await connectThrough();
    expect((await client.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
  });

  it('delays', async () => {
    await connectThrough();
    proxy.setDelayMs(150);
    const startedAt = performance.now();
    await client.query('select 1');
    expect(performance.now() - startedAt).toBeGreaterThan(280);
  });
});

describe('load', () => {
  it('counts turns and failures and outlives a dead server', async () => {
    const load = await startLoad(server.url, {
      clients: 2,
      work: (client, { turn }) => client.query(turn % 2 === 0 ? 'select 1' : 'select 1/0'),
    });
    await waitFor(() => load.counts().done > 10 && load.counts().failed > 10, { what: 'work and failures' });
    server.kill('SIGKILL');
    await server.exited();
    const counts = await load.stop();
    expect(counts.lastError).not.toBeNull();
    await server.start();
  });

  it('aborts sessions that would never finish', async () => {
    const load = await startLoad(server.url, {
      clients: 2,
      work: (client) => client.query('select pg_sleep(3600)'),
    });
    expect((await load.stop('abort')).done).toBe(0);
  });
});

describe('pgbench', () => {
  it('initialises, runs, and can be stopped', async (ctx) => {
    const { pgbench, reason } = findPgbench();
    if (pgbench === null) {
      ctx.skip(reason);
      return;
    }
    await pgbench.init(server.url, 1);
    const result = await pgbench.start(server.url, ['-S', '-c', '2', '-t', '50']).finished;
    expect(result).toMatchObject({ transactions: 100, failed: 0 });
    expect(result?.tps).toBeGreaterThan(0);
    const endless = pgbench.start(server.socketUrl, ['-S', '-c', '2', '-T', '3600']);
    await endless.stop();
    expect(await endless.finished).toBeNull();
    await expect(pgbench.start(server.url, ['--no-such-option']).finished).rejects.toThrow('pgbench ended');
  });
});
