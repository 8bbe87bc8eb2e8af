/** Values of a block: growing never copies, and what is reserved in vain is at most a block. */
const BLOCK = 131_072;

/** Numbers that come one by one, outside the heap: a column of a file whose length nobody knows yet. */
export class GrowingColumn<Numbers extends Float32Array | Float64Array> {
  readonly #make: (length: number) => Numbers;
  readonly #full: Numbers[] = [];
  #block: Numbers;
  #used = 0;

  constructor(make: (length: number) => Numbers) {
    this.#make = make;
    this.#block = make(BLOCK);
  }

  get length(): number {
    return this.#full.length * BLOCK + this.#used;
  }

  push(value: number): void {
    if (this.#used === BLOCK) {
      this.#full.push(this.#block);
      this.#block = this.#make(BLOCK);
      this.#used = 0;
    }
    this.#block[this.#used] = value;
    this.#used += 1;
  }

  /** All of them in one array. The column is empty afterwards, so that a long one is not there twice for long. */
  take(): Numbers {
    const all = this.#make(this.length);
    let at = 0;
    for (const block of this.#full.splice(0)) {
      all.set(block, at);
      at += BLOCK;
    }
    all.set(this.#block.subarray(0, this.#used), at);
    this.#block = this.#make(BLOCK);
    this.#used = 0;
    return all;
  }
}
