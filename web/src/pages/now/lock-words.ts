import { formatMs } from '../../format/numbers.ts';
import type { LockNode, LockTree } from './lock-forest.ts';
import type { SessionRow } from './session-rows.ts';

/** `app_admin from 10.0.0.3 (shop-admin)`, as far as it is known. */
export function whoText({ user, host, application, type }: SessionRow): string {
  const from = host === '' ? '' : ` from ${host}`;
  const by = application === '' ? '' : ` (${application})`;
  return `${user === '' ? type : user}${from}${by}`;
}

/** What a session does: `idle in transaction for 18 s`. */
export function stateText({ state, queryMs, transactionMs, blockedByPid, waitMs }: SessionRow): string {
  if (blockedByPid !== null) return `waits${forText(waitMs)} itself`;
  if (state.startsWith('idle in transaction')) return `${state}${forText(transactionMs)}`;
  if (state === 'active') return `at work${forText(queryMs)}`;
  return state === 'idle' ? 'idle, holding a lock of its session' : state;
}

/** Who is at the root: what is known of it, in a sentence's beginning. */
export function rootText({ pid, session }: LockNode<SessionRow>): {
  readonly name: string;
  readonly rest: string;
} {
  if (pid === 0) return { name: 'A prepared transaction', rest: 'which no session holds any more' };
  if (session === null) return { name: `pid ${pid}`, rest: 'of which nothing else is known' };
  return { name: `pid ${pid}`, rest: `${whoText(session)}, ${stateText(session)}` };
}

export function heldUpText({ heldUp, isCircle }: LockTree<SessionRow>): string {
  const sessions = heldUp === 1 ? '1 session' : `${heldUp} sessions`;
  return isCircle
    ? `waits in a circle with ${sessions}: a deadlock, which the server ends by itself`
    : `holds up ${sessions}`;
}

/** What to do about a root, where there is something to do. */
export function adviceText({ pid, session, isCircle }: LockTree<SessionRow>): string | null {
  if (isCircle) return null;
  if (pid === 0)
    return 'COMMIT PREPARED or ROLLBACK PREPARED lets the others go on; pg_prepared_xacts lists it.';
  if (session?.state.startsWith('idle in transaction') === true) {
    return `It does nothing and keeps its locks until its application commits. SELECT pg_terminate_backend(${pid}) ends it.`;
  }
  return null;
}

function forText(durationMs: number | null): string {
  return durationMs === null ? '' : ` for ${formatMs(durationMs)}`;
}
