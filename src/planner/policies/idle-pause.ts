import type { Bounds, Seen } from '../model.ts';

/** Aurora and Neon both pause after so long unless told otherwise; the shortest that Aurora accepts. */
export const SHORTEST_AUTO_PAUSE_MS = 300_000;

/** Knows when nobody has used the database for so long that it may be paused. */
export class IdlePause {
  readonly isAllowed: boolean;
  readonly #afterMs: number;
  #quietSinceMs = Number.NaN;

  /** After what the bounds say, and `leastMs` at least: what the original can be set to. */
  constructor({ minAcu, autoPauseMs }: Bounds, leastMs: number = SHORTEST_AUTO_PAUSE_MS) {
    this.isAllowed = minAcu === 0 && autoPauseMs !== null;
    this.#afterMs = Math.max(autoPauseMs ?? 0, leastMs);
  }

  /** To be asked with every look. */
  isDue({ isActive, durationMs }: Seen, nowMs: number): boolean {
    if (!this.isAllowed) return false;
    if (isActive) this.#quietSinceMs = nowMs;
    else if (Number.isNaN(this.#quietSinceMs)) this.#quietSinceMs = nowMs - durationMs;
    return nowMs - this.#quietSinceMs >= this.#afterMs;
  }

  /** It is awake again: whoever woke it counts as activity. */
  restart(nowMs: number): void {
    this.#quietSinceMs = nowMs;
  }
}
