import type { NameCache } from './name-cache.ts';
import type { StatementRow } from './statement-catalog.ts';
import type { ObservedSession, SessionState } from '../engine.ts';

/** A session as `sampleStatement` gives it. Times are milliseconds since 1970. */
export type SessionRow = readonly [
  pid: number,
  startedAtMs: number | null,
  leaderPid: number | null,
  type: string | null,
  state: string | null,
  waitEventType: string | null,
  waitEvent: string | null,
  queryStartedAtMs: number | null,
  transactionStartedAtMs: number | null,
  stateChangedAtMs: number | null,
  databaseOid: number | null,
  roleOid: number | null,
  application: string | null,
  address: string | null,
  port: number | null,
  ...StatementRow,
];

const DATABASE = 10;
const ROLE = 11;
const STATEMENT = 15;

export function statementOf(row: SessionRow): StatementRow {
  return row.slice(STATEMENT) as unknown as StatementRow;
}

export function databaseOf(row: SessionRow): number | null {
  return row[DATABASE];
}

export function roleOf(row: SessionRow): number | null {
  return row[ROLE];
}

export function toSession(row: SessionRow, sqlId: string, names: NameCache): ObservedSession {
  const [
    pid,
    startedAtMs,
    leaderPid,
    type,
    state,
    waitEventType,
    waitEvent,
    queryStartedAtMs,
    transactionStartedAtMs,
    stateChangedAtMs,
    database,
    role,
    application,
    address,
    port,
  ] = row;
  return {
    pid,
    // Only a session that this role may not look into has neither start nor type; it is a client's, or has no user.
    startedAtMs: startedAtMs ?? 0,
    leaderPid: leaderPid === pid ? null : leaderPid,
    type: type ?? (role === null ? '' : 'client backend'),
    state: stateOf(state),
    waitEventType,
    waitEvent,
    sqlId,
    queryStartedAtMs,
    transactionStartedAtMs,
    stateChangedAtMs,
    user: names.role(role),
    host: address ?? (port === null ? '' : '[local]'),
    database: names.database(database),
    application: application ?? '',
  };
}

function stateOf(state: string | null): SessionState {
  switch (state) {
    case 'active':
    case 'fastpath function call':
      return 'active';
    case 'idle':
    case 'starting':
      return state;
    case 'idle in transaction':
    case 'idle in transaction (aborted)':
      return 'idle in transaction';
    case null:
    default:
      return 'unknown';
  }
}
