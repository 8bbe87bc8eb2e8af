import type { RunSecond, RunSink } from '../model.ts';

/** Tells several what one run does. */
export class Tee implements RunSink {
  readonly #sinks: readonly RunSink[];

  constructor(sinks: readonly RunSink[]) {
    this.#sinks = sinks;
  }

  second(second: RunSecond): void {
    for (const sink of this.#sinks) sink.second(second);
  }

  change(fromAcu: number, toAcu: number, atMs: number): void {
    for (const sink of this.#sinks) sink.change(fromAcu, toAcu, atMs);
  }

  latency(requests: number, seconds: number): void {
    for (const sink of this.#sinks) sink.latency(requests, seconds);
  }
}
