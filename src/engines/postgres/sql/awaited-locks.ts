import type { Statement } from '../link.ts';

/** pg_class and pg_namespace: whoever locks them whole would make the names wait, too. */
const CATALOGS_OF_NAMES = '1259, 2615';

/**
 * What each pid of $1 waits for: the parts of `AwaitedLock`. It names no catalog table, so that it waits for nobody; a
 * transaction that is waited for mostly ends the wait for a row, so what the waiter holds tells which table that is in.
 */
export function awaitedLocks(versionNumber: number): Statement {
  const since =
    versionNumber >= 140_000 ? `floor(date_part('epoch', w.waitstart) * 1000)::float8` : 'null::float8';
  return {
    name: 'airglow_awaited_locks',
    text: `
with locks as materialized (select * from pg_locks),
mine as (select oid from pg_database where datname = current_database())
select w.pid, ${since}, w.locktype, w.mode, w.relation::int8,
  coalesce(w.database in (0, (select oid from mine)), false),
  coalesce(w.transactionid::text, w.virtualxid), w.classid::int8, w.objid::int8, w.objsubid::int4,
  (select min(h.relation::int8) from locks h where h.pid = w.pid and h.granted and h.locktype = 'tuple'
    and h.database = (select oid from mine)),
  array(select distinct h.relation::int8 from locks h where h.pid = w.pid and h.granted and h.locktype = 'relation'
    and h.mode in ('RowExclusiveLock', 'RowShareLock') and h.relation >= 16384 and h.database = (select oid from mine)),
  exists (select from locks c where c.mode = 'AccessExclusiveLock' and c.relation in (${CATALOGS_OF_NAMES}))
from locks w where not w.granted and w.pid = any($1::int[])`,
  };
}

/** Names of relations of this database: $1 their numbers. Rows: number, kind, name with its schema, quoted where needed. */
export const RELATION_NAMES: Statement = {
  name: 'airglow_relation_names',
  text: `
select c.oid::int8, c.relkind::text, format('%I.%I', n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any($1::int8[]::oid[])`,
};
