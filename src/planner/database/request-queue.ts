const FIRST_ROOM = 1024;
/** A cohort is told in parts, since those that came first are served first. */
const LOTS = 4;

/**
 * Requests that had to wait because capacity was short, in the order in which they came. Work is CPU-seconds; a cohort is
 * what came evenly in one stretch of time.
 */
export class RequestQueue {
  #left = new Float64Array(FIRST_ROOM);
  #work = new Float64Array(FIRST_ROOM);
  #requests = new Float64Array(FIRST_ROOM);
  #atSeconds = new Float64Array(FIRST_ROOM);
  #seconds = new Float64Array(FIRST_ROOM);
  #head = 0;
  #size = 0;

  push(work: number, requests: number, atSeconds: number, seconds: number): void {
    if (this.#size === this.#work.length) this.#grow();
    const slot = (this.#head + this.#size) % this.#work.length;
    this.#left[slot] = work;
    this.#work[slot] = work;
    this.#requests[slot] = requests;
    this.#atSeconds[slot] = atSeconds;
    this.#seconds[slot] = seconds;
    this.#size++;
  }

  /**
   * Does so much of the work, oldest first, at an even pace from `atSeconds` on for `seconds`; tells how long each lot of
   * requests had waited.
   */
  serve(
    work: number,
    atSeconds: number,
    seconds: number,
    onServed: (requests: number, waitedSeconds: number) => void,
  ): void {
    let done = 0;
    while (this.#size > 0 && done < work) {
      const slot = this.#head;
      const left = this.#left[slot] as number;
      const part = Math.min(left, work - done);
      const cohort = this.#work[slot] as number;
      const came = (this.#atSeconds[slot] as number) + (1 - left / cohort) * (this.#seconds[slot] as number);
      const cameFor = (part / cohort) * (this.#seconds[slot] as number);
      const began = atSeconds + (done / work) * seconds;
      const tookSeconds = (part / work) * seconds;
      const requests = ((this.#requests[slot] as number) * part) / cohort / LOTS;
      for (let lot = 0; lot < LOTS; lot++) {
        const middle = (lot + 0.5) / LOTS;
        onServed(requests, Math.max(0, began + middle * tookSeconds - came - middle * cameFor));
      }
      done += part;
      // What rounding leaves of a cohort is none.
      if (left - part > 1e-12 * cohort && left - part > 1e-12) this.#left[slot] = left - part;
      else this.#drop();
    }
  }

  clear(): void {
    this.#size = 0;
  }

  #drop(): void {
    this.#head = (this.#head + 1) % this.#work.length;
    this.#size--;
  }

  #grow(): void {
    const unroll = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2);
      const first = from.subarray(this.#head);
      to.set(first);
      to.set(from.subarray(0, this.#head), first.length);
      return to;
    };
    this.#left = unroll(this.#left);
    this.#work = unroll(this.#work);
    this.#requests = unroll(this.#requests);
    this.#atSeconds = unroll(this.#atSeconds);
    this.#seconds = unroll(this.#seconds);
    this.#head = 0;
  }
}
