/** Who waits for whom. Every session waits for one other at most, which is why this is a forest, but for circles. */

export interface Waiting {
  readonly pid: number;
  /** 0 stands for a prepared transaction, which no session holds. */
  readonly blockedByPid: number | null;
  readonly waitMs: number | null;
}

export interface LockNode<Session extends Waiting> {
  readonly pid: number;
  /** Null where whoever blocks is not among the sessions. */
  readonly session: Session | null;
  /** Those who wait for it, the longest first. */
  readonly waiting: readonly LockNode<Session>[];
  /** All who wait for it, directly or behind others. */
  readonly heldUp: number;
}

export interface LockTree<Session extends Waiting> extends LockNode<Session> {
  /** Its root waits for one of its own: a deadlock, until the server ends it. */
  readonly isCircle: boolean;
}

/** The trees of those who wait and those who let them wait, the most held up first; every pid is in them once. */
export function lockForest<Session extends Waiting>(sessions: readonly Session[]): LockTree<Session>[] {
  const byPid = new Map(sessions.map((session) => [session.pid, session]));
  const waitingFor = new Map<number, Session[]>();
  for (const session of byPid.values()) {
    const { blockedByPid } = session;
    if (blockedByPid === null) continue;
    const queue = waitingFor.get(blockedByPid);
    if (queue === undefined) waitingFor.set(blockedByPid, [session]);
    else queue.push(session);
  }
  const seen = new Set<number>();
  const grow = (pid: number): LockNode<Session> => {
    seen.add(pid);
    const waiting = (waitingFor.get(pid) ?? [])
      .toSorted((a, b) => (b.waitMs ?? -1) - (a.waitMs ?? -1) || a.pid - b.pid)
      .flatMap((session) => (seen.has(session.pid) ? [] : [grow(session.pid)]));
    const heldUp = waiting.reduce((sum, node) => sum + 1 + node.heldUp, 0);
    return { pid, session: byPid.get(pid) ?? null, waiting, heldUp };
  };
  const isFree = (pid: number): boolean => (byPid.get(pid)?.blockedByPid ?? null) === null;
  const trees = [...waitingFor.keys()].filter(isFree).map((pid) => ({ ...grow(pid), isCircle: false }));
  for (const pid of waitingFor.keys()) {
    if (!seen.has(pid)) trees.push({ ...grow(memberOfCircle(pid, byPid)), isCircle: true });
  }
  return trees.toSorted((a, b) => b.heldUp - a.heldUp || a.pid - b.pid);
}

/** Whoever waits for a circle comes to it by going from blocker to blocker; its lowest pid, so that it stays the same. */
function memberOfCircle(pid: number, byPid: ReadonlyMap<number, Waiting>): number {
  const passed = new Set<number>();
  let at = pid;
  while (!passed.has(at)) {
    passed.add(at);
    at = byPid.get(at)?.blockedByPid ?? at;
  }
  const circle = [at];
  for (
    let next = byPid.get(at)?.blockedByPid ?? at;
    next !== at;
    next = byPid.get(next)?.blockedByPid ?? at
  ) {
    circle.push(next);
  }
  return Math.min(...circle);
}
