const TOLERATED_STEP_MS = 2_000;

/** Compares the wall clock with the monotonic one: they part when the clock is set or the host was suspended. */
export class ClockWatch {
  #offsetMs: number;

  constructor(wallMs: number, monotonicMs: number) {
    this.#offsetMs = wallMs - monotonicMs;
  }

  /** By how much the wall clock has jumped since the last call; 0 for drift and slew. */
  takeStepMs(wallMs: number, monotonicMs: number): number {
    const offsetMs = wallMs - monotonicMs;
    const stepMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    return Math.abs(stepMs) > TOLERATED_STEP_MS ? stepMs : 0;
  }
}
