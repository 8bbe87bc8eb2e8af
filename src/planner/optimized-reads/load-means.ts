import type { RunSecond, RunSink } from '../model.ts';

/** Mean sessions of a run by what they waited for. */
export class LoadMeans implements RunSink {
  #seconds = 0;
  #running = 0;
  #waiting = 0;
  #storage = 0;
  #tier = 0;
  #locks = 0;

  second({ running, waiting, ioSessions, tierSessions, lockSessions }: RunSecond): void {
    this.#seconds += 1;
    this.#running += running;
    this.#waiting += waiting;
    this.#storage += ioSessions;
    this.#tier += tierSessions;
    this.#locks += lockSessions;
  }

  change(): void {}

  latency(): void {}

  finish(): Readonly<Record<'running' | 'waiting' | 'io' | 'tier' | 'locks', number>> {
    const mean = (sum: number): number => (this.#seconds > 0 ? sum / this.#seconds : 0);
    return {
      running: mean(this.#running),
      waiting: mean(this.#waiting),
      io: mean(this.#storage),
      tier: mean(this.#tier),
      locks: mean(this.#locks),
    };
  }
}
