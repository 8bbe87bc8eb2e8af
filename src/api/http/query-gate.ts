import { AirglowError } from '../../errors.ts';
import { TransportError } from '../contracts.ts';
import type { ApiLimits } from './api-parts.ts';

/** Lets a few questions at a time through to the history, so that many readers cannot hold up the recording. */
export class QueryGate {
  readonly #limits: ApiLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: ApiLimits) {
    this.#limits = limits;
  }

  /** Raises BUSY when too many wait already, NO_ANSWER when the history takes too long. */
  async run<T>(question: () => Promise<T>): Promise<T> {
    await this.#enter();
    const answer = question().finally(() => this.#leave());
    return await withTimeout(answer, this.#limits.queryTimeoutMs);
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#limits.runningQueries) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waitingQueries) {
      throw new TransportError(
        'BUSY',
        'too many questions are waiting for the history; ask again in a moment',
      );
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes straight to the next in line. A question that timed out keeps its place until it is done. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

async function withTimeout<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `the history did not answer within ${timeoutMs / 1000} s; ask for a shorter window or a longer period`;
      reject(new AirglowError('NO_ANSWER', message));
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    // When the timeout won, nobody else listens to a later failure.
    answer.catch(() => {});
  }
}
