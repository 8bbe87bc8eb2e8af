import type { Blocking, EngineSample, EngineSession, ObservedSession } from '../../engines/engine.ts';

/** Asking who blocks whom takes the lock manager's locks: few at a time, and seldom. */
const MAX_WAITERS = 50;
const INTERVAL_MS = 5_000;

/** Knows the blockers of sessions that wait for a lock; an answer serves for as long as the session goes on waiting. */
export class BlockingWatch {
  #known = new Map<number, Blocking>();
  /** What each session was doing when it was asked about. */
  #askedOf = new Map<number, string>();
  #nextAtMs = 0;

  /** Sessions in somebody's way: wanted whatever their state, since an idle one may hold a lock, too. */
  get blockers(): readonly number[] {
    return [...blockersOf(this.#known)];
  }

  async update(
    session: EngineSession,
    sample: EngineSample,
    nowMs: number,
  ): Promise<ReadonlyMap<number, Blocking>> {
    const waits = new Map(
      sample.sessions
        .filter((s) => s.state === 'active' && s.waitEventType === 'Lock')
        .map((s) => [s.pid, waitOf(s)]),
    );
    for (const pid of this.#known.keys()) if (!waits.has(pid)) this.#forget(pid);
    // One that waits for something else by now has its old answer until there is a new one.
    const unknown = [...waits.keys()].filter((pid) => !this.#known.has(pid));
    const changed = [...this.#known.keys()].filter((pid) => this.#askedOf.get(pid) !== waits.get(pid));
    const asked = [...unknown, ...changed].slice(0, MAX_WAITERS);
    if (asked.length === 0 || nowMs < this.#nextAtMs) return this.#known;
    this.#nextAtMs = nowMs + INTERVAL_MS;
    const answers = await session.blockers(asked);
    for (const pid of asked) this.#forget(pid);
    for (const blocking of answers) {
      this.#known.set(blocking.waitingPid, blocking);
      this.#askedOf.set(blocking.waitingPid, waits.get(blocking.waitingPid) ?? '');
    }
    return this.#known;
  }

  #forget(pid: number): void {
    this.#known.delete(pid);
    this.#askedOf.delete(pid);
  }
}

/** Who is in the way of others, heads of queues included; a prepared transaction has no session. */
export function blockersOf(blocking: ReadonlyMap<number, Blocking>): ReadonlySet<number> {
  const pids = [...blocking.values()].flatMap(({ blockingPid, rootPid }) => [blockingPid, rootPid]);
  return new Set(pids.filter((pid) => pid !== 0));
}

/** Changes when it waits for another thing, mostly: what it waits in, and since when the statement has run. */
function waitOf({ waitEvent, queryStartedAtMs }: ObservedSession): string {
  return `${waitEvent ?? ''} ${queryStartedAtMs ?? ''}`;
}
