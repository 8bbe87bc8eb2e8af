import type { RecorderHealth } from '../api/http/api-parts.ts';
import type { History } from '../history/history.ts';
import type { Observer, ObserverMessage } from './observer.ts';
import { PendingDigests } from './pending-digests.ts';
import { PendingRecords } from './pending-records.ts';
import type { Batch } from './pending-records.ts';

export interface RecorderOptions {
  readonly history: History;
  readonly log: (line: string) => void;
  readonly flushIntervalMs?: number;
  /** Rows (ticks, samples, counter points) that may wait for the store, all targets together. */
  readonly capacityRows?: number;
}

/** Short, since what is killed meanwhile is lost; the history gathers larger batches itself. */
const FLUSH_INTERVAL_MS = 500;
const CAPACITY_ROWS = 100_000;
const CAPACITY_DIGEST_CHARS = 16 * 1024 * 1024;
/** A batch that a healthy store refuses so often will never be taken. */
const MOST_REFUSALS = 5;

/**
 * Carries what observers see into the history, in batches. Observers never wait for the store: what it does not take
 * is kept, up to a bound, and offered again.
 */
export class Recorder {
  readonly #history: History;
  readonly #log: (line: string) => void;
  readonly #flushIntervalMs: number;
  readonly #capacityRows: number;
  readonly #queues = new Map<string, PendingRecords>();
  readonly #digests = new PendingDigests(CAPACITY_DIGEST_CHARS);
  readonly #refusals = new Map<string, number>();
  readonly #unsubscribe = new Set<() => void>();
  #failure: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: RecorderOptions) {
    this.#history = options.history;
    this.#log = options.log;
    this.#flushIntervalMs = options.flushIntervalMs ?? FLUSH_INTERVAL_MS;
    this.#capacityRows = options.capacityRows ?? CAPACITY_ROWS;
  }

  /**
   * Records what this observer tells from now on; its events only where nobody else hands them to `record`.
   * Returns how to take leave of it.
   */
  attach(observer: Observer, { withEvents = true }: { readonly withEvents?: boolean } = {}): () => void {
    const queue = this.#queueOf(observer.target);
    const unsubscribe = observer.subscribe((message) => {
      if (withEvents || message.kind !== 'event') this.#accept(queue, message);
    });
    this.#unsubscribe.add(unsubscribe);
    return () => {
      unsubscribe();
      this.#unsubscribe.delete(unsubscribe);
    };
  }

  /** Records what no observer tells. */
  record(target: string, part: Pick<Partial<Batch>, 'counters' | 'events' | 'decisions'>): void {
    this.#queueOf(target).add(part, this.#capacityOfOne());
  }

  health(): RecorderHealth {
    const queues = [...this.#queues.values()];
    const queuedTicks = queues.reduce((total, queue) => total + queue.tickCount, 0);
    const lostTicks = queues.reduce((total, queue) => total + queue.lostTicks, 0);
    const message = this.#failure === null ? 'recording' : `the store refuses: ${this.#failure}`;
    return { status: this.#failure === null ? 'recording' : 'retrying', message, queuedTicks, lostTicks };
  }

  /** Offers everything that waits to the store; never raises. */
  async flush(): Promise<void> {
    this.#round = this.#round.then(() => this.#offerAll());
    await this.#round;
  }

  /** Takes leave of the observers, records what they told and makes it durable. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const leave of this.#unsubscribe) leave();
    this.#unsubscribe.clear();
    await this.flush();
    await this.#attempt(() => this.#history.flush());
    const { queuedTicks } = this.health();
    if (queuedTicks > 0) this.#log(`stopping: ${queuedTicks} ticks could not be recorded`);
  }

  #schedule(): void {
    if (this.#timer || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush().then(() => this.#schedule());
    }, this.#flushIntervalMs);
  }

  /** A target keeps its queue when it gets another observer. */
  #queueOf(target: string): PendingRecords {
    const queue = this.#queues.get(target) ?? new PendingRecords();
    this.#queues.set(target, queue);
    this.#schedule();
    return queue;
  }

  #accept(queue: PendingRecords, message: ObserverMessage): void {
    const capacityRows = this.#capacityOfOne();
    if (message.kind === 'settled') queue.add({ ticks: [message.tick] }, capacityRows);
    if (message.kind === 'counters') queue.add({ counters: message.points }, capacityRows);
    if (message.kind === 'event') queue.add({ events: [message.event] }, capacityRows);
    if (message.kind === 'digests') this.#digests.add(message.digests);
  }

  #capacityOfOne(): number {
    return Math.ceil(this.#capacityRows / Math.max(1, this.#queues.size));
  }

  async #offerAll(): Promise<void> {
    let allTaken = await this.#offerDigests();
    for (const [target, queue] of this.#queues) {
      if (!queue.isEmpty && !(await this.#offer(target, queue))) allTaken = false;
    }
    if (!allTaken || this.#failure === null) return;
    this.#failure = null;
    this.#log('the store records again');
  }

  async #offerDigests(): Promise<boolean> {
    if (this.#digests.size === 0) return true;
    const digests = this.#digests.all();
    const taken = await this.#attempt(() => this.#history.saveDigests(digests));
    if (taken) this.#digests.taken(digests);
    return taken;
  }

  async #offer(target: string, queue: PendingRecords): Promise<boolean> {
    const { ticks, counters, events, decisions } = queue.take();
    const parts: { name: string; part: Partial<Batch>; size: number; append: () => Promise<void> }[] = [
      {
        name: 'ticks',
        part: { ticks },
        size: ticks.length,
        append: () => this.#history.appendTicks(target, ticks),
      },
      {
        name: 'counters',
        part: { counters },
        size: counters.length,
        append: () => this.#history.appendCounters(target, counters),
      },
      {
        name: 'events',
        part: { events },
        size: events.length,
        append: () => this.#history.appendEvents(target, events),
      },
      {
        name: 'decisions',
        part: { decisions },
        size: decisions.length,
        append: () => this.#history.appendDecisions(target, decisions),
      },
    ];
    let allTaken = true;
    for (const { name, part, size, append } of parts) {
      if (size === 0) continue;
      const taken = await this.#attempt(append);
      if (taken) this.#refusals.delete(`${target} ${name}`);
      else this.#refused(`${target} ${name}`, queue, part);
      allTaken &&= taken;
    }
    return allTaken;
  }

  #refused(batchName: string, queue: PendingRecords, part: Partial<Batch>): void {
    const refusals = (this.#refusals.get(batchName) ?? 0) + 1;
    this.#refusals.set(batchName, refusals);
    if (refusals < MOST_REFUSALS || this.#history.health().status !== 'recording') {
      queue.putBack(part, this.#capacityOfOne());
      return;
    }
    this.#refusals.delete(batchName);
    queue.giveUp(part);
    this.#log(`gave up a batch (${batchName}) that the store keeps refusing: ${this.#failure}`);
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.#failure === null) this.#log(`the store refuses: ${message}`);
      this.#failure = message;
      return false;
    }
  }
}
