import type { SessionRow } from './session-rows.ts';

/** A session at work, for tests. */
export function aSession(told: Partial<SessionRow> = {}): SessionRow {
  return {
    pid: 100,
    type: 'client backend',
    state: 'active',
    waitEvent: 'CPU:Running',
    sqlId: 'a'.repeat(16),
    sql: 'select 1',
    user: 'app',
    host: '10.0.0.3',
    database: 'shop',
    application: 'web',
    leaderPid: null,
    blockedByPid: null,
    lock: null,
    waitMs: null,
    queryMs: 10,
    transactionMs: 20,
    load: 1,
    ...told,
  };
}
