import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AirglowError } from '../errors.ts';
import type { ConnectOptions, Engine, EngineSample, EngineSession, ObservedSession } from './engine.ts';

/** A real database to observe, and a hand on its sessions. Session names are for the suite alone. */
export interface EngineFixture {
  readonly engine: Engine;
  readonly url: string;
  /** The secret in `url`; it must show up nowhere. */
  readonly password: string;
  urlWith(part: { user?: string; password?: string; database?: string; port?: number }): string;
  openSession(): Promise<DrivenSession>;
  /** A way to `url` through a network that can be broken. */
  breakableUrl(): Promise<{ url: string; swallow(): Promise<void>; pass(): Promise<void>; cut(): void }>;
  /** Ends one session from outside. */
  terminate(pid: number): Promise<void>;
  /** Pids of all client sessions of this server but the asking one. */
  clientPids(): Promise<readonly number[]>;
  /** SQLs that work for the given time, differ in their values, and hold the marks. */
  busy(seconds: number, mark: string): string;
  tearDown(): Promise<void>;
}

/** A client session under the suite's control. */
export interface DrivenSession {
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  run(sql: string): Promise<unknown>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Takes the named row's lock for the transaction, once it is free. */
  lockRow(name: 'a' | 'b'): Promise<unknown>;
  /** Stops whatever runs and ends the session. */
  end(): Promise<void>;
}

const OPTIONS: ConnectOptions = { connectTimeoutMs: 20_000, sampleTimeoutMs: 20_000 };
const ALL = { alsoPids: [], thinning: 1 };
const MARK = 'zqsecretqz';

/** What every engine must do, on a real database. */
export function describeEngine(name: string, setUp: () => Promise<EngineFixture>): void {
  describe(`engine ${name}`, () => {
    let fixture: EngineFixture;
    const driven: DrivenSession[] = [];
    const observing: EngineSession[] = [];

    beforeAll(async () => {
      fixture = await setUp();
    }, 180_000);
    afterEach(async () => {
      await Promise.all(driven.splice(0).map(async (session) => session.end()));
      await Promise.all(observing.splice(0).map(async (session) => session.close()));
    });
    afterAll(async () => fixture.tearDown(), 60_000);

    async function open(): Promise<DrivenSession> {
      const session = await fixture.openSession();
      driven.push(session);
      return session;
    }

    async function connect(url = fixture.url, options: Partial<ConnectOptions> = {}): Promise<EngineSession> {
      const session = await fixture.engine.connect(url, { ...OPTIONS, ...options });
      observing.push(session);
      return session;
    }

    async function refusal(url: string, options: Partial<ConnectOptions> = {}): Promise<AirglowError> {
      return raised(async () => connect(url, options));
    }

    it('describes server and connection', async () => {
      const { info } = await connect();
      expect(info.version).toMatch(/^\d+/);
      expect(info.startedAtMs).toBeGreaterThan(0);
      expect(info.backendStartedAtMs).toBeGreaterThanOrEqual(info.startedAtMs);
      expect(await fixture.clientPids()).toContain(info.backendPid);
      expect(info.clientPort).toBeGreaterThan(0);
      expect(info.warnings).toEqual([]);
    });

    it('tells about a session that works: who, where, on what', async () => {
      const session = await open();
      const observer = await connect();
      void session.run(fixture.busy(30, MARK));
      const { sample, found } = await until(observer, session.pid, ({ state }) => state === 'active');
      expect(found).toMatchObject({ user: session.user, database: session.database, leaderPid: null });
      expect(found.application).toBe(session.application);
      expect(found.host).toBe('127.0.0.1');
      expect(found.queryStartedAtMs).toBeGreaterThanOrEqual(found.startedAtMs);
      const digest = sample.newDigests.find(({ id }) => id === found.sqlId);
      expect(digest?.text).not.toBe('');
      expect(JSON.stringify(sample)).not.toContain(MARK);
    });

    it('reports a statement once, whatever its values, and refers to it ever after', async () => {
      const [one, other] = [await open(), await open()];
      const observer = await connect();
      void one.run(fixture.busy(30, `${MARK}1`));
      const first = await until(observer, one.pid, ({ state }) => state === 'active');
      expect(first.sample.newDigests.map(({ id }) => id)).toContain(first.found.sqlId);
      void other.run(fixture.busy(31, `${MARK}2`));
      const second = await until(observer, other.pid, ({ state }) => state === 'active');
      expect(second.found.sqlId).toBe(first.found.sqlId);
      expect(second.sample.newDigests.map(({ id }) => id)).not.toContain(first.found.sqlId);
    });

    it('leaves out idle sessions, but for the wanted ones', async () => {
      const [idle, wanted] = [await open(), await open()];
      const observer = await connect();
      await wanted.run(fixture.busy(0, MARK));
      const { sessions } = await observer.sample({ alsoPids: [wanted.pid], thinning: 1 });
      expect(of(sessions, idle.pid)).toBeUndefined();
      expect(of(sessions, wanted.pid)?.state).toBe('idle');
      expect(of(sessions, wanted.pid)?.sqlId).not.toBe('');
    });

    it('tells idle in transaction', async () => {
      const session = await open();
      const observer = await connect();
      await session.begin();
      await session.run(fixture.busy(0, MARK));
      const { found } = await until(observer, session.pid, ({ state }) => state !== 'active');
      expect(found.state).toBe('idle in transaction');
      expect(found.transactionStartedAtMs).not.toBeNull();
    });

    it('counts all client sessions and none of its own', async () => {
      const observer = await connect();
      const before = await observer.sample(ALL);
      await open();
      await connect();
      const after = await observer.sample(ALL);
      expect(after.totalSessions).toBe(before.totalSessions + 1);
      expect(after.hiddenSessions).toBe(0);
      expect(of(after.sessions, observer.info.backendPid)).toBeUndefined();
    });

    it('thins by looking at each session in turn', async () => {
      const sessions = await Promise.all(Array.from({ length: 9 }, open));
      const observer = await connect();
      const alsoPids = sessions.map(({ pid }) => pid);
      const seen: number[] = [];
      for (let tick = 0; tick < 3; tick += 1) {
        const sample = await observer.sample({ alsoPids, thinning: 3 });
        seen.push(...sample.sessions.map(({ pid }) => pid).filter((pid) => alsoPids.includes(pid)));
      }
      expect(seen.toSorted(ascending)).toEqual(alsoPids.toSorted(ascending));
    });

    it('finds who blocks whom, and the head of the queue', async () => {
      const [head, middle, last] = [await open(), await open(), await open()];
      const observer = await connect();
      await Promise.all([head.begin(), middle.begin(), last.begin()]);
      await head.lockRow('a');
      await middle.lockRow('b');
      void middle.lockRow('a');
      await until(observer, middle.pid, ({ waitEventType }) => waitEventType === 'Lock');
      void last.lockRow('b');
      await until(observer, last.pid, ({ waitEventType }) => waitEventType === 'Lock');
      const found = await observer.blockers([middle.pid, last.pid, head.pid]);
      const root = {
        rootPid: head.pid,
        rootSession: expect.stringMatching(new RegExp(`^${head.pid}@\\d+$`)) as string,
      };
      expect(found).toHaveLength(2);
      expect(found).toContainEqual(
        expect.objectContaining({ waitingPid: middle.pid, blockingPid: head.pid, ...root }),
      );
      expect(found).toContainEqual(
        expect.objectContaining({ waitingPid: last.pid, blockingPid: middle.pid, ...root }),
      );
      const { sqlId } = (await until(observer, head.pid, () => true)).found;
      expect(found.map(({ rootSqlId }) => rootSqlId)).toEqual([sqlId, sqlId]);
      expect(await observer.blockers([])).toEqual([]);
    });

    it('reads counters that have one value each and never fall', async () => {
      const observer = await connect();
      const before = await observer.counters();
      const session = await open();
      await session.run(fixture.busy(0, MARK));
      const after = await observer.counters();
      const keys = after.map(({ metric, key }) => `${metric} ${key}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(before.length).toBeGreaterThan(10);
      for (const { metric, key, value, kind } of before) {
        const later = after.find((counter) => counter.metric === metric && counter.key === key);
        const fell = kind === 'counter' && later !== undefined && later.value < value;
        expect({ metric, key, fell, isNumber: Number.isFinite(value) }).toEqual({
          metric,
          key,
          fell: false,
          isNumber: true,
        });
      }
    });

    it('serves questions that are asked at the same time', async () => {
      const observer = await connect();
      const answers = await Promise.all([
        observer.sample(ALL),
        observer.counters(),
        observer.sample(ALL),
        observer.blockers([1]),
      ]);
      expect(answers).toHaveLength(4);
    });

    it('says what is wrong with an address, and never the password', async () => {
      const errors = {
        password: await refusal(fixture.urlWith({ password: `${MARK}wrong` })),
        database: await refusal(fixture.urlWith({ database: 'nowhere' })),
        port: await refusal(fixture.urlWith({ port: 1 })),
        scheme: await refusal(fixture.url.replace(/^[a-z]+:/, 'http:')),
        shape: await refusal(fixture.url.replace('//', '')),
        percent: await refusal(fixture.url.replace('@', '%zz@')),
      };
      expect(Object.fromEntries(Object.entries(errors).map(([what, { code }]) => [what, code]))).toEqual({
        password: 'AUTHENTICATION_FAILED',
        database: 'DATABASE_REFUSED',
        port: 'DATABASE_UNREACHABLE',
        scheme: 'INVALID_URL',
        shape: 'INVALID_URL',
        percent: 'INVALID_URL',
      });
      for (const error of Object.values(errors)) expectNoSecret(error, [MARK, fixture.password]);
    });

    it('gives up a connection that nobody answers on, in bounded time', async () => {
      const network = await fixture.breakableUrl();
      const observer = await connect(network.url, { sampleTimeoutMs: 1500 });
      await observer.sample(ALL);
      await network.swallow();
      const error = await raised(async () => observer.sample(ALL));
      expect(error.code).toBe('NO_ANSWER');
      expectNoSecret(error, [fixture.password]);
      await observer.closed;
      expect((await raised(async () => observer.sample(ALL))).code).toBe('CONNECTION_LOST');
    });

    it('does not wait for ever for a connection', async () => {
      const network = await fixture.breakableUrl();
      await network.swallow();
      const error = await refusal(network.url, { connectTimeoutMs: 500 });
      expect(error.code).toBe('DATABASE_UNREACHABLE');
    });

    it('closes where the network is dead', async () => {
      const network = await fixture.breakableUrl();
      const observer = await connect(network.url);
      await network.swallow();
      await observer.close();
      await observer.closed;
    });

    it('notices that the connection was ended, idle or asked', async () => {
      const [idle, asked] = [await connect(), await connect()];
      await fixture.terminate(idle.info.backendPid);
      await idle.closed;
      await fixture.terminate(asked.info.backendPid);
      expect((await raised(async () => asked.sample(ALL))).code).toBe('CONNECTION_LOST');
      const network = await fixture.breakableUrl();
      const reset = await connect(network.url);
      network.cut();
      expect((await raised(async () => reset.sample(ALL))).code).toBe('CONNECTION_LOST');
    });

    it('leaves no connection behind', async () => {
      const observer = await connect();
      await observer.sample(ALL);
      await observer.close();
      await observer.close();
      await expect
        .poll(async () => fixture.clientPids(), { timeout: 20_000 })
        .not.toContain(observer.info.backendPid);
    });
  });
}

/** Samples until the session is there and as wanted. */
export async function until(
  observer: EngineSession,
  pid: number,
  isWanted: (session: ObservedSession) => boolean,
): Promise<{ sample: EngineSample; found: ObservedSession }> {
  const digests: EngineSample['newDigests'][number][] = [];
  for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
    const sample = await observer.sample({ alsoPids: [pid], thinning: 1 });
    digests.push(...sample.newDigests);
    const found = of(sample.sessions, pid);
    if (found && isWanted(found)) return { sample: { ...sample, newDigests: digests }, found };
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  throw new Error(`session ${pid} never was as wanted`);
}

/** The error that it must raise. */
export async function raised(act: () => Promise<unknown>): Promise<AirglowError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AirglowError) return error;
    throw error;
  }
  throw new Error('It went well, but should have failed.');
}

function of(sessions: readonly ObservedSession[], pid: number): ObservedSession | undefined {
  return sessions.find((session) => session.pid === pid);
}

function ascending(a: number, b: number): number {
  return a - b;
}

function expectNoSecret(error: Error, secrets: readonly string[]): void {
  const whole = [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.cause)].join('\n');
  for (const secret of secrets) expect(whole).not.toContain(secret);
}
