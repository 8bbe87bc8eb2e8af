import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { connectClient } from '../kit/client.ts';
import { startFaultyProxy } from '../kit/half-open-proxy.ts';
import { record } from '../kit/observe.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

/** Databases that go away, say no, or say nothing. */
describe('an observer survives', () => {
  let server: RunningPostgres;

  beforeAll(async () => {
    server = await startTestPostgres({ settings: { max_connections: 8, superuser_reserved_connections: 0 } });
  });

  beforeEach(() => server.start());

  afterAll(() => server.stop('immediate'));

  it('a database that is down at the start, and finds it when it comes up', async () => {
    await server.stop('immediate', { keepData: true });
    const recording = record({ url: server.url });
    const lost = await recording.event('connection-lost');
    expect(lost.data['code']).toBe('DATABASE_UNREACHABLE');
    expect(recording.observer.status().lastError?.message).toMatch(/refuse|running|listen/i);
    expect(recording.observer.status().nextAttemptAtMs).not.toBeNull();
    await server.start();
    await recording.ticks(3);
    expect(recording.observer.status()).toMatchObject({ connection: 'connected', lastError: null });
    await recording.stop();
  });

  it('a restart, and shows the time without the database as a gap', async () => {
    const recording = record({ url: server.url });
    await recording.ticks(5);
    await server.stop('immediate', { keepData: true });
    const stoppedAt = Date.now();
    await recording.event('connection-lost');
    await server.start();
    const startedAt = Date.now();
    await recording.event('reconnected');
    await recording.ticks(5);
    await recording.stop();
    const during = recording.live.filter(({ atMs }) => atMs > stoppedAt + 200 && atMs < startedAt);
    expect(during).toEqual([]);
    const covered = recording.live.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const elapsed = (recording.live.at(-1)?.atMs ?? 0) - (recording.live[0]?.atMs ?? 0);
    expect(covered).toBeLessThan(elapsed - (startedAt - stoppedAt) / 2);
  });

  it('a terminated connection', async () => {
    const recording = record({ url: server.url });
    await recording.ticks(3);
    await using boss = await connectClient(server.url);
    await boss.query('select pg_terminate_backend($1)', [recording.observer.status().engine?.backendPid]);
    await recording.event('reconnected');
    await recording.ticks(3);
    await recording.stop();
  });

  it('a network that swallows bytes', async () => {
    const proxy = await startFaultyProxy(server.port);
    const recording = record({ url: proxy.urlThrough(server.url) });
    await recording.ticks(3);
    await proxy.setMode('swallow');
    const lost = await recording.event('connection-lost');
    expect(lost.data['code']).toBe('NO_ANSWER');
    await proxy.setMode('pass');
    await recording.ticks(3);
    await recording.stop();
    await proxy.close();
  });

  it('a full server, and takes its place once there is one', async () => {
    const crowd = await Promise.all(Array.from({ length: 8 }, () => connectClient(server.url)));
    const recording = record({ url: server.url });
    const lost = await recording.event('connection-lost');
    expect(lost.data['code']).toBe('TOO_MANY_CONNECTIONS');
    await Promise.all(crowd.map((client) => client.end()));
    await recording.ticks(3);
    await recording.stop();
  });

  it('a wrong password, without ever showing it', async () => {
    const url = server.urlFor({ password: 'topsecretword' });
    const recording = record({ url });
    const lost = await recording.event('connection-lost');
    expect(lost.data['code']).toBe('AUTHENTICATION_FAILED');
    await recording.stop();
    const said = JSON.stringify([recording.events, recording.observer.status()]);
    expect(said).not.toContain('topsecretword');
    expect(said).not.toContain(new URL(server.url).password);
  });

  it('being stopped at any moment', async () => {
    const proxy = await startFaultyProxy(server.port);
    await proxy.setMode('swallow');
    const waiting = record({ url: proxy.urlThrough(server.url) });
    const starting = record({ url: server.url });
    await Promise.all([waiting.stop(), starting.stop()]);
    expect(waiting.observer.status().connection).toBe('stopped');
    await proxy.close();
  });

  it('leaves no session behind', async () => {
    const recording = record({ url: server.url });
    await recording.ticks(2);
    await recording.stop();
    await using client = await connectClient(server.url);
    await waitFor(
      async () => {
        const { rows } = await client.query(
          "select 1 from pg_stat_activity where application_name = 'airglow'",
        );
        return rows.length === 0;
      },
      { what: 'our session to be gone' },
    );
  });

  it('a clock that is set, and says so', async () => {
    const recording = record({ url: server.url });
    await recording.ticks(3);
    const realNow = Date.now;
    Date.now = () => realNow() + 3_600_000;
    try {
      const stepped = await recording.event('clock-stepped');
      expect(stepped.data['stepMs']).toBeGreaterThan(3_500_000);
      await recording.ticks(3);
    } finally {
      Date.now = realNow;
    }
    await recording.ticks(3);
    await recording.stop();
    expect(recording.live.every(({ durationMs }) => durationMs < 10_000)).toBe(true);
    expect(recording.events.filter(({ kind }) => kind === 'clock-stepped').length).toBe(2);
  });

  it('overload: it looks at fewer sessions, with more weight, and says so', async () => {
    const proxy = await startFaultyProxy(server.port);
    const recording = record({ url: proxy.urlThrough(server.url), view: 'session' });
    await recording.ticks(3);
    proxy.setDelayMs(40);
    await recording.event('thinning-started');
    expect(recording.observer.status().thinning).toBeGreaterThan(1);
    proxy.setDelayMs(0);
    await recording.event('thinning-stopped');
    await recording.stop();
    expect(recording.live.some(({ thinning }) => thinning > 1)).toBe(true);
    await proxy.close();
  });
});
