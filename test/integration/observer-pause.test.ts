import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import type { ObserverMessage } from '../../src/daemon/observer.ts';
import { createObserver } from '../../src/daemon/postgres-observer.ts';
import type { LoadTick } from '../../src/load/model.ts';
import { SHORT_LIVED } from '../../src/load/model.ts';
import { summarise } from '../../src/load/summary.ts';
import { connectClient } from '../kit/client.ts';
import { createFreezer } from '../kit/freezer.ts';
import { startFaultyProxy } from '../kit/half-open-proxy.ts';
import { startLoad } from '../kit/load.ts';
import { aasOf, record, recordKernelView } from '../kit/observe.ts';
import type { Recording } from '../kit/observe.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 200;

/** An observer that is told when its database sleeps. */
describe('an observer of a database that is paused', () => {
  let server: RunningPostgres;

  beforeAll(async () => {
    server = await startTestPostgres();
  });

  afterEach(() => vi.restoreAllMocks());

  afterAll(() => server.stop('immediate'));

  it.for([1, 2] as const)('covers the pause without load, and goes on (cgroup v%i)', async (version, ctx) => {
    const freezer = await createFreezer('pause', server.postmasterPid, version);
    if (typeof freezer === 'string') return ctx.skip(freezer);
    const recording = record({ url: server.url, intervalMs: INTERVAL_MS });
    await recording.ticks(5);
    const askedAt = performance.now();
    await recording.observer.suspend();
    const suspendedAt = performance.now();
    expect(recording.live.at(-1)).toMatchObject({ state: 'paused', samples: [] });
    expect(recording.observer.status().connection).toBe('paused');
    await freezer.freeze();
    const liveTicks = recording.live.length;
    await sleep(2_000);
    expect(recording.live.length).toBe(liveTicks);
    await freezer.thaw();
    recording.observer.resume();
    const resumedAt = performance.now();
    await recording.ticks(5);
    await recording.stop();
    await freezer.remove();
    const paused = recording.settled.filter(({ state }) => state === 'paused');
    expect(sumOf(paused)).toBeGreaterThan(resumedAt - suspendedAt - 20);
    expect(sumOf(paused)).toBeLessThan(resumedAt - askedAt + 20);
    expect(paused.every(({ durationMs, samples }) => durationMs > 0 && samples.length === 0)).toBe(true);
    // All but the first, which lasts as long as the last observation took.
    expect(paused.slice(1).every(({ durationMs }) => durationMs <= INTERVAL_MS)).toBe(true);
    expectNoHoles(recording.settled);
    expect(troubles(recording)).toEqual([]);
    expect(recording.live.at(-1)?.state).toBe('observed');
  });

  it('measures after a pause what it would have without', async (ctx) => {
    const freezer = await createFreezer('pause', server.postmasterPid);
    if (typeof freezer === 'string') return ctx.skip(freezer);
    const recording = record({ url: server.url, intervalMs: INTERVAL_MS });
    await recording.ticks(5);
    await recording.observer.suspend();
    await freezer.freeze();
    // Five connections stand in the queue for the whole pause.
    const arriving = Array.from({ length: 5 }, () => connectClient(server.url));
    await sleep(2_000);
    const from = recording.live.length;
    await freezer.thaw();
    recording.observer.resume();
    const wokenAt = performance.now();
    const clients = await Promise.all(arriving);
    const admittedMs = performance.now() - wokenAt;
    for (const client of clients) await client.end();
    const load = await startLoad(server.url, {
      clients: 1,
      work: (client) => client.query('select pg_sleep(30)'),
    });
    await recording.ticks(3);
    const busy = await recording.measure(10);
    const since = recording.live.slice(from);
    await load.stop('abort');
    await recording.stop();
    await freezer.remove();
    expect(busy.aas).toBeGreaterThan(0.9);
    expect(busy.aas).toBeLessThan(1.5);
    // They waited for as long as they took to be let in. Counted over the pause it would be 10 s more.
    const shortLivedMs = aasOf(summarise(since), 'db.session_type', SHORT_LIVED) * sumOf(since);
    expect(shortLivedMs).toBeLessThan(5 * admittedMs + 5_000);
    expect(troubles(recording)).toEqual([]);
  });

  it('counts what is computed between the wake and the first tick', async (ctx) => {
    const freezer = await createFreezer('pause', server.postmasterPid);
    if (typeof freezer === 'string') return ctx.skip(freezer);
    await using client = await connectClient(server.url, 'waker');
    const recording = await recordKernelView({ url: server.url, intervalMs: 1_000 });
    if (typeof recording === 'string') {
      await freezer.remove();
      return ctx.skip(recording);
    }
    await recording.observer.suspend();
    await freezer.freeze();
    const answer = client.query('select count(*) from generate_series(1, 1000000)');
    const from = recording.live.length;
    const beforeMs = await cpuMsOf(client.processID);
    await freezer.thaw();
    await answer;
    const usedMs = (await cpuMsOf(client.processID)) - beforeMs;
    recording.observer.resume();
    await recording.ticks(2);
    await recording.stop();
    await freezer.remove();
    const summary = summarise(recording.live.slice(from));
    expect(aasOf(summary, 'db.application', 'waker') * summary.coveredMs).toBeGreaterThan(usedMs / 2);
  });

  it('asks nothing of it', async () => {
    const recording = record({ url: server.url, intervalMs: 50 });
    await recording.ticks(5);
    await recording.observer.suspend();
    const pid = recording.observer.status().engine?.backendPid;
    await using client = await connectClient(server.url);
    const lastAsked = async (): Promise<unknown> =>
      (await client.query('select query_start from pg_stat_activity where pid = $1', [pid])).rows[0];
    const before = await lastAsked();
    await sleep(1_000);
    expect(await lastAsked()).toEqual(before);
    recording.observer.resume();
    await recording.ticks(2);
    expect(await lastAsked()).not.toEqual(before);
    await recording.stop();
  });

  it('stands still without a connection, and connects when it is over', async () => {
    const proxy = await startFaultyProxy(server.port);
    await proxy.setMode('refuse');
    const recording = record({ url: proxy.urlThrough(server.url) });
    await recording.event('connection-lost');
    await recording.observer.suspend();
    await proxy.setMode('pass');
    await sleep(1_000);
    expect(recording.observer.status().connection).toBe('paused');
    expect(recording.events.map(({ kind }) => kind)).toEqual(['connection-lost']);
    recording.observer.resume();
    await recording.ticks(3);
    expect(sumOf(recording.settled.filter(({ state }) => state === 'paused'))).toBeGreaterThan(900);
    await recording.stop();
    expect(recording.events.filter(({ kind }) => kind === 'gap')).toEqual([]);
    await proxy.close();
  });

  it('gives up an attempt to connect', async () => {
    const proxy = await startFaultyProxy(server.port);
    await proxy.setMode('swallow');
    const recording = record({ url: proxy.urlThrough(server.url) });
    await sleep(100);
    await recording.observer.suspend();
    await proxy.setMode('pass');
    recording.observer.resume();
    await recording.ticks(3);
    await recording.stop();
    expect(troubles(recording)).toEqual([]);
    await proxy.close();
  });

  it('may be told so before it is started, and be stopped meanwhile', async () => {
    const observer = createObserver({ url: server.url, intervalMs: INTERVAL_MS });
    const said: ObserverMessage[] = [];
    observer.subscribe((message) => said.push(message));
    await observer.suspend();
    observer.start();
    await waitFor(() => said.length > 0, { what: 'the tick that says so' });
    expect(observer.status().connection).toBe('paused');
    expect(said.every((message) => 'tick' in message && message.tick.state === 'paused')).toBe(true);
    observer.resume();
    await waitFor(() => observer.status().lastTickAtMs, { what: 'a tick' });
    await observer.suspend();
    await observer.stop();
    expect(observer.status().connection).toBe('stopped');
    await observer.suspend();
    observer.resume();
    expect(observer.status().connection).toBe('stopped');
  });

  it('tells neither negative nor giant ticks where the clock is set meanwhile', async () => {
    for (const stepMs of [HOUR_MS, -HOUR_MS]) {
      const recording = record({ url: server.url, intervalMs: INTERVAL_MS });
      await recording.ticks(3);
      const askedAt = performance.now();
      await recording.observer.suspend();
      const suspendedAt = performance.now();
      await sleep(1_000);
      const realNow = Date.now;
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() + stepMs);
      recording.observer.resume();
      const resumedAt = performance.now();
      await recording.ticks(3);
      await recording.stop();
      vi.restoreAllMocks();
      const paused = recording.settled.filter(({ state }) => state === 'paused');
      expect(sumOf(paused)).toBeGreaterThan(resumedAt - suspendedAt - 20);
      expect(sumOf(paused)).toBeLessThan(resumedAt - askedAt + 20);
      expect(recording.settled.every(({ durationMs }) => durationMs > 0 && durationMs < 10_000)).toBe(true);
      expect(troubles(recording)).toEqual(['clock-stepped']);
      expect(recording.counters.every(({ durationMs }) => durationMs >= 0 && durationMs < HOUR_MS)).toBe(
        true,
      );
    }
  });

  it('may be called off at any moment', async () => {
    const recording = record({ url: server.url, intervalMs: 50 });
    await recording.ticks(2);
    for (let round = 0; round < 40; round++) {
      const suspended = recording.observer.suspend();
      if (round % 3 === 0) await suspended;
      await sleep(round % 7);
      recording.observer.resume();
      if (round % 2 === 0) await recording.ticks(1);
      await suspended;
    }
    await recording.ticks(3);
    await recording.stop();
    expect(troubles(recording)).toEqual([]);
    expect(recording.events.filter(({ kind }) => kind.endsWith('connected')).length).toBe(1);
    expectNoHoles(recording.settled);
  });
});

function sumOf(ticks: readonly LoadTick[]): number {
  return ticks.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Each tick begins where the one before it ended, but for what the clocks' milliseconds leave. */
function expectNoHoles(ticks: readonly LoadTick[]): void {
  const holes = ticks.slice(1).map(({ atMs, durationMs }, i) => atMs - durationMs - (ticks[i]?.atMs ?? 0));
  expect(Math.max(...holes.map(Math.abs))).toBeLessThan(INTERVAL_MS);
}

/** A slow machine makes ticks dear; that is none. */
function troubles({ events }: Recording): string[] {
  return events
    .filter(({ kind, severity }) => severity !== 'info' && kind !== 'thinning-started')
    .map(({ kind }) => kind);
}

/** What a process has computed so far. */
async function cpuMsOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')[0]) / 1e6;
}
