import type { ObservedSession } from '../engines/engine.ts';
import { CPU, PAGE_FAULT, TIER_READ, UNSEEN_WAIT } from './model.ts';
import type { Tuple } from './model.ts';

/** Types of processes that do the work of a client. The rest is background: recorded, but not on the AAS line. */
const CLIENT_TYPES: ReadonlySet<string> = new Set(['client backend', 'parallel worker']);

export function isClientType(type: string): boolean {
  return CLIENT_TYPES.has(type);
}

export function isClientSession(session: ObservedSession): boolean {
  return isClientType(session.type);
}

export function sessionKey(session: ObservedSession): string {
  return `${session.pid}@${session.startedAtMs}`;
}

/** Sessions that share their habits: see StatementMix. */
export function peersKey(session: ObservedSession): string {
  return `${session.user}\0${session.application}\0${session.database}`;
}

export function tupleOf(session: ObservedSession, waitEvent: string, sqlId = session.sqlId): Tuple {
  return {
    'db.wait_event': waitEvent,
    'db.sql_tokenized': sqlId,
    'db.user': session.user,
    'db.host': session.host,
    'db.name': session.database,
    'db.application': session.application,
    'db.session_type': session.type,
    'db.blocking_session': '',
    'db.blocking_sql': '',
  };
}

/** A server process that waits for something to do is not working, whatever its state column says. */
function isIdleWait(session: ObservedSession): boolean {
  return session.waitEventType === 'Activity';
}

/** Has submitted work, or is a server process that reports what it waits for. */
export function isActive(session: ObservedSession): boolean {
  if (isIdleWait(session)) return false;
  if (isClientSession(session)) return session.state === 'active';
  return session.state === 'active' || session.waitEventType !== null;
}

/** `Type:Event`, or null for a session that waits for nothing the server knows of. */
export function waitEventOf(session: ObservedSession): string | null {
  return session.waitEventType === null ? null : `${session.waitEventType}:${session.waitEvent ?? ''}`;
}

/**
 * Two looks at a session's process: at the start of the tick, a moment of our choosing, and when the database had
 * answered. A starved server answers when it gets to run, which is no fair moment to judge its sessions by.
 */
export interface ProcessLook {
  /** State letter at the start of the tick; null where it was not read. */
  readonly atStart: string | null;
  /** At the start it slept for a page that comes back from swap. */
  readonly readsTier: boolean;
  /** State letter after the answer; null where the process was gone. */
  readonly atAnswer: string | null;
  readonly startedAtMs: number;
  /** It has been on a processor between the two looks. */
  readonly hasRunSince: boolean;
}

export function isRunnable(look: ProcessLook | undefined): boolean {
  return look?.atStart === 'R' || look?.atAnswer === 'R';
}

/** What a session did at the instant it is judged at; CPU time is not judged here, the kernel accounts for it. */
export type Verdict =
  | { readonly kind: 'wait'; readonly waitEvent: string }
  | { readonly kind: 'idle in transaction' }
  /** It slept, but in which state the database cannot tell any more: see Sleepers. */
  | { readonly kind: 'slept'; readonly waitEvent: string }
  | { readonly kind: 'nothing' };

const NOTHING: Verdict = { kind: 'nothing' };

/** Without the kernel view every active session counts, and no wait event means CPU. */
export function judgeBySample(session: ObservedSession): Verdict {
  if (session.state === 'idle in transaction') return { kind: 'idle in transaction' };
  return isActive(session) ? { kind: 'wait', waitEvent: waitEventOf(session) ?? CPU } : NOTHING;
}

/**
 * With the kernel view the instant is the start of the tick. The server leaves a wait event set while the session is
 * runnable again, so a wait counts only for a process that slept.
 */
export function judgeByProcess(session: ObservedSession, look: ProcessLook): Verdict {
  if (look.atStart === 'R') return NOTHING;
  const wasNotRead = look.atStart === null;
  if (wasNotRead && look.atAnswer === 'R') return NOTHING;
  // The kernel knows better than the server: a read of a file may well be waiting for the page that it reads into.
  const waitEvent = look.readsTier ? TIER_READ : waitEventOf(session);
  const hasChanged = look.hasRunSince && !isOlderThanLook(session, look);
  if (!wasNotRead && hasChanged && isClientSession(session))
    return { kind: 'slept', waitEvent: look.readsTier ? TIER_READ : slept(session) };
  if (session.state === 'idle in transaction') return { kind: 'idle in transaction' };
  if (!isActive(session)) return NOTHING;
  if (waitEvent !== null) return { kind: 'wait', waitEvent };
  if (look.atStart === 'D' || look.atAnswer === 'D') return { kind: 'wait', waitEvent: PAGE_FAULT };
  return !wasNotRead && look.hasRunSince ? { kind: 'wait', waitEvent: UNSEEN_WAIT } : NOTHING;
}

/** What it waits for now is the best guess at what it waited for then, unless it waits for its client now. */
function slept(session: ObservedSession): string {
  return (session.state === 'active' ? waitEventOf(session) : null) ?? UNSEEN_WAIT;
}

/** The session has been in its state since before the start of the tick. */
function isOlderThanLook(session: ObservedSession, look: ProcessLook): boolean {
  return session.stateChangedAtMs !== null && session.stateChangedAtMs <= look.startedAtMs;
}
