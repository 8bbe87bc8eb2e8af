import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import type { EngineSession } from '../../src/engines/engine.ts';
import { createPostgresEngine } from '../../src/engines/postgres/engine.ts';
import { proveSameHost } from '../../src/kernel/same-host.ts';
import type { ClaimedBackend } from '../../src/kernel/same-host.ts';
import { connectClient } from '../kit/client.ts';
import type { ScopedClient } from '../kit/client.ts';
import { startFaultyProxy } from '../kit/half-open-proxy.ts';
import { record } from '../kit/observe.ts';
import { startSecludedPostgres } from '../kit/pid-namespace.ts';
import type { SecludedPostgres } from '../kit/pid-namespace.ts';
import { startTestPostgres } from '../kit/postgres.ts';

const run = promisify(execFile);
/** Found from here: a mount namespace is entered at its root. */
const TSX = createRequire(import.meta.url).resolve('tsx');
const LAST_PID = '/proc/sys/kernel/ns_last_pid';
const PIDS_FIXED = 'this kernel does not let us choose the next pid';
const MINUTE_MS = 60_000;
/** Longer than two processes may differ and still count as started together. */
const CLEARLY_LATER_MS = 4_000;

const NOT_VISIBLE = /not visible on this host/;
const NOT_OUR_SESSION = /is not the PostgreSQL session that serves us/;
const OTHER_CLIENT = /serves another client address than ours/;
const OTHER_START = /did not start when our session did/;
const OTHER_PARENT = /the parent process did not start when the database did/;
const RESTS = /rests while our session works/;
const WORKS = /works while our session rests/;
const OTHER_NAMESPACE = /container with pids of its own/;

async function openSession(url: string): Promise<EngineSession & AsyncDisposable> {
  const options = { connectTimeoutMs: 30_000, sampleTimeoutMs: 30_000 };
  const session = await createPostgresEngine().connect(url, options);
  return Object.assign(session, { [Symbol.asyncDispose]: async () => session.close() });
}

function claimOf({ info }: EngineSession): ClaimedBackend {
  return {
    pid: info.backendPid,
    startedAtMs: info.backendStartedAtMs,
    serverStartedAtMs: info.startedAtMs,
    clientPort: info.clientPort,
    user: info.user,
  };
}

/** The reason of a refusal; `null` where the claim was believed. */
async function refusal(session: EngineSession, lie: Partial<ClaimedBackend> = {}): Promise<string | null> {
  const proof = await proveSameHost({ ...claimOf(session), ...lie }, async () => session.counters());
  return proof.ok ? null : proof.reason;
}

async function viewOf(url: string): Promise<{ source: string | null; sourceReason: string | null }> {
  const recording = record({ url });
  try {
    await recording.ticks(1);
    const { source, sourceReason } = recording.observer.status();
    return { source, sourceReason };
  } finally {
    await recording.stop();
  }
}

/** A pid that no process of this host has at the moment. */
function freePid(): number {
  let pid = 20_000;
  while (existsSync(`/proc/${pid}`)) pid++;
  return pid;
}

describe('a server of this host', () => {
  let server: RunningPostgres;
  let other: RunningPostgres;
  let overTcp: EngineSession & AsyncDisposable;
  let overSocket: EngineSession & AsyncDisposable;
  /** Sessions of the same role that rest, on the same server and on the other one. */
  let idle: { readonly tcp: ScopedClient; readonly socket: ScopedClient; readonly foreign: ScopedClient };

  beforeAll(async () => {
    [server, other] = await Promise.all([startTestPostgres(), startTestPostgres()]);
    idle = {
      tcp: await connectClient(server.url),
      socket: await connectClient(server.socketUrl),
      foreign: await connectClient(other.socketUrl),
    };
    await sleep(CLEARLY_LATER_MS);
    overTcp = await openSession(server.url);
    overSocket = await openSession(server.socketUrl);
  });

  afterAll(async () => {
    await Promise.all(Object.values(idle).map(async (client) => client.end()));
    await Promise.all([overTcp.close(), overSocket.close()]);
    await Promise.all([server.stop('immediate'), other.stop('immediate')]);
  });

  it('is proven over TCP and over a Unix socket, whatever the role is called', async () => {
    expect(await refusal(overTcp)).toBeNull();
    expect(await refusal(overSocket)).toBeNull();
    expect(overSocket.info.clientPort).toBeNull();
    await idle.tcp.query(`set password_encryption = 'scram-sha-256'`);
    for (const user of ['jörg', 'two words', 'x(5)', 'x'.repeat(63)]) {
      await idle.tcp.query(`create role "${user}" login superuser password 'secret'`);
      await using session = await openSession(server.urlFor({ user, password: 'secret' }));
      expect([user, await refusal(session)]).toEqual([user, null]);
    }
  });

  it('gets the kernel view over both', async () => {
    const kernelView = { source: 'kernel', sourceReason: null };
    expect(await viewOf(server.url)).toEqual(kernelView);
    expect(await viewOf(server.socketUrl)).toEqual(kernelView);
  });

  it('is proven where it has a name, and where it does not keep its titles up to date', async () => {
    const settings = { cluster_name: 'my cluster', update_process_title: false };
    const named = await startTestPostgres({ settings });
    try {
      expect(await viewOf(named.url)).toEqual({ source: 'kernel', sourceReason: null });
    } finally {
      await named.stop('immediate');
    }
  });

  it('gets the session view through a proxy, which hides whose connection a process serves', async () => {
    const proxy = await startFaultyProxy(server.port);
    try {
      const { source, sourceReason } = await viewOf(proxy.urlThrough(server.url));
      expect(source).toBe('session');
      expect(sourceReason).toMatch(OTHER_CLIENT);
      expect(sourceReason).toMatch(/proxy or pooler/);
    } finally {
      await proxy.close();
    }
  });

  describe('is not proven by', () => {
    it('the pid of a process that is no session', async () => {
      expect(await refusal(overTcp, { pid: process.pid })).toMatch(NOT_OUR_SESSION);
      expect(await refusal(overTcp, { pid: process.ppid })).toMatch(NOT_OUR_SESSION);
      expect(await refusal(overTcp, { pid: server.postmasterPid })).toMatch(NOT_OUR_SESSION);
      for (const session of [overTcp, overSocket]) {
        const others = (await server.processes()).filter((pid) => pid !== session.info.backendPid);
        const reasons = await Promise.all(others.map(async (pid) => refusal(session, { pid })));
        expect(reasons.length).toBeGreaterThan(5);
        expect(reasons).not.toContain(null);
      }
    });

    it('the pid of no process', async () => {
      for (const pid of [freePid(), 0, -1, 2 ** 22 + 1, Number.NaN])
        expect(await refusal(overTcp, { pid })).toMatch(NOT_VISIBLE);
    });

    it("the pid of another server's session", async () => {
      const { processID: pid } = idle.foreign;
      expect(await refusal(overTcp, { pid })).toMatch(OTHER_CLIENT);
      expect(await refusal(overSocket, { pid })).toMatch(OTHER_START);
    });

    it('the pid of another session of the same server', async () => {
      expect(await refusal(overTcp, { pid: idle.tcp.processID })).toMatch(OTHER_CLIENT);
      expect(await refusal(overSocket, { pid: idle.socket.processID })).toMatch(OTHER_START);
      expect(await refusal(overSocket, { pid: idle.tcp.processID })).toMatch(OTHER_CLIENT);
    });

    it('the pid of a session of which everything else is true', async () => {
      const { socket: twin } = idle;
      const { rows } = await twin.query<{ started: string }>(
        'select floor(extract(epoch from backend_start) * 1000) as started from pg_stat_activity where pid = $1',
        [twin.processID],
      );
      const lie = { pid: twin.processID, startedAtMs: Number(rows[0]?.started) };
      const busy = twin.query('select count(*) from generate_series(1, 1000000000)').catch(() => undefined);
      expect(await refusal(overSocket, lie)).toMatch(WORKS);
      await idle.tcp.query('select pg_cancel_backend($1)', [twin.processID]);
      await busy;
      expect(await refusal(overSocket, lie)).toMatch(RESTS);
    });

    it('a start at another time', async () => {
      const { startedAtMs, serverStartedAtMs } = claimOf(overTcp);
      for (const off of [-MINUTE_MS, MINUTE_MS]) {
        expect(await refusal(overTcp, { startedAtMs: startedAtMs + off })).toMatch(OTHER_START);
        expect(await refusal(overTcp, { serverStartedAtMs: serverStartedAtMs + off })).toMatch(OTHER_PARENT);
      }
      expect(await refusal(overTcp, { startedAtMs: Number.NaN })).toMatch(OTHER_START);
    });

    it('another client port, or another role', async () => {
      const clientPort = (overTcp.info.clientPort ?? 0) + 1;
      expect(await refusal(overTcp, { clientPort })).toMatch(OTHER_CLIENT);
      expect(await refusal(overTcp, { clientPort: null })).toMatch(OTHER_CLIENT);
      expect(await refusal(overSocket, { clientPort })).toMatch(OTHER_CLIENT);
      expect(await refusal(overTcp, { user: 'alice' })).toMatch(NOT_OUR_SESSION);
    });
  });
});

/** Pids that mean something else in there: what a container looks like from outside, and from inside. */
describe('a server with pids of its own', () => {
  let secluded: SecludedPostgres | null = null;
  let whyNot = '';

  beforeAll(async () => {
    const started = await startSecludedPostgres();
    secluded = started.server;
    whyNot = started.reason ?? '';
  });

  afterAll(async () => secluded?.stop());

  function must(ctx: TestContext): SecludedPostgres {
    return secluded ?? ctx.skip(whyNot);
  }

  /** What an observer of this database says, run by `nsenter` in namespaces of the server. */
  async function viewFromInside(server: SecludedPostgres, ...namespaces: string[]): Promise<unknown> {
    const observeOnce = join(import.meta.dirname, '..', 'kit', 'observe-once.ts');
    const { stdout } = await run(
      'nsenter',
      ['-t', String(server.hostPid), ...namespaces, process.execPath, '--import', TSX, observeOnce],
      { env: { ...process.env, AIRGLOW_URL: server.url } },
    );
    return JSON.parse(stdout);
  }

  it('gets the session view where its pid is nobody here', async (ctx) => {
    const server = must(ctx);
    if (!(await server.setNextPid(freePid()))) return ctx.skip(PIDS_FIXED);
    const view = await viewOf(server.url);
    expect(view).toEqual({ source: 'session', sourceReason: expect.stringMatching(NOT_VISIBLE) as string });
  });

  it('gets the session view where its pid is somebody else here', async (ctx) => {
    const server = must(ctx);
    if (!(await server.setNextPid(process.pid))) return ctx.skip(PIDS_FIXED);
    const view = await viewOf(server.url);
    expect(view).toEqual({
      source: 'session',
      sourceReason: expect.stringMatching(NOT_OUR_SESSION) as string,
    });
    expect(view.sourceReason).toContain(String(process.pid));
  });

  it("gets the session view where its pid is a session of another server's here", async (ctx) => {
    const server = must(ctx);
    const outside = await startTestPostgres();
    try {
      await using client = await connectClient(outside.url);
      if (!(await server.setNextPid(client.processID))) return ctx.skip(PIDS_FIXED);
      const view = await viewOf(server.url);
      expect(view).toEqual({
        source: 'session',
        sourceReason: expect.stringMatching(OTHER_CLIENT) as string,
      });
      expect(view.sourceReason).toContain(String(client.processID));
    } finally {
      await outside.stop('immediate');
    }
  });

  it('is not proven where one process has by chance the same pid in there and here', async (ctx) => {
    const server = must(ctx);
    if (!existsSync(LAST_PID)) return ctx.skip(PIDS_FIXED);
    for (let attempt = 0; attempt < 200; attempt++) {
      const next = Number(readFileSync(LAST_PID, 'utf8')) + 1;
      if (!(await server.setNextPid(next))) return ctx.skip(PIDS_FIXED);
      await using session = await openSession(server.url);
      const status = `/proc/${session.info.backendPid}/status`;
      const pids = /^NSpid:\s+(\d+)\s+(\d+)$/m.exec(existsSync(status) ? readFileSync(status, 'utf8') : '');
      if (pids === null || pids[1] !== pids[2]) continue;
      expect(await refusal(session)).toMatch(OTHER_NAMESPACE);
      return;
    }
    ctx.skip('other processes started here all the time, so no two pids became the same');
  });

  it('gets the kernel view from inside, as in one container', async (ctx) => {
    expect(await viewFromInside(must(ctx), '-p', '-m')).toEqual({ source: 'kernel', sourceReason: null });
  });

  it('gets the session view from inside where /proc is of the host', async (ctx) => {
    expect(await viewFromInside(must(ctx), '-p')).toMatchObject({ source: 'session' });
  });
});
