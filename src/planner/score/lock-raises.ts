import type { RunSecond, RunSink } from '../model.ts';

/** The most capacity of each second of a run, 4 bytes a second: what a policy does where nobody waits for locks. */
export class CapacityTimeline implements RunSink {
  readonly #mostAcu: Float32Array;
  #changedToAcu = 0;

  constructor(seconds: number) {
    this.#mostAcu = new Float32Array(seconds);
  }

  second(second: RunSecond): void {
    this.#mostAcu[second.index] = Math.max(this.#changedToAcu, second.capacityAcu, second.endCapacityAcu);
    this.#changedToAcu = 0;
  }

  change(_fromAcu: number, toAcu: number): void {
    this.#changedToAcu = Math.max(this.#changedToAcu, toAcu);
  }

  latency(): void {}

  /** Around a second: its neighbours count too, since a decision on the border may be told in either. */
  mostAround(index: number): number {
    const mostAcu = this.#mostAcu;
    return Math.max(mostAcu[index - 1] ?? 0, mostAcu[index] ?? 0, mostAcu[index + 1] ?? 0);
  }
}

/**
 * Counts raises that waiting for locks caused. A policy is run twice on a trace: first with nobody waiting for locks,
 * into a {@link CapacityTimeline}, then as it is, into this. A raise counts if somebody waited for a lock in its second
 * or the one before, and it led above what the policy had at that time without the waiters. Only the first run is kept;
 * the second one streams by.
 */
export class LockRaises implements RunSink {
  readonly #withoutWaiters: CapacityTimeline;
  #isWaiting = false;
  #above = 0;
  #count = 0;

  constructor(withoutWaiters: CapacityTimeline) {
    this.#withoutWaiters = withoutWaiters;
  }

  second({ lockSessions }: RunSecond): void {
    if (lockSessions > 0 || this.#isWaiting) this.#count += this.#above;
    this.#isWaiting = lockSessions > 0;
    this.#above = 0;
  }

  change(fromAcu: number, toAcu: number, atMs: number): void {
    // A wake is no scale-up: whoever asks for a lock is a client like any other.
    if (toAcu <= fromAcu || fromAcu === 0) return;
    if (toAcu > this.#withoutWaiters.mostAround(Math.floor(atMs / 1000))) this.#above += 1;
  }

  latency(): void {}

  get count(): number {
    return this.#isWaiting ? this.#count + this.#above : this.#count;
  }
}
