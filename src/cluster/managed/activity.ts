import type { PauseBlocker } from '../../capacity/model.ts';
import { APPLICATION_NAME } from './admin-session.ts';
import type { AdminSession } from './admin-session.ts';
import type { ClusterSpec, IgnoreRule } from './model.ts';
import { ADMIN_ROLE } from './server-config.ts';

/** A moment of what sessions do; two of them tell whether something has happened in between. */
export interface ClusterActivity {
  /** Sessions that count: those of clients, but for ours and those to be ignored. */
  readonly sessions: number;
  /** Of these, the ones in the middle of a statement. */
  readonly active: number;
  /** Who of these is active, or was last, as in `app@shop (10.0.0.7, psql)`; null where there is none. */
  readonly latest: string | null;
  /** When the state of any of these changed last, by the server's clock; null where there is none. */
  readonly lastChangeMs: number | null;
  /** Another one whenever a session comes, goes or changes its state. */
  readonly fingerprint: string | null;
  /** Milliseconds of statements of all sessions that ever were, but for ours; null before PostgreSQL 14. */
  readonly activeMs: number | null;
  /** How many sessions there ever were; null before PostgreSQL 14. */
  readonly sessionsEver: number | null;
  readonly blockers: readonly PauseBlocker[];
}

/** Who is connected. */
export interface ClientSession {
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  /** `10.0.0.7`, or `[local]`. */
  readonly host: string;
  readonly startedAtMs: number;
}

const PATIENCE_MS = 2_000;
const IDLE = `('idle', 'idle in transaction', 'idle in transaction (aborted)', 'disabled')`;
const CLIENTS = `backend_type = 'client backend' and usename is distinct from '${ADMIN_ROLE}'`;

/** Of all sessions that ever were, also of those that are gone; PostgreSQL counts it since 14. */
const everOf = (column: 'active_time' | 'sessions', isCounted: boolean): string =>
  isCounted ? `(select sum(${column}) from pg_catalog.pg_stat_database)::float8` : 'null::float8';

const ACTIVITY = (isCounted: boolean): string => `
with clients as (
  select pid, coalesce(state in ${IDLE}, true) as idle, state_change,
    usename || '@' || datname || ' (' || coalesce(host(client_addr), 'local')
      || coalesce(', ' || nullif(application_name, ''), '') || ')' as who,
    usename = any($1) or application_name = any($2) or datname = any($3)
      or coalesce(host(client_addr), '[local]') = any($4) as ignored
  from pg_catalog.pg_stat_activity where ${CLIENTS}
)
select
  count(*) filter (where not ignored)::int as sessions,
  count(*) filter (where not ignored and not idle)::int as active,
  count(*) filter (where ignored and not idle)::int as ignored_active,
  (select who from clients where not ignored order by idle, state_change desc nulls last limit 1) as latest,
  extract(epoch from max(state_change) filter (where not ignored))::float8 * 1000 as last_change,
  sum(hashtext(pid || ' ' || state_change)) filter (where not ignored)::text as fingerprint,
  ${everOf('active_time', isCounted)} as active_ms,
  ${everOf('sessions', isCounted)} as sessions_ever,
  (select string_agg(application_name || ' (' || state || ')', ', ') from pg_catalog.pg_stat_replication
    where state <> 'backup') as senders,
  (select count(*) from pg_catalog.pg_stat_progress_basebackup)::int as backups,
  (select count(*) from pg_catalog.pg_stat_wal_receiver)::int as receivers,
  (select string_agg(distinct subname::text, ', ') from pg_catalog.pg_stat_subscription where pid is not null) as subscriptions,
  (select string_agg(datname, ', ') from pg_catalog.pg_stat_activity where backend_type = 'autovacuum worker') as vacuums,
  case when current_setting('archive_mode') = 'off' then 0
    else (select count(*) from pg_catalog.pg_ls_archive_statusdir() where name like '%.ready') end::int as unarchived
from clients`;

interface ActivityRow {
  readonly sessions: number;
  readonly active: number;
  readonly ignored_active: number;
  readonly latest: string | null;
  readonly last_change: number | null;
  readonly fingerprint: string | null;
  readonly active_ms: number | null;
  readonly sessions_ever: number | null;
  readonly senders: string | null;
  readonly backups: number;
  readonly receivers: number;
  readonly subscriptions: string | null;
  readonly vacuums: string | null;
  readonly unarchived: number;
}

/** Raises POSTGRES_FAILED where there is no answer in time. */
export async function readActivity(session: AdminSession, spec: ClusterSpec): Promise<ClusterActivity> {
  const valuesOf = (field: IgnoreRule['field']): string[] =>
    spec.ignoreActivity.filter((rule) => rule.field === field).map(({ value }) => value);
  const [row] = await session.ask<ActivityRow>(ACTIVITY(spec.engine.major >= 14), PATIENCE_MS, [
    valuesOf('user'),
    // Who only looks on, from elsewhere, uses nothing.
    [...valuesOf('application'), APPLICATION_NAME],
    valuesOf('database'),
    valuesOf('host'),
  ]);
  if (row === undefined) throw new Error('an aggregate without a row');
  return {
    sessions: row.sessions,
    active: row.active,
    latest: row.latest,
    lastChangeMs: row.last_change,
    fingerprint: row.fingerprint,
    activeMs: row.active_ms,
    sessionsEver: row.sessions_ever,
    blockers: blockersOf(row),
  };
}

export async function readSessions(session: AdminSession): Promise<ClientSession[]> {
  return session.ask<ClientSession>(
    `select pid, coalesce(usename::text, '') as "user", coalesce(datname::text, '') as database,
      application_name as application, coalesce(host(client_addr), '[local]') as host,
      extract(epoch from backend_start)::float8 * 1000 as "startedAtMs"
    from pg_catalog.pg_stat_activity where ${CLIENTS} order by backend_start desc`,
    PATIENCE_MS,
  );
}

function blockersOf(row: ActivityRow): PauseBlocker[] {
  const blockers: (PauseBlocker | null)[] = [
    row.senders === null ? null : { kind: 'replication', detail: `replication to ${row.senders}` },
    row.receivers === 0 ? null : { kind: 'replication', detail: 'it is a standby that receives changes' },
    row.subscriptions === null
      ? null
      : { kind: 'replication', detail: `it subscribes to ${row.subscriptions}` },
    row.backups === 0 ? null : { kind: 'backup', detail: 'a backup is being taken' },
    row.vacuums === null ? null : { kind: 'autovacuum', detail: `autovacuum works in ${row.vacuums}` },
    row.unarchived === 0
      ? null
      : { kind: 'archiving', detail: `${row.unarchived} WAL files wait to be archived` },
    row.ignored_active === 0
      ? null
      : { kind: 'ignored-session', detail: `${row.ignored_active} ignored sessions run a statement` },
  ];
  return blockers.filter((blocker) => blocker !== null);
}
