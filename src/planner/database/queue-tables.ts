import type { DatabaseModel } from '../model.ts';
import { queueingAt } from './queue-law.ts';
import { requestParts } from './request-times.ts';
import type { RequestPart } from './request-times.ts';

/** Utilisation in classes. */
const CLASSES = 256;

/** The law for one limit as a table, and the requests that came while it was in force, by how busy it was. */
export class QueueTable {
  readonly limitCpus: number;
  readonly waiting = new Float64Array(CLASSES + 1);
  readonly requests = new Float64Array(CLASSES + 1);
  readonly #share = new Float64Array(CLASSES + 1);
  readonly #meanSeconds = new Float64Array(CLASSES + 1);
  readonly #hostSeconds = new Float64Array(CLASSES + 1);

  readonly #parts: readonly RequestPart[];

  constructor(
    limitCpus: number,
    { hostCpus, requestCpuSeconds, requestVariation }: DatabaseModel,
    horizonSeconds: number,
    parts: readonly RequestPart[],
  ) {
    this.limitCpus = limitCpus;
    this.#parts = parts;
    for (let index = 0; index <= CLASSES; index++) {
      const setting = { limitCpus, hostCpus, requestCpuSeconds, requestVariation, horizonSeconds };
      const { share, meanSeconds, waiting, hostSeconds } = queueingAt(index / CLASSES, setting);
      this.#share[index] = share;
      this.#meanSeconds[index] = meanSeconds;
      this.waiting[index] = waiting;
      this.#hostSeconds[index] = hostSeconds;
    }
  }

  classOf(comingCpus: number): number {
    const index = ((comingCpus / this.limitCpus) * CLASSES + 0.5) | 0;
    return index < CLASSES ? index : CLASSES;
  }

  /** Tells how long so many requests took: what they need themselves, and a wait, exponential, where they waited at all. */
  tell(requests: number, index: number, otherSeconds: number, onLatency: OnLatency): void {
    for (const { share, cpuSeconds } of this.#parts)
      this.#tellPart(requests * share, index, otherSeconds + cpuSeconds, onLatency);
  }

  #tellPart(requests: number, index: number, leastSeconds: number, onLatency: OnLatency): void {
    const least = leastSeconds + (this.#hostSeconds[index] as number);
    const share = this.#share[index] as number;
    const meanSeconds = this.#meanSeconds[index] as number;
    onLatency(requests * (1 - share), least);
    if (share < LEAST_SHARE) return;
    for (const half of HALVES) onLatency(requests * share * half.share, least + meanSeconds * half.mean);
  }

  /** All that came, and forgets it. */
  finish(otherSeconds: number, onLatency: OnLatency): void {
    for (let index = 0; index <= CLASSES; index++) {
      const requests = this.requests[index] as number;
      if (requests > 0) this.tell(requests, index, otherSeconds, onLatency);
    }
    this.requests.fill(0);
  }
}

export type OnLatency = (requests: number, seconds: number) => void;

const LEAST_SHARE = 1e-6;

/** A table for each limit that was in force. */
export class QueueTables {
  readonly #model: DatabaseModel;
  readonly #horizonSeconds: number;
  readonly #tables = new Map<number, QueueTable>();
  readonly #parts: readonly RequestPart[];
  #last: QueueTable | null = null;

  constructor(model: DatabaseModel, horizonSeconds: number) {
    this.#model = model;
    this.#horizonSeconds = horizonSeconds;
    this.#parts = requestParts(model.requestCpuSeconds, model.requestVariation);
  }

  for(limitCpus: number): QueueTable {
    if (this.#last !== null && this.#last.limitCpus === limitCpus) return this.#last;
    let table = this.#tables.get(limitCpus);
    if (table === undefined) {
      table = new QueueTable(limitCpus, this.#model, this.#horizonSeconds, this.#parts);
      this.#tables.set(limitCpus, table);
    }
    this.#last = table;
    return table;
  }

  finish(otherSeconds: number, onLatency: OnLatency): void {
    for (const table of this.#tables.values()) table.finish(otherSeconds, onLatency);
  }
}

/** Parts of the exponential distribution of mean 1: halves of what is left, each with its own mean. */
const HALVES = Array.from({ length: 8 }, (_, index) => {
  const from = index * Math.LN2;
  if (index === 7) return { share: 0.5 ** 7, mean: from + 1 };
  const upTo = (index + 1) * Math.LN2;
  const share = 0.5 ** (index + 1);
  return { share, mean: ((from + 1) * Math.exp(-from) - (upTo + 1) * Math.exp(-upTo)) / share };
});
