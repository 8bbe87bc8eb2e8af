import { AirglowError } from '../../errors.ts';
import { wholePages } from './group-parts.ts';
import type { MemoryControl } from './group-parts.ts';
import { lowerMemory } from './lower-memory.ts';

/**
 * Sets the limit one call after the other. To lower it may take many seconds, and a database that needs memory
 * meanwhile must not wait for that: a later call makes an earlier one stop at its next step.
 */
export class MemoryLimit {
  readonly #control: MemoryControl;
  readonly #pageBytes: number;
  #turn = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(control: MemoryControl, pageBytes: number) {
    this.#control = control;
    this.#pageBytes = pageBytes;
  }

  /** Resolves to what the kernel was told, in whole pages. Raises LIMIT_REFUSED, MEMORY_IN_USE, GROUP_GONE. */
  set(bytes: number | null): Promise<number | null> {
    const turn = ++this.#turn;
    const wanted = bytes === null ? null : wholePages(bytes, this.#pageBytes);
    const setting = this.#last.then(async () => {
      await this.#apply(wanted, () => this.#stopIfOvertaken(turn));
      return wanted;
    });
    this.#last = setting.catch(() => {});
    return setting;
  }

  async #apply(wanted: number | null, onStep: () => void): Promise<void> {
    onStep();
    const before = this.#control.limitBytes();
    if (before === wanted) return;
    const isLowered = wanted !== null && (before === null || wanted < before);
    if (isLowered) await lowerMemory(this.#control, wanted, this.#pageBytes, onStep);
    else await this.#control.setLimit(wanted);
  }

  #stopIfOvertaken(turn: number): void {
    if (turn === this.#turn) return;
    throw new AirglowError(
      'LIMIT_REFUSED',
      'Another memory limit was asked for before this one was in force: that one is being set.',
    );
  }
}
