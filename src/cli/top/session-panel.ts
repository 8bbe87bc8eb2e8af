import type { SessionNow } from '../../daemon/observer.ts';
import { labelOf, type SqlTexts } from '../dimensions.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { span, type Hue, type Line } from '../terminal/paint.ts';
import { clean, cut, fit, fitRight } from '../terminal/text.ts';
import { marksOf, type Mark } from '../terminal/wait-hues.ts';
import type { Frame, TopModel } from './model.ts';

const WAIT_WIDTH = 22;
export const BLOCKED: Hue = { c256: 203, c16: 91 };

/** Sessions as the last tick saw them: blockers of others first, then by load, then the longest statement. */
export function renderSessions(model: TopModel, height: number, frame: Frame): readonly Line[] {
  const wide = frame.width >= 100;
  const who = wide ? 26 : 14;
  const heading = ` ${fitRight('pid', 7)}  ${fit('doing', WAIT_WIDTH)} ${fitRight('for', 12)}  ${fit('user, database', who)} statement`;
  const blockers = new Set(model.sessions.map((session) => session.blockedByPid));
  const sessions = model.sessions
    .filter((session) => session.state !== 'idle')
    .toSorted((a, b) => rank(b, blockers) - rank(a, blockers) || (b.queryMs ?? 0) - (a.queryMs ?? 0));
  const rows = sessions.slice(0, Math.max(0, height - 1));
  const marks = marksOf('db.wait_event', [...new Set(sessions.map(doing))]);
  const body = rows.map((session) => sessionLine(session, marks, model.texts, who, frame));
  const title: Line = [span(heading, { dim: true })];
  if (rows.length === 0) return [title, [span('         no session is doing anything', { dim: true })]];
  return [title, ...body];
}

function rank(session: SessionNow, blockers: ReadonlySet<number | null>): number {
  const heads = blockers.has(session.pid) ? (session.blockedByPid === null ? 4 : 2) : 0;
  return heads + session.load;
}

/** What a session does, in the words of `db.wait_event`, or its state where that says more. */
export function doing(session: SessionNow): string {
  return session.state === 'idle in transaction' ? session.state : session.waitEvent;
}

function sessionLine(
  session: SessionNow,
  marks: readonly Mark[],
  texts: SqlTexts,
  whoWidth: number,
  frame: Frame,
): Line {
  const mark = marks.find((candidate) => candidate.key === doing(session));
  const blocked = session.blockedByPid === null ? '' : `◄ ${session.blockedByPid} `;
  const since = session.state === 'idle in transaction' ? session.transactionMs : session.queryMs;
  const who = `${clean(session.user)}, ${clean(session.database)}`;
  const left = 7 + 1 + 2 + WAIT_WIDTH + 1 + 12 + 2 + whoWidth + 1;
  return [
    span(` ${fitRight(String(session.pid), 7)}  `),
    span(fit(labelOf('db.wait_event', doing(session), texts), WAIT_WIDTH), { fg: mark?.hue }),
    span(` ${fitRight(since === null ? '' : formatDuration(since), 12)}  `),
    span(`${fit(who, whoWidth)} `),
    span(blocked, { fg: BLOCKED, bold: true }),
    span(cut(statementOf(session, texts), Math.max(0, frame.width - left - blocked.length))),
  ];
}

export function statementOf(session: SessionNow, texts: SqlTexts): string {
  return session.sqlId === ''
    ? `(${clean(session.type)})`
    : labelOf('db.sql_tokenized', session.sqlId, texts);
}
