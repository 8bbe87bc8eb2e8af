/** The kernel counts every 5 s. */
const COUNT_MS = 5_000;
/** A count that comes a hair early, by a clock that is not exact, is still that count. */
const SLACK_MS = 50;

/**
 * A load average as Linux makes them: every 5 s, the number of tasks that run or wait for a processor is mixed into a mean
 * that forgets all but 1/e within its period.
 */
export class DampedLoad {
  readonly #kept: number;
  #load = 0;

  constructor(periodMs: number) {
    this.#kept = Math.exp(-COUNT_MS / periodMs);
  }

  count(tasks: number): void {
    this.#load = this.#load * this.#kept + tasks * (1 - this.#kept);
  }

  get load(): number {
    return this.#load;
  }

  clear(): void {
    this.#load = 0;
  }
}

/** Says when 5 s are over. */
export class CountClock {
  #coveredMs = 0;

  isDue(durationMs: number): boolean {
    this.#coveredMs += durationMs;
    if (this.#coveredMs < COUNT_MS - SLACK_MS) return false;
    this.#coveredMs = Math.max(0, this.#coveredMs - COUNT_MS);
    return true;
  }

  restart(): void {
    this.#coveredMs = 0;
  }
}
