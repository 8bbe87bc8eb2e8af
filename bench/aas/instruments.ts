import pg from 'pg';
import { createObserver } from '../../src/daemon/postgres-observer.ts';
import type { ObserverView } from '../../src/daemon/observe/connection.ts';
import type { LoadTick } from '../../src/load/model.ts';
import { summarise } from '../../src/load/summary.ts';
import type { LoadSummary } from '../../src/load/summary.ts';
import { parseProcessStat } from '../../src/kernel/proc-parse.ts';
import { readChildren, readText } from '../../src/kernel/process-reader.ts';

/** Something that measures from `start` to `stop`, through a server process of its own where it needs one. */
export interface Instrument<T> {
  readonly backendPid: number | null;
  stop(): Promise<T>;
}

/** What a monitor does that counts `state = 'active'` once a second, and the server's own account beside it. */
export async function startNaiveSampler(
  url: string,
): Promise<Instrument<{ sampled: number; activeTime: number }>> {
  const client = new pg.Client({ connectionString: url, application_name: 'airglow' });
  await client.connect();
  const sql = `select (select count(*)::int from pg_stat_activity
      where state = 'active' and pid <> pg_backend_pid() and application_name <> 'airglow') as active,
    (select sum(active_time) from pg_stat_database) as active_ms, extract(epoch from clock_timestamp()) * 1000 as at`;
  const readings: { active: number; activeMs: number; atMs: number }[] = [];
  let isStopped = false;
  const loop = (async () => {
    while (!isStopped) {
      const [row] = (await client.query<{ active: number; active_ms: number; at: string }>(sql)).rows;
      if (row !== undefined)
        readings.push({ active: row.active, activeMs: row.active_ms, atMs: Number(row.at) });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    backendPid: rows[0]?.pid ?? null,
    async stop() {
      isStopped = true;
      await loop;
      await client.end();
      const [first, last] = [readings[0], readings.at(-1)];
      const sampled = readings.reduce((sum, { active }) => sum + active, 0) / Math.max(1, readings.length);
      if (first === undefined || last === undefined) return { sampled, activeTime: Number.NaN };
      return { sampled, activeTime: (last.activeMs - first.activeMs) / (last.atMs - first.atMs) };
    },
  };
}

/** One of our own views. Resolves once it is connected. */
export async function startView(
  url: string,
  view: ObserverView,
  intervalMs: number,
): Promise<Instrument<LoadSummary>> {
  const observer = createObserver({ url, target: view, intervalMs, view });
  const ticks: LoadTick[] = [];
  observer.subscribe((message) => {
    if (message.kind === 'settled') ticks.push(message.tick);
  });
  observer.start();
  while (observer.status().connection !== 'connected') {
    const { lastError } = observer.status();
    if (lastError !== null) throw new Error(lastError.message);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    backendPid: observer.status().engine?.backendPid ?? null,
    async stop() {
      await observer.stop();
      return summarise(ticks);
    },
  };
}

/**
 * How many of a server's processes are running or runnable, by looking at their state letters every 10 ms or so: an
 * account of CPU load that shares nothing with the scheduler's counters. `ignoredPids`: the server's own processes and
 * those of the instruments.
 */
export function startStatePoll(postmasterPid: number, ignoredPids: readonly number[]): Instrument<number> {
  const ignored = new Set(ignoredPids);
  let weightedMs = 0;
  let totalMs = 0;
  let lastAtMs = performance.now();
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const nowMs = performance.now();
    const runnable = childrenOf(postmasterPid).filter((pid) => !ignored.has(pid) && isRunnable(pid)).length;
    weightedMs += runnable * (nowMs - lastAtMs);
    totalMs += nowMs - lastAtMs;
    lastAtMs = nowMs;
    timer = setTimeout(look, 5 + Math.random() * 10);
  };
  timer = setTimeout(look, 5);
  return {
    backendPid: null,
    async stop() {
      clearTimeout(timer);
      return weightedMs / totalMs;
    },
  };
}

export function childrenOf(pid: number): number[] {
  return (readChildren(pid) ?? '').trim().split(' ').filter(Boolean).map(Number);
}

function isRunnable(pid: number): boolean {
  const text = readText(`/proc/${pid}/stat`);
  return text !== null && parseProcessStat(text)?.state === 'R';
}
