import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { MemoryGuard } from '../../src/cluster/managed/memory-guard.ts';
import type { GuardEvent } from '../../src/cluster/managed/memory-guard.ts';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { openDataLimiter } from '../../src/kernel/data-limit.ts';
import { hasLimits, openLimits } from '../../src/kernel/limits/open-limits.ts';
import type { KernelLimits } from '../../src/kernel/limits/kernel-limits.ts';
import type { ResourceGroup } from '../../src/kernel/limits/resource-group.ts';
import { readDataLimit } from '../../src/kernel/process-memory.ts';
import { connectClient } from '../kit/client.ts';
import type { ScopedClient } from '../kit/client.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { waitFor } from '../kit/wait-for.ts';

const MIB = 1024 ** 2;
const LIMIT = 512 * MIB;
const RAISED = 1536 * MIB;
const LOOK_MS = 50;
const OUT_OF_MEMORY = '53200';
const CANCELLED = '57014';
/** Where memory is filled that was mapped before, the statement has to be cancelled. */
const FAILURES = [OUT_OF_MEMORY, CANCELLED];
/** Sessions wait here with all their memory in hand. */
const BARRIER = 7;
const HOG = 'select count(*) from unnest((select array_agg(g::text) from generate_series(1, 40000000) g)) t';

let limits: KernelLimits | null = null;
let whyNot = '';
let server: RunningPostgres;
let group: ResourceGroup;
let guard: MemoryGuard | null = null;
let timer: NodeJS.Timeout | null = null;
let canStillRaise = false;
const events: GuardEvent[] = [];

/** As the daemon's fast loop does it. */
function startGuard(
  options: { limitBytes?: number; mostBytes?: number; beforeLook?: () => void } = {},
): MemoryGuard {
  const { limitBytes = LIMIT, mostBytes = limitBytes, beforeLook } = options;
  const { postmasterPid, osUser: runAs } = server;
  const made = new MemoryGuard({
    postmasterPid,
    runAs,
    group,
    limitBytes,
    mostBytes,
    onEvent: (event) => events.push(event),
  });
  const look = (): void => {
    beforeLook?.();
    made.look(performance.now(), canStillRaise);
    timer = setTimeout(look, LOOK_MS);
  };
  look();
  guard = made;
  return made;
}

function stopGuard(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  guard?.close();
  guard = null;
}

/** What became of a statement: `finished` or the code of its error. */
async function outcomeOf(client: ScopedClient, sql: string): Promise<string> {
  return client.query(sql).then(
    () => 'finished',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

function oomKills(): number {
  return group.memoryAccount()?.oomKills ?? Number.NaN;
}

/** How many sessions stand at the barrier. */
async function standing(client: ScopedClient): Promise<number> {
  const sql = `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`;
  return (await client.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
}

/** Fills that much private memory and keeps it until the barrier opens. Were the text constant, it would be made twice. */
function filling(bytes: number): string {
  return `select length(x), pg_advisory_lock_shared(${BARRIER})
    from (select repeat('x', n) as x from generate_series(${bytes}, ${bytes}) n offset 0) t`;
}

/** A session that has filled memory and waits with it; `release` opens the barrier and tells what became of it. */
async function holding(bytes: number): Promise<AsyncDisposable & { release(): Promise<string> }> {
  const [keeper, holder] = [
    await connectClient(server.url, 'keeper'),
    await connectClient(server.url, 'holder'),
  ];
  await keeper.query('select pg_advisory_lock($1)', [BARRIER]);
  let isOver = false;
  const held = outcomeOf(holder, filling(bytes)).finally(() => {
    isOver = true;
  });
  await waitFor(async () => isOver || (await standing(keeper)) === 1, { what: 'the memory to be held' });
  return {
    async release() {
      await keeper.query('select pg_advisory_unlock($1)', [BARRIER]);
      return held;
    },
    async [Symbol.asyncDispose]() {
      await keeper.end();
      await holder.end();
    },
  };
}

/**
 * Runs a statement in many sessions that stop at the barrier with all their memory, so that they need it at the same
 * time, however slow this machine is. The barrier opens when each of them has reached it or failed.
 */
async function together(sessions: number, sql: string, settings = ''): Promise<string[]> {
  await using keeper = await connectClient(server.url, 'keeper');
  await keeper.query('select pg_advisory_lock($1)', [BARRIER]);
  const clients = await Promise.all(Array.from({ length: sessions }, () => connectClient(server.url)));
  try {
    for (const client of clients) if (settings !== '') await client.query(settings);
    const failed: string[] = [];
    const all = clients.map(async (client) => {
      const result = await outcomeOf(client, sql);
      if (result !== 'finished') failed.push(result);
      return result;
    });
    await waitFor(async () => (await standing(keeper)) + failed.length === sessions, {
      what: 'every session at the barrier, or failed',
      timeoutMs: 50_000,
    });
    await keeper.query('select pg_advisory_unlock($1)', [BARRIER]);
    return await Promise.all(all);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
}

function count(results: readonly string[], wanted: string): number {
  return results.filter((result) => result === wanted).length;
}

beforeAll(async () => {
  const found = await openLimits({ root: `airglow-test-guard-${process.pid}` });
  if (!hasLimits(found) || !found.capabilities.memory) {
    whyNot = hasLimits(found) ? 'no memory controller here' : found.reason;
    return;
  }
  limits = found;
  server = await startTestPostgres({
    settings: { work_mem: '1GB', max_parallel_workers_per_gather: 0, max_connections: 60, jit: false },
  });
  group = await limits.open('guard');
  await group.enter(server.postmasterPid);
  await group.setMemoryBytes(LIMIT);
}, 120_000);

afterAll(async () => {
  stopGuard();
  if (limits === null) return;
  await server.stop();
  await group.remove();
  await limits.removeRoot();
});

/** Whatever happens to one session: no process is killed, the server goes on, and so do the others. */
async function harmsNobodyElse(
  ctx: TestContext,
  test: (bystander: ScopedClient) => Promise<void>,
): Promise<void> {
  if (limits === null) return ctx.skip(whyNot);
  canStillRaise = false;
  events.length = 0;
  await using bystander = await connectClient(server.url, 'bystander');
  const killsBefore = oomKills();
  try {
    await test(bystander);
  } finally {
    stopGuard();
    // A server that restarts all of its processes sends everybody away.
    expect(oomKills()).toBe(killsBefore);
    expect(await outcomeOf(bystander, 'select count(*) from pg_class')).toBe('finished');
    await group.setMemoryBytes(LIMIT);
  }
}

describe('a statement that wants more than the limit', () => {
  it('gets an error, and its session and all others go on', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      const { events: none } = startGuard().look(performance.now(), false);
      expect(none).toEqual([]);
      await using hog = await connectClient(server.url, 'hog');
      // On a host so busy that a look comes late, it is cancelled before its next allocation.
      expect(FAILURES).toContain(await outcomeOf(hog, HOG));
      expect(await outcomeOf(hog, 'select 1')).toBe('finished');
    }));

  it('gets it beside a session that holds half of the memory and keeps it', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      startGuard();
      await using half = await holding(240 * MIB);
      await using hog = await connectClient(server.url, 'hog');
      expect(FAILURES).toContain(await outcomeOf(hog, HOG));
      expect(events.map(({ pid }) => pid)).toContain(hog.processID);
      expect(await half.release()).toBe('finished');
      const lifted = (): boolean =>
        events.some(({ kind, pid }) => kind === 'lifted' && pid === hog.processID) &&
        readDataLimit(hog.processID) === readDataLimit(server.postmasterPid);
      await waitFor(lifted, { what: 'the cap to be lifted' });
      expect(await outcomeOf(hog, filling(300 * MIB))).toBe('finished');
    }));
});

describe('twenty hash joins that want more than the limit', () => {
  it('some get the error, the rest finish, and processes of the server itself are left alone', async (ctx) =>
    harmsNobodyElse(ctx, async (bystander) => {
      await group.setMemoryBytes(1.5 * LIMIT);
      startGuard({ limitBytes: 1.5 * LIMIT });
      const join = `select count(b.m), count(case when a.a = 1 then pg_advisory_lock_shared(${BARRIER})::text end)
      from generate_series(1, 500000) a
      join (select b, md5(b::text) m from generate_series(1, 400000) b offset 0) b on a.a = b.b`;
      const settings = 'set enable_mergejoin = off; set enable_nestloop = off';
      const results = await together(20, join, settings);
      const failed = results.filter((result) => FAILURES.includes(result)).length;
      expect(failed).toBeGreaterThan(0);
      expect(failed + count(results, 'finished')).toBe(20);
      const { rows } = await bystander.query<{ pid: number; backend_type: string }>(
        `select pid, backend_type from pg_stat_activity where backend_type ~ 'checkpointer|writer|launcher'`,
      );
      expect(rows.length).toBeGreaterThan(2);
      const capped = events.map(({ pid }) => pid);
      expect(rows.filter(({ pid }) => capped.includes(pid))).toEqual([]);
      expect(await together(1, join, settings)).toEqual(['finished']);
    }));
});

describe('memory that no cap can take back', () => {
  it('two that have mapped more than there is: one is cancelled or fails, nobody is killed', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      startGuard();
      const results = await together(2, filling(300 * MIB));
      expect(count(results, 'finished')).toBeLessThan(2);
      const failed = results.filter((result) => FAILURES.includes(result)).length;
      expect(failed + count(results, 'finished')).toBe(2);
    }));

  it('a parallel hash in shared memory is cancelled', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      await using client = await connectClient(server.url, 'parallel');
      await client.query(`create unlogged table wide as
      select g, repeat(md5(g::text), 8) m from generate_series(1, 1000000) g`);
      try {
        await client.query('vacuum analyze wide');
        await group.setMemoryBytes(LIMIT / 2);
        startGuard({ limitBytes: LIMIT / 2 });
        await client.query(`set max_parallel_workers_per_gather = 2; set min_parallel_table_scan_size = 0;
        set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set enable_mergejoin = off; set enable_nestloop = off`);
        const sql = 'select count(*), count(b.m) from wide a join wide b using (g)';
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`);
        expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Parallel Hash Join/);
        expect(FAILURES).toContain(await outcomeOf(client, sql));
      } finally {
        await client.query('drop table wide');
      }
    }));
});

describe('the limit', () => {
  it('is raised first: what fits into the maximum finishes', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      startGuard({
        mostBytes: RAISED,
        beforeLook: () => {
          const { anonBytes = 0, shmemBytes = 0, kernelBytes = 0 } = group.memoryAccount() ?? {};
          canStillRaise = group.limits().memoryBytes === LIMIT;
          if (canStillRaise && anonBytes + shmemBytes + kernelBytes > 0.85 * LIMIT) {
            void group.setMemoryBytes(RAISED).catch(() => {});
          }
        },
      });
      const standingCap = (): number => readDataLimit(server.postmasterPid) ?? 0;
      await waitFor(() => standingCap() > RAISED / 2, { what: 'the standing cap to follow the maximum' });
      await using client = await connectClient(server.url, 'grows');
      expect(await outcomeOf(client, filling(900 * MIB))).toBe('finished');
      expect(events).toEqual([]);
      expect(group.limits().memoryBytes).toBe(RAISED);
    }));

  it('is not lowered below what is in use, and what still grows after a lowering fails alone', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      const made = startGuard({ limitBytes: RAISED });
      await group.setMemoryBytes(RAISED);
      await using half = await holding(400 * MIB);

      await made.setLimitBytes(300 * MIB);
      await expect(group.setMemoryBytes(300 * MIB)).rejects.toMatchObject({ code: 'MEMORY_IN_USE' });
      await made.setLimitBytes(RAISED);
      expect(group.limits().memoryBytes).toBe(RAISED);

      await made.setLimitBytes(640 * MIB, 640 * MIB);
      await group.setMemoryBytes(640 * MIB);
      await using hog = await connectClient(server.url, 'hog');
      expect(FAILURES).toContain(await outcomeOf(hog, HOG));
      expect(await half.release()).toBe('finished');
    }));
});

describe('the standing cap', () => {
  it('is inherited by every new session, follows the maximum, and replaces what an earlier guard left', async (ctx) =>
    harmsNobodyElse(ctx, async () => {
      await using old = await connectClient(server.url, 'old');
      await using sampler = await connectClient(server.url, 'sampler');
      await group.exempt(sampler.processID);
      const canExempt = !group.pids().includes(sampler.processID);
      const limiter = openDataLimiter(server.osUser.ids);
      for (const { processID } of [old, sampler]) expect(await limiter.set(processID, 40 * MIB)).toBe(true);
      limiter.close();
      const made = startGuard();
      const capOf = (pid: number): number => readDataLimit(pid) ?? Number.NaN;
      await waitFor(() => capOf(old.processID) === capOf(server.postmasterPid), {
        what: 'the old cap to go',
      });
      expect(capOf(server.postmasterPid)).toBeLessThan(LIMIT - 32 * MIB);
      expect(capOf(server.postmasterPid)).toBeGreaterThan(LIMIT / 2);
      await using young = await connectClient(server.url, 'young');
      expect(capOf(young.processID)).toBe(capOf(server.postmasterPid));
      await made.setLimitBytes(LIMIT, RAISED);
      for (const pid of [old.processID, young.processID, server.postmasterPid]) {
        expect(capOf(pid)).toBeGreaterThan(RAISED - 256 * MIB);
      }
      expect(capOf(sampler.processID)).toBe(canExempt ? 40 * MIB : capOf(server.postmasterPid));
      expect(events).toEqual([]);
    }));
});
