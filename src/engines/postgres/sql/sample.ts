import type { Statement } from '../link.ts';

/** What the statements that read sessions must know of the server. */
export interface ActivityTraits {
  readonly versionNumber: number;
  readonly trackActivityQuerySize: number;
  /** Our role's oid: its sessions named airglow are samplers and no load. */
  readonly ownRole: number;
  readonly activeTime: boolean;
}

/** What the server shows of sessions that a role may not look into. */
const HIDDEN = `'<insufficient privilege>'`;

/** A row of a hidden session has no backend_type, but the database and the role of a client. */
const IS_CLIENT = `coalesce(s.backend_type = 'client backend',
    s.query = ${HIDDEN} and s.datid <> 0 and s.usesysid is not null)`;

/** A character that the cut would have split is left out whole, so a cut text can be three bytes shorter. */
const CUT_SLACK_BYTES = 4;

/**
 * One row, whatever goes on: count of client sessions, hidden ones among them, active time of all databases, and the
 * sessions looked at as a JSON array of arrays, as `SessionRow` says.
 *
 * pg_stat_get_activity is read once, without the view's joins; aggregating to JSON costs server and client less than rows
 * do. Leaders and their workers are thinned together, so that a worker finds its leader's statement.
 *
 * $1 pids wanted whatever their state, $2 thinning, $3 which part of it, $4 statement keys whose text is known
 */
export function sampleStatement(traits: ActivityTraits): Statement {
  const activeTime = traits.activeTime ? '(select sum(active_time) from pg_stat_database)' : 'null';
  return {
    name: 'airglow_sample',
    text: `
select count(*) filter (where ${IS_CLIENT}),
  count(*) filter (where ${IS_CLIENT} and s.query = ${HIDDEN}),
  ${activeTime}::float8,
  coalesce(json_agg(${sessionRow(traits)}) filter (
    where (s.state is distinct from 'idle' or s.pid = any($1::int[]))
      and abs(hashint4(coalesce(s.leader_pid, s.pid))::int8) % $2::int = $3::int), '[]')
from pg_stat_get_activity(null) s
where s.pid <> pg_backend_pid()
  and not (s.application_name = 'airglow' and s.usesysid is not distinct from ${traits.ownRole}::oid)`,
  };
}

/** The given pids' statements: $1 pids, $2 keys whose text is known. Rows: pid, start, and the parts of `StatementRow`. */
export function statementsOf(traits: ActivityTraits): Statement {
  return {
    name: 'airglow_statements_of',
    text: `
select s.pid, ${milliseconds('backend_start')}::float8, json_build_array(${statementParts(traits, '$2')})
from pg_stat_get_activity(null) s where s.pid = any($1::int[])`,
  };
}

function sessionRow(traits: ActivityTraits): string {
  return `json_build_array(s.pid, ${milliseconds('backend_start')}, s.leader_pid, s.backend_type, s.state,
    s.wait_event_type, s.wait_event, ${milliseconds('query_start')}, ${milliseconds('xact_start')},
    ${milliseconds('state_change')}, s.datid::int8, s.usesysid::int8, s.application_name, host(s.client_addr), s.client_port,
    ${statementParts(traits, '$4')})`;
}

/**
 * The key is the server's id of the statement in its database, or a hash of the text where there is none. The text
 * comes only with a key that is not among the known ones.
 */
function statementParts(traits: ActivityTraits, known: string): string {
  const queryId = traits.versionNumber >= 140_000 ? 's.query_id' : 'null::int8';
  const key = `case when s.query <> '' and s.query <> ${HIDDEN} then
      coalesce(nullif(${queryId}, 0) # (coalesce(s.datid, 0)::int8 << 32), hashtextextended(s.query collate "C", 0)) end`;
  const isNew = `(${key}) <> all(${known}::int8[])`;
  return `(${key})::text, case when ${isNew} then s.query end, case when ${isNew} then (${queryId})::text end,
    octet_length(s.query) >= ${traits.trackActivityQuerySize - CUT_SLACK_BYTES}`;
}

function milliseconds(column: string): string {
  return `floor(date_part('epoch', s.${column}) * 1000)::int8`;
}
