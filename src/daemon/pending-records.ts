import type { CounterPoint, DecisionRecord, HistoryEvent } from '../history/history.ts';
import type { LoadTick } from '../load/model.ts';

/** What the store has not taken yet, of one target. */
export interface Batch {
  readonly ticks: readonly LoadTick[];
  readonly counters: readonly CounterPoint[];
  readonly events: readonly HistoryEvent[];
  readonly decisions: readonly DecisionRecord[];
}

const MOST_EVENTS = 1000;
const MOST_DECISIONS = 1000;

/**
 * The queue of one target before the store. Its size is counted in rows (a tick and its samples, a counter point);
 * beyond the capacity the oldest give way, counters before ticks, and lost ticks are counted.
 */
export class PendingRecords {
  #ticks: LoadTick[] = [];
  #counters: CounterPoint[] = [];
  #events: HistoryEvent[] = [];
  #decisions: DecisionRecord[] = [];
  #tickRows = 0;
  #lostTicks = 0;

  get tickCount(): number {
    return this.#ticks.length;
  }

  get lostTicks(): number {
    return this.#lostTicks;
  }

  get isEmpty(): boolean {
    const queues = [this.#ticks, this.#counters, this.#events, this.#decisions];
    return queues.every((queue) => queue.length === 0);
  }

  add(part: Partial<Batch>, capacityRows: number): void {
    for (const tick of part.ticks ?? []) {
      this.#ticks.push(tick);
      this.#tickRows += rowsOf(tick);
    }
    for (const point of part.counters ?? []) this.#counters.push(point);
    for (const event of part.events ?? []) this.#events.push(event);
    for (const decision of part.decisions ?? []) this.#decisions.push(decision);
    this.#trim(capacityRows);
  }

  /** Empties the queue. */
  take(): Batch {
    const batch = {
      ticks: this.#ticks,
      counters: this.#counters,
      events: this.#events,
      decisions: this.#decisions,
    };
    this.#ticks = [];
    this.#counters = [];
    this.#events = [];
    this.#decisions = [];
    this.#tickRows = 0;
    return batch;
  }

  /** Puts back, before what came since, what the store did not take. */
  putBack(batch: Partial<Batch>, capacityRows: number): void {
    const newer = this.take();
    this.add(batch, Number.POSITIVE_INFINITY);
    this.add(newer, capacityRows);
  }

  giveUp(batch: Partial<Batch>): void {
    this.#lostTicks += batch.ticks?.length ?? 0;
  }

  #trim(capacityRows: number): void {
    const surplus = this.#tickRows + this.#counters.length - capacityRows;
    if (surplus > 0) this.#counters.splice(0, surplus);
    let dropped = 0;
    while (this.#tickRows > capacityRows && dropped < this.#ticks.length) {
      this.#tickRows -= rowsOf(this.#ticks[dropped]!);
      dropped += 1;
    }
    this.#ticks.splice(0, dropped);
    this.#lostTicks += dropped;
    this.#events.splice(0, Math.max(0, this.#events.length - MOST_EVENTS));
    this.#decisions.splice(0, Math.max(0, this.#decisions.length - MOST_DECISIONS));
  }
}

function rowsOf(tick: LoadTick): number {
  return tick.samples.length + 1;
}
