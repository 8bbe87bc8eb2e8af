import type { AdminSession } from '../admin-session.ts';
import { TABLESPACE } from './temp-layout.ts';
import { withSession } from './tablespace.ts';

const ANSWER_TIMEOUT_MS = 10_000;
/** A large table takes as long as its bytes do. */
const MOVE_TIMEOUT_MS = 3_600_000;

/** What became of permanent objects that somebody put into temporary space. */
export interface MoveReport {
  /** `shop.public.orders` */
  readonly moved: readonly string[];
  readonly stuck: readonly { readonly name: string; readonly reason: string }[];
  /** Databases, by oid, that have nothing in it as far as their catalogs tell, or are not there at all. */
  readonly without: ReadonlySet<number>;
  /** Databases that are in it as a whole. */
  readonly databases: readonly string[];
}

interface DatabaseRow {
  readonly oid: string;
  readonly name: string;
  readonly is_inside: boolean;
}

interface ObjectRow {
  readonly name: string;
  readonly kind: 'table' | 'index' | 'materialized view';
  readonly target: string;
}

const DATABASES = `select d.oid::text as oid, d.datname as name, t.spcname = '${TABLESPACE}' as is_inside
  from pg_catalog.pg_database d join pg_catalog.pg_tablespace t on t.oid = d.dattablespace
  where d.oid = any($1::oid[]) order by 1`;

/** What TOAST keeps goes with its table. */
const OBJECTS = `select format('%I.%I', n.nspname, c.relname) as name, format('%I', home.spcname) as target,
  case when c.relkind in ('i', 'I') then 'index' when c.relkind = 'm' then 'materialized view' else 'table' end as kind
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
  cross join (select s.spcname from pg_catalog.pg_database d join pg_catalog.pg_tablespace s on s.oid = d.dattablespace
    where d.datname = pg_catalog.current_database()) home
  where t.spcname = '${TABLESPACE}' and c.relpersistence <> 't' and c.relkind in ('r', 'p', 'm', 'i', 'I')
  and n.nspname <> 'pg_toast' order by 1`;

/** Of every kind, whether it can be moved or not. */
const HAS_ANY = `select exists (select from pg_catalog.pg_class c
  join pg_catalog.pg_tablespace t on t.oid = c.reltablespace
  where t.spcname = '${TABLESPACE}' and c.relpersistence <> 't') as has`;

/**
 * Moves permanent objects of these databases to where their data is. What somebody holds a lock on stays for now: nobody
 * waits longer than the session's lock_timeout. Raises what `pg` does.
 */
export async function moveOut(
  session: AdminSession,
  adminUrl: string,
  databaseOids: readonly number[],
  mayGoOn: () => boolean,
): Promise<MoveReport> {
  const rows = await session.ask<DatabaseRow>(DATABASES, ANSWER_TIMEOUT_MS, [databaseOids]);
  const [moved, stuck]: [string[], { name: string; reason: string }[]] = [[], []];
  const without = new Set(databaseOids);
  for (const { oid, name: database, is_inside: isInside } of rows) {
    without.delete(Number(oid));
    if (isInside || !mayGoOn()) continue;
    try {
      await withSession(adminUrl, database, async (inside) => {
        const [any] = await inside.ask<{ has: boolean }>(HAS_ANY, ANSWER_TIMEOUT_MS);
        if (any?.has === false) without.add(Number(oid));
        const objects = await inside.ask<ObjectRow>(OBJECTS, ANSWER_TIMEOUT_MS);
        for (const object of objects) {
          if (!mayGoOn()) return;
          const name = `${database}.${object.name}`;
          const reason = await moveOne(inside, object);
          if (reason === null) moved.push(name);
          else stuck.push({ name, reason });
        }
      });
    } catch (error) {
      stuck.push({ name: database, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { moved, stuck, without, databases: rows.filter((row) => row.is_inside).map(({ name }) => name) };
}

/** Null where it went; else why not. */
async function moveOne(session: AdminSession, { name, kind, target }: ObjectRow): Promise<string | null> {
  try {
    await session.ask(`alter ${kind} ${name} set tablespace ${target}`, MOVE_TIMEOUT_MS);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
