import { about, aboutBlockingSql, at, isLock, lasted, shares } from '../evidence.ts';
import type { AnalysisInput, Blocker, PerPeriod, Stretch } from '../input.ts';
import type { Finding, FindingSeverity } from '../model.ts';
import { averageIn, clip, loadOf, partWhere, rankedIn, secondsIn } from '../parts.ts';
import type { Part } from '../parts.ts';
import { inParentheses, ownerOf } from '../owners.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { capitalise, count, duration, figure, sqlName } from '../wording.ts';

const LIMITS = THRESHOLDS.locks;

/** Sessions that waited for a lock which one session held: the root of the chain is named. */
export function lockChains(input: AnalysisInput): Finding[] {
  const known = input.blockers.flatMap((blocker) => judge(input, blocker)).slice(0, LIMITS.most);
  return [...known, ...unknownHolders(input)];
}

function judge(input: AnalysisInput, blocker: Blocker): Finding[] {
  const waiting = loadOf(input, [{ key: '', aas: blocker.waiting }]);
  // A chain is a matter of seconds, so a single period counts.
  const part = partWhere(input, (index) => (waiting[index] ?? 0) > 0, 0);
  if (part === null) return [];
  const waitedSeconds = secondsIn(input, waiting, part);
  if (waitedSeconds < LIMITS.leastWaitedSeconds) return [];
  const most = Math.max(1, Math.round(blocker.mostWaiting));
  const { fromMs, toMs } = extentOf(blocker, part);
  const lastedMs = Math.min(part.heldMs, toMs - fromMs);
  // Over the time in which any did, which may be a small part of a period.
  const meanWaiting = Math.min(most, (waitedSeconds * 1000) / Math.max(lastedMs, 1000));
  const root = rootOf(input, blocker, part);
  const state = root.isIdle ? ', which was idle in transaction' : '';
  return [
    {
      kind: 'lock-chain',
      severity: severityOf(most, waitedSeconds),
      title: `${capitalise(count(most, 'session'))} waited for ${root.name}${state}`,
      explanation: root.isIdle
        ? `It held its locks without doing anything, so nothing but its end lets the others go on. They waited ${duration(waitedSeconds * 1000)} in all.`
        : `It is the root of the chain: it waited for nobody itself. The others waited ${duration(waitedSeconds * 1000)} in all.`,
      evidence: [
        lasted({ ...part, heldMs: lastedMs }),
        { name: 'root blocker', value: root.name },
        { name: root.isIdle ? 'it ran last' : 'it ran', value: sqlName(blocker.sqlId, input.texts) },
        {
          name: 'waited at a time',
          value: `${count(most, 'session')} at most, ${figure(meanWaiting)} on average`,
        },
        { name: 'they waited for', value: shares(blocker.waits, 3) },
        ...blocker.waitingSql
          .slice(0, 2)
          .map(({ key }) => ({ name: 'blocked', value: sqlName(key, input.texts) })),
      ],
      advice: adviceOf(root),
      ...at({ fromMs, toMs }),
      aas: meanWaiting,
      about: [
        about('db.blocking_session', blocker.session, root.name),
        ...aboutBlockingSql(blocker.sqlId, input),
      ],
    },
  ];
}

function extentOf({ blocked }: Blocker, part: Part): Stretch {
  const [fromMs, toMs] = [clip(blocked.fromMs, part), clip(blocked.toMs, part)];
  return fromMs < toMs ? { fromMs, toMs } : part;
}

function severityOf(most: number, waitedSeconds: number): FindingSeverity {
  if (most >= LIMITS.highSessions || waitedSeconds >= LIMITS.highWaitedSeconds) return 'high';
  return most >= 2 ? 'medium' : 'low';
}

interface Root {
  readonly pid: number;
  /** `pid 4711 (app_shop, shop-admin)` */
  readonly name: string;
  readonly isIdle: boolean;
  /** Whether it still holds what the others waited for. */
  readonly now: 'there' | 'gone' | 'unknown';
}

function rootOf(input: AnalysisInput, blocker: Blocker, part: Part): Root {
  const pid = Number(blocker.session.split('@')[0]);
  if (pid === 0) return { pid, name: 'a prepared transaction', isIdle: false, now: 'unknown' };
  const session = stillThere(input, pid, blocker);
  const idle = idleWhile(input, blocker, part);
  const owner = session ?? ownerOf(idle ? input.idleOwners : input.activeOwners, blocker.sqlId);
  const gone = input.sessionsNow === null ? 'unknown' : 'gone';
  return {
    pid,
    name: `pid ${pid}${inParentheses(owner)}`,
    isIdle: idle || session?.state === 'idle in transaction',
    now: session === null ? gone : 'there',
  };
}

/** In the transaction that it was in then: a pid may be another session's by now. */
function stillThere({ sessionsNow, window }: AnalysisInput, pid: number, { blocked }: Blocker) {
  const found = sessionsNow?.find((session) => session.pid === pid);
  if (found === undefined || found.transactionMs === null) return null;
  return window.toMs - found.transactionMs <= blocked.toMs ? found : null;
}

/** The record knows of idle sessions by their last statement, which is the root's. */
function idleWhile(input: AnalysisInput, { sqlId, waiting }: Blocker, { periods }: Part): boolean {
  if (sqlId === '') return false;
  const idle = loadOf(input, input.idleInTransaction, (key) => key === sqlId);
  const blocked = periods.filter((index) => (waiting[index] ?? 0) > 0);
  const both = blocked.filter((index) => (idle[index] ?? 0) > 0);
  return both.length >= LIMITS.idleShare * blocked.length;
}

const END: Readonly<Record<Root['now'], (pid: number) => string>> = {
  there: (pid) => `End it, if it need not finish: SELECT pg_terminate_backend(${pid})`,
  gone: () => 'It has let go by now; see to it that it does not come again.',
  unknown: (pid) => `Should it still be there, end it: SELECT pg_terminate_backend(${pid})`,
};

function adviceOf({ pid, isIdle, now }: Root): string[] {
  if (pid === 0)
    return ['Find it in pg_prepared_xacts, and end it: COMMIT PREPARED or ROLLBACK PREPARED with its gid.'];
  const end = [END[now](pid)];
  if (!isIdle)
    return [
      ...end,
      'Commit sooner: split its work into shorter transactions, and run schema changes with lock_timeout set.',
    ];
  return [
    ...end,
    "Have the server end such sessions: ALTER ROLE ... SET idle_in_transaction_session_timeout = '30s'",
    'Commit before waiting for a person, another service or a queue.',
  ];
}

/** Waits for locks whose holder no look has caught: short ones, or too many to ask about. */
function unknownHolders(input: AnalysisInput): Finding[] {
  const locked = loadOf(input, input.waits, isLock);
  const told = input.coveredMs.map((_, index) =>
    input.blockers.reduce((sum, { waiting }) => sum + (waiting[index] ?? 0), 0),
  );
  const rest: PerPeriod = locked.map((load, index) =>
    load === null ? null : Math.max(0, load - (told[index] ?? 0)),
  );
  const part = partWhere(
    input,
    (index) =>
      (rest[index] ?? 0) >= LIMITS.leastUnknownAas && (rest[index] ?? 0) >= 0.5 * (locked[index] ?? 0),
  );
  if (part === null || secondsIn(input, rest, part) < LIMITS.leastWaitedSeconds) return [];
  const aas = averageIn(input, rest, part);
  const waits = rankedIn(
    input,
    input.waits.filter(({ key }) => isLock(key)),
    part,
  );
  return [
    {
      kind: 'lock-chain',
      severity: 'medium',
      title: `${figure(aas)} sessions waited for locks, held by sessions that changed all the time`,
      explanation: 'No look caught who held them: many short transactions want the same rows.',
      evidence: [lasted(part), { name: 'they waited for', value: shares(waits, 3) }],
      advice: [
        'Shorten the transactions that change the same rows, and let them change rows in the same order.',
        'Set log_lock_waits = on to have the server log who held a lock for longer than deadlock_timeout.',
      ],
      ...at(part),
      aas,
      about: waits.slice(0, 2).map(({ key }) => about('db.wait_event', key)),
    },
  ];
}
