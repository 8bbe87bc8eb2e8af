import { ProcessReader } from './process-reader.ts';

/** Counts processes that are on a processor or wait for one. Keeps descriptors open between two counts. */
export class RunnableCounter {
  readonly #reader = new ProcessReader();
  /** The round in which each process was seen last. */
  readonly #seen = new Map<number, number>();
  #round = 0;

  /** How many of these processes could run at this moment. Those that are gone, or no longer asked for, are forgotten. */
  count(pids: readonly number[]): number {
    this.#round++;
    let alive = 0;
    let runnable = 0;
    for (const pid of pids) {
      const state = this.#reader.state(pid);
      if (state === null) {
        this.#forget(pid);
        continue;
      }
      this.#seen.set(pid, this.#round);
      alive++;
      if (state === 'R') runnable++;
    }
    if (this.#seen.size > alive) this.#forgetUnasked();
    return runnable;
  }

  close(): void {
    this.#reader.close();
    this.#seen.clear();
  }

  #forgetUnasked(): void {
    for (const [pid, round] of this.#seen) if (round !== this.#round) this.#forget(pid);
  }

  #forget(pid: number): void {
    this.#reader.forget(pid);
    this.#seen.delete(pid);
  }
}
