import type { Statement } from '../link.ts';

/** First question on a connection; it must work on any version, to say which ones are supported. */
export const VERSION: Statement = {
  name: '',
  text: `select current_setting('server_version'), current_setting('server_version_num')::int`,
};

/** Whether statements have ids: this one has, or would have if the session did not keep its activity to itself. */
const QUERY_IDS = `own.query_id is not null
    or current_setting('track_activities') = 'off' and current_setting('compute_query_id') <> 'off'`;

/** One row of two JSON objects: what `EngineInfo` has of the server itself, and `RoleFacts` of server-probe.ts. */
export function describeServer(versionNumber: number): Statement {
  return {
    name: '',
    text: `
select json_build_object(
  'startedAtMs', floor(date_part('epoch', pg_postmaster_start_time()) * 1000)::int8,
  'backendPid', own.pid,
  'backendStartedAtMs', floor(date_part('epoch', own.backend_start) * 1000)::int8,
  'serverPort', (select setting::int from pg_settings where name = 'port'),
  'user', session_user,
  'database', current_database(),
  'trackActivityQuerySize', (select setting::int from pg_settings where name = 'track_activity_query_size'),
  'maxConnections', current_setting('max_connections')::int,
  'isStandby', pg_is_in_recovery()),
json_build_object(
  'oid', own.usesysid::int8,
  'quotedName', quote_ident(session_user),
  'queryIds', ${versionNumber >= 140_000 ? QUERY_IDS : 'false'},
  'tracksActivities', (select setting = 'on' or source = 'client' from pg_settings where name = 'track_activities'),
  'seesAll', pg_has_role('pg_read_all_stats', 'usage'))
from pg_stat_get_activity(pg_backend_pid()) own`,
  };
}

/** The schema that pg_stat_statements is installed in, in this database. */
export const STATEMENTS_SCHEMA: Statement = {
  name: '',
  text: `
select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'`,
};

/** Fails where the library is not loaded, the role may not call it, or the extension is of an older version. */
export function tryStatements(schema: string): Statement {
  return {
    name: '',
    text: `select queryid, total_exec_time from ${schema}.pg_stat_statements(false) limit 1`,
  };
}

/** Names of the databases ($1) and roles ($2) with these oids. */
export const NAMES: Statement = {
  name: 'airglow_names',
  text: `
select 'database', oid::int8::float8, datname::text from pg_database where oid = any($1::oid[])
union all
select 'role', oid::int8::float8, rolname::text from pg_roles where oid = any($2::oid[])`,
};
