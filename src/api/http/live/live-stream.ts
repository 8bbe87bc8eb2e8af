import type { Dimension, LoadTick } from '../../../load/model.ts';
import type { LiveTick } from '../../contracts.ts';
import type { LiveInput, LiveSource } from './live-source.ts';
import { groupTick, tickLoad } from '../tick-load.ts';

export interface LiveStreamOptions {
  readonly source: LiveSource;
  readonly groupBy: readonly Dimension[];
  readonly version: string;
  readonly heartbeatMs: number;
  readonly stallMs: number;
  readonly closing: AbortSignal;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** Called once when the stream is over, whoever ended it. */
  readonly onEnd: () => void;
  /** Cuts the connection of a client that takes nothing. */
  readonly disconnect: () => void;
}

/** Of what comes every second only the newest matter; the rest is news. */
const MOST_WAITING: Readonly<Record<LiveInput['kind'], number>> = {
  tick: 64,
  decision: 64,
  event: 256,
  status: 256,
};
const KEYS_PER_DIMENSION = 20;

/**
 * Server-sent events of what observers see. The reader sets the pace: what it has not taken waits in a short queue,
 * older ticks give way to newer ones, and what was skipped is said. A reader that takes nothing is cut off.
 */
export function createLiveStream(options: LiveStreamOptions): ReadableStream<Uint8Array> {
  const feed = new LiveFeed(options);
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => feed.start(controller),
      pull: (controller) => feed.pull(controller),
      cancel: () => {
        feed.end();
      },
    },
    // Nothing is encoded ahead of the reader.
    { highWaterMark: 0 },
  );
}

class LiveFeed {
  readonly #options: LiveStreamOptions;
  readonly #encoder = new TextEncoder();
  #waiting: LiveInput[] = [];
  #skippedTicks = 0;
  #greeted = false;
  #wake: (() => void) | null = null;
  #heartbeatDue = false;
  #lastTakenMs: number;
  #ended = false;
  #release: () => void = () => {};

  constructor(options: LiveStreamOptions) {
    this.#options = options;
    this.#lastTakenMs = options.elapsed();
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { source, closing, heartbeatMs } = this.#options;
    const unsubscribe = source.subscribe((message) => this.#add(message));
    const timer = setInterval(() => this.#beat(controller), heartbeatMs);
    timer.unref();
    const close = (): void => {
      if (this.end()) controller.close();
    };
    closing.addEventListener('abort', close, { once: true });
    this.#release = () => {
      clearInterval(timer);
      closing.removeEventListener('abort', close);
      unsubscribe();
    };
    if (closing.aborted) close();
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    this.#lastTakenMs = this.#options.elapsed();
    for (;;) {
      if (this.#ended) return;
      const text = this.#next();
      if (text !== null) {
        controller.enqueue(this.#encoder.encode(text));
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Whether this call was the one that ended it. */
  end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#release();
    this.#waiting = [];
    this.#wakeUp();
    this.#options.onEnd();
    return true;
  }

  #add(message: LiveInput): void {
    this.#waiting.push(message);
    this.#dropOldest(message.kind);
    this.#wakeUp();
  }

  #dropOldest(kind: LiveInput['kind']): void {
    const count = this.#waiting.reduce((total, message) => total + (message.kind === kind ? 1 : 0), 0);
    if (count <= MOST_WAITING[kind]) return;
    this.#waiting.splice(
      this.#waiting.findIndex((message) => message.kind === kind),
      1,
    );
    if (kind === 'tick') this.#skippedTicks += 1;
  }

  #beat(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const stalled =
      this.#wake === null && this.#options.elapsed() - this.#lastTakenMs > this.#options.stallMs;
    if (!stalled) {
      this.#heartbeatDue = true;
      this.#wakeUp();
      return;
    }
    if (!this.end()) return;
    controller.close();
    this.#options.disconnect();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #next(): string | null {
    if (!this.#greeted) {
      this.#greeted = true;
      const { source, version } = this.#options;
      return `retry: 2000\n${encode('hello', { version, targets: source.targets() })}`;
    }
    if (this.#skippedTicks > 0) {
      const ticks = this.#skippedTicks;
      this.#skippedTicks = 0;
      return encode('skipped', { ticks });
    }
    const message = this.#waiting.shift();
    if (message !== undefined) return this.#encode(message);
    if (!this.#heartbeatDue) return null;
    this.#heartbeatDue = false;
    return ': heartbeat\n\n';
  }

  #encode(message: LiveInput): string {
    const { target } = message;
    switch (message.kind) {
      case 'tick':
        return encode('tick', this.#summarise(target, message.tick));
      case 'event':
        return encode('event', { target, ...message.event });
      case 'decision':
        return encode('decision', { target, ...message.decision });
      case 'status':
        return encode('status', { target, status: message.status });
    }
  }

  #summarise(target: string, tick: LoadTick): LiveTick {
    const { atMs, durationMs, source, state, thinning } = tick;
    const groups = this.#options.groupBy.map((dimension) => [
      dimension,
      groupTick(tick, dimension, KEYS_PER_DIMENSION),
    ]);
    return {
      target,
      atMs,
      durationMs,
      source,
      state,
      thinning,
      aas: tickLoad(tick, 'active'),
      idleInTransaction: tickLoad(tick, 'idle in transaction'),
      by: Object.fromEntries(groups) as LiveTick['by'],
    };
  }
}

/** JSON has no line breaks of its own, so one data line holds it. */
function encode(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
