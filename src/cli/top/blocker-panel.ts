import type { SessionNow } from '../../daemon/observer.ts';
import { labelOf, type SqlTexts } from '../dimensions.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { span, type Line } from '../terminal/paint.ts';
import { clean, cut } from '../terminal/text.ts';
import type { Frame, TopModel } from './model.ts';
import { BLOCKED, doing, statementOf } from './session-panel.ts';

interface Tree {
  readonly pid: number;
  readonly session: SessionNow | undefined;
  readonly waiting: readonly Tree[];
}

/** Who holds others up: the heads of the queues, with those who wait for them below. */
export function renderBlockers(model: TopModel, height: number, frame: Frame): readonly Line[] {
  const roots = blockingTrees(model.sessions);
  if (roots.length === 0) {
    return [
      [span(' blockers', { bold: true })],
      [span('         no session waits for a lock that another one holds', { dim: true })],
    ];
  }
  const lines = roots.flatMap((root) => treeLines(root, '', model.texts, frame));
  const shown = lines.slice(0, Math.max(0, height - 1));
  const waiting = roots.reduce((sum, root) => sum + countWaiting(root), 0);
  const more = lines.length > shown.length ? `, ${lines.length - shown.length} lines more` : '';
  const holders = roots.length === 1 ? '1 session holds' : `${roots.length} sessions hold`;
  const held = waiting === 1 ? 'one other' : `${waiting} others`;
  return [[span(` blockers: ${holders} up ${held}${more}`, { bold: true })], ...shown];
}

export function hasBlockers(model: TopModel): boolean {
  return model.sessions.some((session) => session.blockedByPid !== null);
}

/** The head of the longest queue, in a sentence; null where nobody waits. */
export function blockedText(model: TopModel): string | null {
  const [root] = blockingTrees(model.sessions);
  if (root === undefined) return null;
  const application = clean(root.session?.application ?? '');
  const count = countWaiting(root);
  const others = count === 1 ? 'one other' : `${count} others`;
  const who = application === '' ? `session ${root.pid}` : `session ${root.pid} (${application})`;
  return root.pid === 0
    ? `${stateOf(root, model.texts)} holds up ${others}`
    : `${who} holds up ${others}, ${stateOf(root, model.texts)}`;
}

function blockingTrees(sessions: readonly SessionNow[]): readonly Tree[] {
  const byPid = new Map(sessions.map((session) => [session.pid, session]));
  const waitingFor = new Map<number, SessionNow[]>();
  for (const session of sessions) {
    if (session.blockedByPid === null) continue;
    waitingFor.set(session.blockedByPid, [...(waitingFor.get(session.blockedByPid) ?? []), session]);
  }
  const grow = (pid: number, above: ReadonlySet<number>): Tree => ({
    pid,
    session: byPid.get(pid),
    // A deadlock is a circle until the server breaks it.
    waiting: (waitingFor.get(pid) ?? [])
      .filter((session) => !above.has(session.pid))
      .map((session) => grow(session.pid, new Set([...above, session.pid]))),
  });
  const heads = [...waitingFor.keys()].filter((pid) => (byPid.get(pid)?.blockedByPid ?? null) === null);
  const roots = heads.length > 0 ? heads : [...waitingFor.keys()].slice(0, 1);
  return roots
    .map((pid) => grow(pid, new Set([pid])))
    .toSorted((a, b) => countWaiting(b) - countWaiting(a) || a.pid - b.pid);
}

function countWaiting(tree: Tree): number {
  return tree.waiting.reduce((sum, child) => sum + 1 + countWaiting(child), 0);
}

function treeLines(tree: Tree, indent: string, texts: SqlTexts, frame: Frame): Line[] {
  const { session } = tree;
  const count = countWaiting(tree);
  const holds = count === 0 ? '' : `holds up ${count}, `;
  const facts = `${holds}${stateOf(tree, texts)}  `;
  const head = `${indent}${indent === '' ? ' ' : '└ '}${tree.pid} `;
  const text = session === undefined ? '' : statementOf(session, texts);
  return [
    [
      span(head, count > 0 ? { bold: true, fg: BLOCKED } : {}),
      span(facts, count > 0 ? { bold: true } : { dim: true }),
      span(cut(text, Math.max(0, frame.width - head.length - facts.length))),
    ],
    ...tree.waiting.flatMap((child) => treeLines(child, `${indent}   `, texts, frame)),
  ];
}

function stateOf({ pid, session }: Tree, texts: SqlTexts): string {
  if (session === undefined) return pid === 0 ? 'a prepared transaction without a session' : 'not visible';
  const since = session.state === 'idle in transaction' ? session.transactionMs : session.queryMs;
  const words = labelOf('db.wait_event', doing(session), texts);
  return since === null ? words : `${words} ${formatDuration(since)}`;
}
