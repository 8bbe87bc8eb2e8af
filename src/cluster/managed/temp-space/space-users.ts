import type { AdminSession } from '../admin-session.ts';
import type { TempUse } from './temp-files.ts';

const ANSWER_TIMEOUT_MS = 5_000;

/** A process that works for a client. */
export interface WorkingSession {
  readonly pid: number;
  /** Of the session that it works for: its own, but for parallel workers. */
  readonly leader: number;
  /** Its number in the names of temporary tables; null while that is not known. */
  readonly backend: number | null;
}

export interface SpaceUser {
  readonly pid: number;
  readonly bytes: number;
}

/** Who idles has no statement that could be cancelled. Sessions that do not tell their state may be working. */
const WORKING = `select a.pid, coalesce(a.leader_pid, a.pid) as leader,
  split_part(l.virtualtransaction, '/', 1)::int as backend
  from pg_catalog.pg_stat_activity a
  left join pg_catalog.pg_locks l on l.pid = a.pid and l.locktype = 'virtualxid' and l.granted
    and l.virtualxid = l.virtualtransaction
  where a.backend_type in ('client backend', 'parallel worker') and a.pid <> pg_catalog.pg_backend_pid()
  and a.state in ('active', 'fastpath function call', 'disabled')`;

/**
 * Who has most of the space, of those whose statement can be cancelled; null where nobody has `leastBytes`: to cancel
 * somebody for what another session keeps helps nobody.
 */
export function fattest(
  use: TempUse,
  sessions: readonly WorkingSession[],
  leastBytes: number,
): SpaceUser | null {
  const sums = new Map<number, number>();
  for (const { pid, leader, backend } of sessions) {
    const own = use.spills.get(pid) ?? 0;
    const tables = backend === null ? 0 : (use.relations.get(backend) ?? 0);
    sums.set(leader, (sums.get(leader) ?? 0) + own + tables);
  }
  const [first] = [...sums].sort(([, a], [, b]) => b - a);
  return first === undefined || first[1] === 0 || first[1] < leastBytes
    ? null
    : { pid: first[0], bytes: first[1] };
}

/** Cancels the statement of whoever has most of the space; null where there is nobody. Raises what `pg` does. */
export async function cancelFattest(
  session: AdminSession,
  use: TempUse,
  leastBytes: number,
): Promise<SpaceUser | null> {
  const user = fattest(use, await session.ask<WorkingSession>(WORKING, ANSWER_TIMEOUT_MS), leastBytes);
  if (user === null) return null;
  const [row] = await session.ask<{ done: boolean }>(
    'select pg_catalog.pg_cancel_backend($1) as done',
    ANSWER_TIMEOUT_MS,
    [user.pid],
  );
  return row?.done === true ? user : null;
}
