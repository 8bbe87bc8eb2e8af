import type { Blocking, EngineSample, EngineSession } from '../../engines/engine.ts';

/** Asking who blocks whom takes the lock manager's locks: few at a time, and seldom. */
const MAX_WAITERS = 50;
const INTERVAL_MS = 5_000;

/** Knows the blockers of sessions that wait for a lock; an answer serves for as long as the session goes on waiting. */
export class BlockingWatch {
  #known = new Map<number, Blocking>();
  #nextAtMs = 0;

  async update(
    session: EngineSession,
    sample: EngineSample,
    nowMs: number,
  ): Promise<ReadonlyMap<number, Blocking>> {
    const waiting = sample.sessions
      .filter((s) => s.state === 'active' && s.waitEventType === 'Lock')
      .map((s) => s.pid);
    const stillWaiting = new Set(waiting);
    for (const pid of this.#known.keys()) if (!stillWaiting.has(pid)) this.#known.delete(pid);
    const unknown = waiting.filter((pid) => !this.#known.has(pid));
    if (unknown.length === 0 || nowMs < this.#nextAtMs) return this.#known;
    this.#nextAtMs = nowMs + INTERVAL_MS;
    for (const blocking of await session.blockers(unknown.slice(0, MAX_WAITERS))) {
      this.#known.set(blocking.waitingPid, blocking);
    }
    return this.#known;
  }
}
