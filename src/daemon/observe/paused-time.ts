import { performance } from 'node:perf_hooks';
import type { LoadSource } from '../../load/model.ts';
import type { ObserverMessage } from '../observer.ts';
import { SHORTEST_TICK_MS, pausedTick, pausedTicks } from './paused-ticks.ts';
import type { Instant } from './paused-ticks.ts';

/** Seldom: a host of sleeping databases is to stay asleep itself. */
const TELL_INTERVAL_MS = 60_000;

export interface PausedTimeOptions {
  readonly intervalMs: number;
  readonly emit: (message: ObserverMessage) => void;
  readonly now?: () => Instant;
}

interface Pause {
  told: Instant;
  readonly source: LoadSource;
  timer: NodeJS.Timeout;
}

/** Tells the time of a pause: a tick when it begins, for live views too, and what has passed once a minute. */
export class PausedTime {
  readonly #options: PausedTimeOptions;
  readonly #now: () => Instant;
  #pause: Pause | null = null;

  constructor(options: PausedTimeOptions) {
    this.#options = options;
    this.#now = options.now ?? presentInstant;
  }

  /** `sinceMs`, monotonic: the end of what was observed. */
  begin(sinceMs: number, source: LoadSource): void {
    const now = this.#now();
    const durationMs = Math.max(SHORTEST_TICK_MS, now.monotonicMs - sinceMs);
    const tick = pausedTick(now.wallMs, durationMs, source);
    this.#options.emit({ kind: 'live', tick });
    this.#options.emit({ kind: 'settled', tick });
    this.#pause = { told: now, source, timer: this.#tellLater(now) };
  }

  /** Tells the rest, where there was a pause. */
  end(): void {
    clearTimeout(this.#pause?.timer);
    this.#tell(true);
    this.#pause = null;
  }

  /** All that sleep tell at the same moments, so that the record is written once for all of them. */
  #tellLater({ monotonicMs }: Instant): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#tell(false);
        if (this.#pause !== null) this.#pause.timer = this.#tellLater(this.#now());
      },
      TELL_INTERVAL_MS - (monotonicMs % TELL_INTERVAL_MS),
    );
  }

  #tell(isLast: boolean): void {
    const pause = this.#pause;
    if (pause === null) return;
    const { intervalMs, emit } = this.#options;
    const { told, source } = pause;
    const next = pausedTicks({ told, now: this.#now(), intervalMs, source, isLast });
    pause.told = next.told;
    for (const tick of next.ticks) emit({ kind: 'settled', tick });
  }
}

function presentInstant(): Instant {
  return { wallMs: Date.now(), monotonicMs: performance.now() };
}
