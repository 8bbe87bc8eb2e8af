import type { Blocking, EngineSample } from '../../engines/engine.ts';
import { CPU, CPU_RUNNING, CPU_WAITING } from '../../load/model.ts';
import { isActive, isClientType, judgeByProcess, judgeBySample } from '../../load/session-rules.ts';
import type { KernelTick } from '../../load/weigher.ts';
import type { SessionNow } from '../observer.ts';
import { blockersOf } from './blocking-watch.ts';

/**
 * The sessions of a sample as live views show them: working ones first, then idle in transaction. Whoever is in another's
 * way is always among them.
 */
export function sessionsNow(
  sample: EngineSample,
  kernel: KernelTick | null,
  blocking: ReadonlyMap<number, Blocking>,
  durationMs: number,
  nowMs: number,
): SessionNow[] {
  const since = (startedAtMs: number | null): number | null =>
    startedAtMs === null ? null : Math.max(0, nowMs - startedAtMs);
  const rows = sample.sessions.map((session): SessionNow => {
    const awaited = blocking.get(session.pid);
    const growth = kernel?.processes.get(session.pid);
    const cpuShare =
      growth === undefined ? 0 : Math.min(1, (growth.runNs + growth.waitNs) / 1e6 / durationMs);
    const verdict = growth === undefined ? judgeBySample(session) : judgeByProcess(session, growth.look);
    const wait = isActive(session) && verdict.kind === 'wait' ? verdict.waitEvent : null;
    const isWorking = isActive(session) || cpuShare > 0;
    const cpu = growth === undefined ? CPU : growth.waitNs > growth.runNs ? CPU_WAITING : CPU_RUNNING;
    return {
      pid: session.pid,
      type: session.type,
      state: session.state,
      waitEvent: wait ?? (isWorking ? cpu : ''),
      sqlId: session.sqlId,
      user: session.user,
      host: session.host,
      database: session.database,
      application: session.application,
      leaderPid: session.leaderPid,
      blockedByPid: awaited?.blockingPid ?? null,
      lock: awaited?.lock ?? null,
      waitMs: since(awaited?.waitStartedAtMs ?? null),
      queryMs: session.state === 'active' ? since(session.queryStartedAtMs) : null,
      transactionMs: since(session.transactionStartedAtMs),
      load: wait === null ? cpuShare : 1,
    };
  });
  const blockers = blockersOf(blocking);
  // Server processes at rest are there all the time, and tell nothing.
  const isShown = (row: SessionNow): boolean =>
    row.load > 0 || (row.state !== 'idle' && isClientType(row.type)) || blockers.has(row.pid);
  return rows.filter(isShown).sort((a, b) => b.load - a.load || a.pid - b.pid);
}
