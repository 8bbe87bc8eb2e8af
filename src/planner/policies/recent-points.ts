/** The last few points of a metric, in a ring. */
export class RecentPoints {
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(most: number) {
    this.#values = new Float64Array(most);
  }

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#count = Math.min(this.#count + 1, this.#values.length);
  }

  /** `age` 0 is the newest; 0 where there is none so old. */
  at(age: number): number {
    if (age >= this.#count) return 0;
    const { length } = this.#values;
    return this.#values[(this.#next - 1 - age + 2 * length) % length] ?? 0;
  }

  /** The highest of all; 0 where there is none. Their order does not matter, so the ring is read as it lies. */
  highest(): number {
    let highest = this.#count === 0 ? 0 : (this.#values[0] ?? 0);
    for (let place = 1; place < this.#count; place++) highest = Math.max(highest, this.#values[place] ?? 0);
    return highest;
  }

  /** The lowest of the newest so many; 0 where there is none. */
  lowest(newest: number): number {
    let lowest = this.at(0);
    for (let age = 1; age < Math.min(newest, this.#count); age++) lowest = Math.min(lowest, this.at(age));
    return lowest;
  }

  /** Of all; 0 where there is none. */
  mean(): number {
    let sum = 0;
    for (let place = 0; place < this.#count; place++) sum += this.#values[place] ?? 0;
    return this.#count === 0 ? 0 : sum / this.#count;
  }

  clear(): void {
    this.#next = 0;
    this.#count = 0;
  }
}
