import { TransportError } from '../../contracts.ts';

/** Places for those who follow live; each holds a connection open for long. */
export class LiveClients {
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns how to give the place back. Raises BUSY when all are taken. */
  enter(): () => void {
    if (this.#count >= this.#most) {
      throw new TransportError(
        'BUSY',
        `${this.#most} clients follow live already, which is the most; close one`,
      );
    }
    this.#count += 1;
    let inside = true;
    return () => {
      if (inside) this.#count -= 1;
      inside = false;
    };
  }
}
