import type { WakeReport } from '../fleet.ts';

/** What is known of the pauses of one database since the daemon started. */
export class PauseRecord {
  #pausedAtMs: number | null = null;
  #pausedMs = 0;
  #wakes = 0;
  #lastWake: WakeReport | null = null;

  get pausedAtMs(): number | null {
    return this.#pausedAtMs;
  }

  get wakes(): number {
    return this.#wakes;
  }

  get lastWake(): WakeReport | null {
    return this.#lastWake;
  }

  pausedSeconds(nowMs: number): number {
    const present = this.#pausedAtMs === null ? 0 : Math.max(0, nowMs - this.#pausedAtMs);
    return (this.#pausedMs + present) / 1000;
  }

  slept(atMs: number): void {
    this.#pausedAtMs = atMs;
  }

  woken(atMs: number, pausedMs: number, tookMs: number, cause: string): void {
    this.#pausedAtMs = null;
    this.#pausedMs += pausedMs;
    this.#wakes++;
    this.#lastWake = { atMs, tookMs, pausedMs, cause };
  }

  /** The client is known by name a moment later. */
  rename(cause: string): void {
    if (this.#lastWake !== null) this.#lastWake = { ...this.#lastWake, cause };
  }
}
