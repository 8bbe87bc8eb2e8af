import type { Moment } from '../../sentinel/protocol.ts';
import type { WakeReport } from '../fleet.ts';

/** What is known of the pauses of one database since the daemon started. */
export class PauseRecord {
  #paused: Moment | null = null;
  #pausedMs = 0;
  #wakes = 0;
  #lastWake: WakeReport | null = null;

  get pausedAtMs(): number | null {
    return this.#paused?.wallMs ?? null;
  }

  get wakes(): number {
    return this.#wakes;
  }

  get lastWake(): WakeReport | null {
    return this.#lastWake;
  }

  /** By the clock that nobody sets. */
  pausedSeconds(bootMs: number): number {
    const present = this.#paused === null ? 0 : Math.max(0, bootMs - this.#paused.bootMs);
    return (this.#pausedMs + present) / 1000;
  }

  slept(at: Moment): void {
    this.#paused = at;
  }

  /** Nobody woke it: it is gone. */
  ended(bootMs: number): void {
    this.#pausedMs = this.pausedSeconds(bootMs) * 1000;
    this.#paused = null;
  }

  woken(atMs: number, pausedMs: number, tookMs: number, cause: string): void {
    this.#paused = null;
    this.#pausedMs += pausedMs;
    this.#wakes++;
    this.#lastWake = { atMs, tookMs, pausedMs, cause };
  }

  /** The client is known by name a moment later. */
  rename(cause: string): void {
    if (this.#lastWake !== null) this.#lastWake = { ...this.#lastWake, cause };
  }
}
