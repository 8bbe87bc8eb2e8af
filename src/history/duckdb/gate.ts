/** Many may pass at a time, or one alone. Whoever wants to be alone goes before those who come later. */
export class Gate {
  #inside = 0;
  #isHeld = false;
  readonly #waiting: { readonly alone: boolean; readonly enter: () => void }[] = [];

  async together<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(false, work);
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(true, work);
  }

  async #pass<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ alone, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#isHeld = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && !this.#isHeld; next = this.#waiting[0]) {
      if (next.alone && this.#inside > 0) return;
      this.#waiting.shift();
      this.#inside++;
      this.#isHeld = next.alone;
      next.enter();
    }
  }
}
