import type { Blocking, ObservedSession } from '../engines/engine.ts';
import { DIMENSIONS } from './model.ts';
import type { Tuple } from './model.ts';
import { tupleOf } from './session-rules.ts';

/** Bounds memory: a cache this full starts anew. */
const MAX_TUPLES = 20_000;

/**
 * One object per distinct tuple, so that samples are summed up by identity. A session mostly does the same as a tick
 * ago, so its last tuple is tried first.
 */
export class TupleCache {
  readonly #tuples = new Map<string, Tuple>();
  readonly #lastOf = new Map<number, Tuple>();

  get(session: ObservedSession, waitEvent: string, sqlId: string, blocking: Blocking | undefined): Tuple {
    const isBlocked = blocking !== undefined && waitEvent.startsWith('Lock:');
    const blockingSession = isBlocked ? blocking.rootSession : '';
    const blockingSql = isBlocked ? blocking.rootSqlId : '';
    const last = this.#lastOf.get(session.pid);
    if (
      last !== undefined &&
      last['db.wait_event'] === waitEvent &&
      last['db.sql_tokenized'] === sqlId &&
      last['db.blocking_session'] === blockingSession &&
      last['db.blocking_sql'] === blockingSql &&
      isOf(last, session)
    ) {
      return last;
    }
    const tuple = this.#intern({
      ...tupleOf(session, waitEvent, sqlId),
      'db.blocking_session': blockingSession,
      'db.blocking_sql': blockingSql,
    });
    if (this.#lastOf.size >= MAX_TUPLES) this.#lastOf.clear();
    this.#lastOf.set(session.pid, tuple);
    return tuple;
  }

  /** The process has ended. */
  forget(pid: number): void {
    this.#lastOf.delete(pid);
  }

  #intern(tuple: Tuple): Tuple {
    let key = '';
    for (const dimension of DIMENSIONS) key += `${tuple[dimension]}\0`;
    const known = this.#tuples.get(key);
    if (known !== undefined) return known;
    if (this.#tuples.size >= MAX_TUPLES) this.#forgetAll();
    this.#tuples.set(key, tuple);
    return tuple;
  }

  #forgetAll(): void {
    this.#tuples.clear();
    this.#lastOf.clear();
  }
}

function isOf(tuple: Tuple, session: ObservedSession): boolean {
  return (
    tuple['db.user'] === session.user &&
    tuple['db.host'] === session.host &&
    tuple['db.name'] === session.database &&
    tuple['db.application'] === session.application &&
    tuple['db.session_type'] === session.type
  );
}
