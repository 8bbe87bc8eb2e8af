import type { SessionState } from '../engines/engine.ts';

/**
 * What sleeping sessions sleep in. A session that slept at the start of a tick and has run and changed its state
 * before the database answered may have been in a statement then, between two statements of a transaction, or idle.
 * It counts in the proportion in which the sessions that sleep at the time of the answer are found in these states.
 */
export class Sleepers {
  readonly #halfLifeMs: number;
  #inStatement = 0;
  #inTransaction = 0;
  #idle = 0;
  #atMs = 0;

  constructor(halfLifeMs = 20_000) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** Sessions of one tick that were working lately and sleep now. */
  add(states: Iterable<SessionState>, nowMs: number): void {
    const factor = 0.5 ** (Math.max(0, nowMs - this.#atMs) / this.#halfLifeMs);
    this.#atMs = nowMs;
    this.#inStatement *= factor;
    this.#inTransaction *= factor;
    this.#idle *= factor;
    for (const state of states) {
      if (state === 'active') this.#inStatement++;
      else if (state === 'idle in transaction') this.#inTransaction++;
      else this.#idle++;
    }
  }

  shares(): { readonly inStatement: number; readonly inTransaction: number } {
    const total = this.#inStatement + this.#inTransaction + this.#idle;
    if (total === 0) return { inStatement: 0, inTransaction: 0 };
    return { inStatement: this.#inStatement / total, inTransaction: this.#inTransaction / total };
  }
}
