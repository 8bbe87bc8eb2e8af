/** Room for so many looks in a millisecond of the window: full looks come once a second, or a little more often. */
const LOOKS_PER_MS = 2 / 1000;

/**
 * The highest value of the last while. Keeps falling values with rising times in a ring: a new one makes all that are not
 * higher superfluous, so a look costs next to nothing however long the window is.
 */
export class SlidingMaximum {
  readonly #windowMs: number;
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  #first = 0;
  #count = 0;
  #highest = 0;

  constructor(windowMs: number) {
    const room = Math.ceil(windowMs * LOOKS_PER_MS) + 2;
    this.#windowMs = windowMs;
    this.#values = new Float64Array(room);
    this.#times = new Float64Array(room);
  }

  /** Times do not fall. */
  add(value: number, nowMs: number): void {
    const values = this.#values;
    let count = this.#count;
    while (count > 0 && (values[this.#place(count - 1)] ?? 0) <= value) count--;
    while (count > 0 && nowMs - (this.#times[this.#first] ?? 0) >= this.#windowMs) {
      this.#first = this.#place(1);
      count--;
    }
    // Where there is no room, the lowest is held a little longer than it should be.
    const place = this.#place(count === values.length ? count - 1 : count);
    if (count < values.length) values[place] = value;
    this.#times[place] = nowMs;
    this.#count = Math.min(count + 1, values.length);
    this.#highest = values[this.#first] ?? 0;
  }

  /** As of the last look; 0 before the first one. */
  get highest(): number {
    return this.#highest;
  }

  clear(): void {
    this.#count = 0;
    this.#highest = 0;
  }

  #place(index: number): number {
    const place = this.#first + index;
    return place < this.#values.length ? place : place - this.#values.length;
  }
}
