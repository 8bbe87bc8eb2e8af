const FIRST_ROOM = 1024;

/**
 * Requests that had to wait because capacity was short, in the order in which they came. Work is CPU-seconds; a cohort is
 * what came in one stretch of time.
 */
export class RequestQueue {
  #work = new Float64Array(FIRST_ROOM);
  #atSeconds = new Float64Array(FIRST_ROOM);
  #requests = new Float64Array(FIRST_ROOM);
  #head = 0;
  #size = 0;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  push(work: number, requests: number, atSeconds: number): void {
    if (this.#size === this.#work.length) this.#grow();
    const slot = (this.#head + this.#size) % this.#work.length;
    this.#work[slot] = work;
    this.#requests[slot] = requests;
    this.#atSeconds[slot] = atSeconds;
    this.#size++;
  }

  /**
   * Does so much of the work, oldest first, at an even pace from `fromSeconds` on for `seconds`; tells how long each lot of
   * requests had waited.
   */
  serve(
    work: number,
    fromSeconds: number,
    seconds: number,
    onServed: (requests: number, waitedSeconds: number) => void,
  ): void {
    let done = 0;
    while (this.#size > 0 && done < work) {
      const slot = this.#head;
      const left = this.#work[slot] as number;
      const part = Math.min(left, work - done);
      const atSeconds = fromSeconds + ((done + part / 2) / work) * seconds;
      const requests = left > 0 ? ((this.#requests[slot] as number) * part) / left : 0;
      onServed(requests, Math.max(0, atSeconds - (this.#atSeconds[slot] as number)));
      done += part;
      // What rounding leaves of a cohort is none.
      if (left - part <= 1e-12 * left || left - part < 1e-12) {
        this.#head = (this.#head + 1) % this.#work.length;
        this.#size--;
      } else {
        this.#work[slot] = left - part;
        this.#requests[slot] = (this.#requests[slot] as number) - requests;
      }
    }
  }

  clear(): void {
    this.#size = 0;
  }

  #grow(): void {
    const unroll = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2);
      const first = from.subarray(this.#head);
      to.set(first);
      to.set(from.subarray(0, this.#head), first.length);
      return to;
    };
    this.#work = unroll(this.#work);
    this.#atSeconds = unroll(this.#atSeconds);
    this.#requests = unroll(this.#requests);
    this.#head = 0;
  }
}
