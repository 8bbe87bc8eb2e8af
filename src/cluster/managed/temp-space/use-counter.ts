import { setTimeout as sleep } from 'node:timers/promises';
import type { Turns } from '../turns.ts';
import { readTempUse } from './temp-files.ts';
import type { TempUse } from './temp-files.ts';

/** Of the time, at most, goes into counting files. */
const COUNTING_SHARE = 0.05;
/** Whoever looks waits no longer for a count that is under way: it may be one of hundreds of thousands of files. */
const WAIT_MS = 1_000;

/** Counts what is in the tablespace again and again, less often the longer it takes. */
export class UseCounter {
  #folder = '';
  #use: TempUse | null = null;
  #failure: unknown = null;
  #counting: Promise<void> | null = null;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #epoch = 0;

  /**
   * As of the last count; null before there is one. `turns` are those of the disk: should it hang, one count of all
   * databases does. Raises what the disk said.
   */
  async read(folder: string, turns: Turns): Promise<TempUse | null> {
    if (folder !== this.#folder) this.forget();
    this.#folder = folder;
    if (this.#counting === null && performance.now() >= this.#nextAtMs)
      this.#counting = turns
        .take(() => this.#count(folder, this.#epoch))
        .finally(() => {
          this.#counting = null;
        });
    if (this.#counting !== null) await inAWhile(this.#counting);
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    return this.#use;
  }

  /** What was counted is there no more. */
  forget(): void {
    this.#epoch++;
    this.#use = null;
    this.#failure = null;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
  }

  async #count(folder: string, epoch: number): Promise<void> {
    const beganMs = performance.now();
    const [use, failure] = await readTempUse(folder).then(
      (found) => [found, null] as const,
      (error: unknown) => [null, error] as const,
    );
    if (epoch !== this.#epoch) return;
    this.#use = use;
    this.#failure = failure;
    const endedMs = performance.now();
    this.#nextAtMs = endedMs + (endedMs - beganMs) / COUNTING_SHARE;
  }
}

async function inAWhile(work: Promise<void>): Promise<void> {
  const given = new AbortController();
  await Promise.race([work, sleep(WAIT_MS, undefined, { signal: given.signal }).catch(() => {})]);
  given.abort();
}
