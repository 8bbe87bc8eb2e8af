import type { Statement } from '../link.ts';

/**
 * For each pid of $1 that waits for a lock: one session in its way, preferably one that does not itself wait, else the one
 * that has waited longest, which is nearest to the head of the queue. pid 0 is a prepared transaction.
 */
export const BLOCKERS: Statement = {
  name: 'airglow_blockers',
  text: `
select distinct on (w.pid) w.pid, b.pid, coalesce(a.wait_event_type = 'Lock', false)
from unnest($1::int[]) w(pid)
cross join lateral unnest(pg_blocking_pids(w.pid)) b(pid)
left join pg_stat_get_activity(null) a on a.pid = b.pid
order by w.pid, coalesce(a.wait_event_type = 'Lock', false), a.query_start, b.pid`,
};
