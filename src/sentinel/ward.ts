import type { ResourceGroup } from '../kernel/limits/resource-group.ts';
import type { Guarded } from './protocol.ts';
import { isThere } from './sleeper.ts';
import type { Sleeper } from './sleeper.ts';

interface Slept {
  readonly sleeper: Sleeper;
  /** Under which the sentinel watches it. */
  readonly key: number;
  readonly resumeAcu: number;
}

/** One database that the sentinel looks after. */
export class Ward {
  readonly group: ResourceGroup;
  #guarded: Guarded;
  #slept: Slept | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(group: ResourceGroup, guarded: Guarded) {
    this.group = group;
    this.#guarded = guarded;
  }

  get guarded(): Guarded {
    return this.#guarded;
  }

  /** Null while it is awake. */
  get sleeper(): Sleeper | null {
    return this.#slept?.sleeper ?? null;
  }

  /** It sleeps, and nobody else has thawed it. */
  get isAsleep(): boolean {
    return this.#slept !== null && this.group.isFrozen();
  }

  /** It was started anew, or its maximum was changed. */
  async become(guarded: Guarded): Promise<void> {
    this.#guarded = guarded;
  }

  isThere(): boolean {
    return isThere(this.group, this.#guarded);
  }

  slept(sleeper: Sleeper, key: number, resumeAcu: number): void {
    this.#slept = { sleeper, key, resumeAcu };
  }

  /** Of two that want to wake it only the first gets it. */
  woken(): Slept | null {
    const slept = this.#slept;
    this.#slept = null;
    return slept;
  }

  /** All limits to the most; false where it is not there any more. */
  async lift(): Promise<boolean> {
    if (!this.isThere()) return false;
    const { cpus, memoryBytes } = this.#guarded.most;
    await this.group.setCpus(cpus);
    await this.group.setMemoryBytes(memoryBytes);
    return true;
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
