import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer, TargetStatus } from '../../daemon/observer.ts';
import { AirglowError, type ErrorCode } from '../../errors.ts';
import type { LoadTick } from '../../load/model.ts';

export interface MeasureOptions {
  readonly seconds: number;
  /** Ends the measurement early; what there is then counts. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface Progress {
  readonly seconds: number;
  readonly of: number;
  readonly last: LoadTick | undefined;
}

export interface Measurement {
  /** Oldest first, settled where they could settle. */
  readonly ticks: readonly LoadTick[];
  readonly texts: ReadonlyMap<string, string>;
  readonly status: TargetStatus;
  readonly requestedSeconds: number;
  /** From the first tick's start to the planned end, or to now when ended early. */
  readonly elapsedSeconds: number;
  readonly wasInterrupted: boolean;
}

const POLL_MS = 100;
/** The last ticks become final a few seconds after they were taken; longer than this they are not waited for. */
const SETTLE_MS = 10_000;

/** Observes for `seconds` and stops. Raises the error of the connection when not one tick could be had. */
export async function measure(observer: Observer, options: MeasureOptions): Promise<Measurement> {
  const recording = new Recording(observer, options.seconds);
  observer.start();
  try {
    while (!options.signal.aborted && !recording.isComplete(Date.now())) {
      recording.requireHope();
      options.onProgress(recording.progress());
      await sleep(POLL_MS);
    }
    const status = observer.status();
    const endedAtMs = Date.now();
    await observer.stop();
    return recording.result(status, endedAtMs, options.signal.aborted);
  } finally {
    recording.release();
    await observer.stop();
  }
}

class Recording {
  readonly #observer: Observer;
  readonly #seconds: number;
  readonly #texts = new Map<string, string>();
  readonly #ticks = new Map<number, LoadTick>();
  readonly #unsubscribe: () => void;
  #startMs: number | null = null;
  #last: LoadTick | undefined;
  #settledUntilMs = 0;

  constructor(observer: Observer, seconds: number) {
    this.#observer = observer;
    this.#seconds = seconds;
    this.#unsubscribe = observer.subscribe((message) => {
      if (message.kind === 'digests') for (const { id, text } of message.digests) this.#texts.set(id, text);
      if (message.kind === 'live') this.#take(message.tick, false);
      if (message.kind === 'settled') this.#take(message.tick, true);
    });
  }

  #take(tick: LoadTick, isSettled: boolean): void {
    this.#startMs ??= tick.atMs - tick.durationMs;
    this.#ticks.set(tick.atMs, tick);
    if (!isSettled) this.#last = tick;
    if (isSettled) this.#settledUntilMs = Math.max(this.#settledUntilMs, tick.atMs);
  }

  get #endMs(): number {
    return (this.#startMs ?? Number.POSITIVE_INFINITY) + this.#seconds * 1000;
  }

  /** A tick belongs to the period if most of it lies within. */
  #belongs(tick: LoadTick): boolean {
    return tick.atMs - tick.durationMs / 2 <= this.#endMs;
  }

  isComplete(nowMs: number): boolean {
    const halfTick = this.#observer.status().intervalMs / 2;
    if (this.#settledUntilMs >= this.#endMs - halfTick) return true;
    const isDown = this.#observer.status().connection !== 'connected';
    return nowMs > this.#endMs + (isDown ? 2 * halfTick : SETTLE_MS);
  }

  /** Before the first tick an error ends the measurement; later it is a gap. */
  requireHope(): void {
    const { lastError } = this.#observer.status();
    if (this.#startMs === null && lastError !== null) {
      throw new AirglowError(lastError.code as ErrorCode, lastError.message);
    }
  }

  progress(): Progress {
    const last = this.#last;
    const seconds = last === undefined || this.#startMs === null ? 0 : (last.atMs - this.#startMs) / 1000;
    return { seconds: Math.min(seconds, this.#seconds), of: this.#seconds, last };
  }

  result(status: TargetStatus, endedAtMs: number, wasInterrupted: boolean): Measurement {
    const ticks = [...this.#ticks.values()]
      .filter((tick) => this.#belongs(tick))
      .toSorted((a, b) => a.atMs - b.atMs);
    const start = this.#startMs;
    if (start === null || ticks.length === 0) {
      throw new AirglowError(
        'NO_ANSWER',
        `${status.address} gave no answer before the measurement was ended`,
      );
    }
    const elapsedSeconds = wasInterrupted
      ? Math.min((endedAtMs - start) / 1000, this.#seconds)
      : this.#seconds;
    const texts = new Map(this.#texts);
    return { ticks, texts, status, requestedSeconds: this.#seconds, elapsedSeconds, wasInterrupted };
  }

  release(): void {
    this.#unsubscribe();
  }
}
