import { createApi } from '../../src/api/http/create-api.ts';
import type { ApiParts } from '../../src/api/http/api-parts.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { TargetRegistry } from '../../src/daemon/target-registry.ts';
import { ScriptedObserver, scriptedSample, scriptedTick } from './scripted-observer.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);
export const BUSY_SQL = 'aaaaaaaaaaaaaaaa';

/** The API over a memory history and scripted observers, at a time that stands still. */
export function scriptedApi(change: Partial<ApiParts> = {}) {
  const history = createMemoryHistory({ retentionMs: 7 * 86_400_000 });
  const observers = [new ScriptedObserver('db1'), new ScriptedObserver('db2')];
  const targets = new TargetRegistry();
  for (const observer of observers) {
    targets.add(observer);
    observer.start();
  }
  const closing = new AbortController();
  const log: string[] = [];
  const api = createApi({
    targets,
    history,
    recorder: { health: () => ({ status: 'recording', message: 'recording', queuedTicks: 0, lostTicks: 0 }) },
    access: { kind: 'loopback' },
    version: '1.2.3',
    startedAtMs: NOW - 60_000,
    now: () => NOW,
    closing: closing.signal,
    log: (line) => log.push(line),
    ...change,
  });
  return { api, history, observer: observers[0]!, observers, targets, closing, log };
}

/** Ten minutes before NOW: 1 session running, half a one on a lock, one idle in transaction; 60 s of it missing. */
export async function withLoad(scripted: ReturnType<typeof scriptedApi>): Promise<void> {
  const { history, observer } = scripted;
  const samples = [
    scriptedSample(1000, { 'db.wait_event': 'CPU:Running', 'db.user': 'app', 'db.sql_tokenized': BUSY_SQL }),
    scriptedSample(500, {
      'db.wait_event': 'Lock:tuple',
      'db.user': 'batch',
      'db.sql_tokenized': 'bbbbbbbbbbbbbbbb',
    }),
    scriptedSample(1000, { 'db.wait_event': 'Client:ClientRead', 'db.user': 'app' }, 'idle in transaction'),
  ];
  const ticks = Array.from({ length: 600 }, (_, second) =>
    scriptedTick(NOW - (600 - second) * 1000, samples),
  );
  const kept = ticks.filter(({ atMs }) => atMs < NOW - 300_000 || atMs >= NOW - 240_000);
  for (const tick of kept) observer.tick(tick);
  await history.appendTicks('db1', kept);
  await history.saveDigests([{ id: BUSY_SQL, text: 'SELECT * FROM t WHERE id = $1', truncated: false }]);
  const statistic = (metric: string, value: number) => ({
    atMs: NOW - 1000,
    durationMs: 1000,
    metric,
    key: BUSY_SQL,
    value,
  });
  await history.appendCounters('db1', [
    statistic('pg_stat_statements.calls', 5400),
    statistic('pg_stat_statements.total_exec_time', 540_000),
    statistic('pg_stat_statements.rows', 2700),
  ]);
  await history.appendEvents('db1', [
    {
      atMs: NOW - 250_000,
      kind: 'connection-lost',
      severity: 'error',
      message: 'lost',
      data: { code: 'NO_ANSWER' },
    },
    { atMs: NOW - 240_000, kind: 'reconnected', severity: 'info', message: 'back', data: {} },
  ]);
}
