import type { LiveTick } from '../../../src/api/answers.ts';
import type { Dimension } from '../../../src/load/model.ts';

export type FeedState = 'connecting' | 'live' | 'lost';

/**
 * Ticks of one database as they happen. The browser connects again by itself when the daemon was away.
 * Listeners are told of every tick and of every change of state.
 */
export class LiveFeed {
  readonly #source: EventSource;
  readonly #listeners = new Set<() => void>();
  readonly #keepMs: number;
  #ticks: readonly LiveTick[] = [];
  #state: FeedState = 'connecting';

  constructor(target: string, dimension: Dimension, keepMs = 30_000) {
    this.#keepMs = keepMs;
    const query = new URLSearchParams({ target, group_by: dimension });
    this.#source = new EventSource(`/api/live?${query.toString()}`);
    this.#source.addEventListener('hello', () => this.#be('live'));
    this.#source.addEventListener('tick', ({ data }) => this.#take(JSON.parse(data) as LiveTick));
    this.#source.addEventListener('error', () => this.#be('lost'));
  }

  /** The newest, oldest first; another array with each tick. */
  get ticks(): readonly LiveTick[] {
    return this.#ticks;
  }

  get state(): FeedState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#source.close();
    this.#listeners.clear();
  }

  #take(tick: LiveTick): void {
    this.#ticks = [
      ...this.#ticks.filter(({ atMs }) => atMs > tick.atMs - this.#keepMs && atMs < tick.atMs),
      tick,
    ];
    this.#state = 'live';
    this.#tell();
  }

  #be(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
