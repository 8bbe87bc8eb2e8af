import type { DatabaseModel } from '../model.ts';
import { HELD_BY_LIMIT, quickCrowding } from './queue-law.ts';
import { RequestQueue } from './request-queue.ts';

/** Requests that no shortage held up are kept by how crowded it was, in classes of so much, and told at the end. */
const CLASSES = 1024;
const CLASSES_PER_UNIT = 64;
/** While there is a queue, chance adds little to it. */
const MOST_CHANCE = 4;

/**
 * The processors of a database behind its limit. Work comes in as a flow; what the limit does not serve waits in a queue;
 * below the limit sessions get in each other's way by chance (`queue-law.ts`). After `serve` the fields say what happened,
 * as means over that stretch.
 */
export class Processors {
  readonly #model: DatabaseModel;
  readonly #queue = new RequestQueue();
  readonly #calmRequests = new Float64Array(CLASSES);
  readonly #onLatency: (requests: number, seconds: number) => void;
  #otherSeconds = 0;
  backlogCpuSeconds = 0;
  usedCpus = 0;
  /** Sessions that could run and did not. */
  waiting = 0;
  /** Time that processor queues stood still for the limit, CPU-seconds a second. */
  throttled = 0;
  /** Work stood still for the limit beyond what chance brings about. */
  isShort = false;

  constructor(model: DatabaseModel, onLatency: (requests: number, seconds: number) => void) {
    this.#model = model;
    this.#onLatency = onLatency;
  }

  /** `otherSeconds`: what requests wait for beside processors. */
  serve(
    comingCpus: number,
    limitCpus: number,
    atSeconds: number,
    seconds: number,
    otherSeconds: number,
  ): void {
    this.#otherSeconds = otherSeconds;
    const backlog = this.backlogCpuSeconds;
    if (backlog === 0 && comingCpus <= limitCpus) return this.#flow(comingCpus, limitCpus, seconds);
    this.#work(comingCpus, limitCpus, atSeconds, seconds);
  }

  /** Tells the latencies that were put by. */
  finish(): void {
    const { requestCpuSeconds, requestOtherSeconds } = this.#model;
    for (let index = 0; index < CLASSES; index++) {
      const requests = this.#calmRequests[index] as number;
      if (requests === 0) continue;
      this.#scatter(requests, (requestCpuSeconds * (index + 0.5)) / CLASSES_PER_UNIT, requestOtherSeconds);
    }
    this.#calmRequests.fill(0);
  }

  #flow(comingCpus: number, limitCpus: number, seconds: number): void {
    this.usedCpus = comingCpus;
    this.isShort = false;
    if (comingCpus === 0) {
      this.waiting = 0;
      this.throttled = 0;
      return;
    }
    const crowd = quickCrowding(comingCpus / limitCpus);
    this.waiting = this.#bounded(comingCpus * (crowd - 1));
    this.throttled = limitCpus < this.#model.hostCpus ? HELD_BY_LIMIT * this.waiting : 0;
    this.#putBy((comingCpus * seconds) / this.#model.requestCpuSeconds, crowd - 1);
  }

  /** `crowd`: waiting over running. */
  #putBy(requests: number, crowd: number): void {
    const { requestCpuSeconds, requestOtherSeconds } = this.#model;
    if (this.#otherSeconds > requestOtherSeconds)
      return this.#scatter(requests, requestCpuSeconds * crowd, this.#otherSeconds);
    const place = (crowd * CLASSES_PER_UNIT) | 0;
    const index = place < CLASSES ? place : CLASSES - 1;
    this.#calmRequests[index] = (this.#calmRequests[index] as number) + requests;
  }

  #work(comingCpus: number, limitCpus: number, atSeconds: number, seconds: number): void {
    const { requestCpuSeconds, hostCpus } = this.#model;
    const before = this.backlogCpuSeconds;
    const coming = comingCpus * seconds;
    const most = limitCpus * seconds;
    const done = Math.min(before + coming, most);
    const after = Math.max(0, before + coming - done);
    this.usedCpus = done / seconds;
    this.backlogCpuSeconds = after;
    if (coming > 0) this.#queue.push(coming, coming / requestCpuSeconds, atSeconds + seconds / 2);
    if (done > 0) this.#queue.serve(done, atSeconds, seconds, this.#served);
    if (after === 0) this.#queue.clear();
    // How long there was a queue, and how long it was on average.
    const spare = limitCpus - comingCpus;
    const drainSeconds = after === 0 && spare > 0 ? Math.min(seconds, before / spare) : seconds;
    const meanBacklog = ((before + after) / 2) * (drainSeconds / seconds);
    const crowd = quickCrowding(limitCpus > 0 ? comingCpus / limitCpus : 1);
    const chance = this.usedCpus * (Math.min(crowd, MOST_CHANCE) - 1);
    this.waiting = this.#bounded(meanBacklog / requestCpuSeconds + chance);
    const queues = Math.min(hostCpus, this.usedCpus + this.waiting);
    this.throttled = Math.max(0, queues - this.usedCpus) * (drainSeconds / seconds);
    this.isShort = true;
  }

  /** The rest waits for a connection, where the database does not see it. */
  #bounded(waiting: number): number {
    const most = Math.max(0, this.#model.connections - this.usedCpus);
    return waiting < most ? waiting : most;
  }

  readonly #served = (requests: number, waitedSeconds: number): void => {
    this.#onLatency(requests, this.#model.requestCpuSeconds + this.#otherSeconds + waitedSeconds);
  };

  /** What waits by chance waits for very different times: an exponential distribution, in halves of what is left. */
  #scatter(requests: number, meanWaitSeconds: number, otherSeconds: number): void {
    const least = this.#model.requestCpuSeconds + otherSeconds;
    for (const { share, mean } of HALVES) this.#onLatency(requests * share, least + meanWaitSeconds * mean);
  }
}

/** Parts of the exponential distribution of mean 1: halves of what is left, each with its own mean. */
const HALVES = Array.from({ length: 8 }, (_, index) => {
  const from = index * Math.LN2;
  const isLast = index === 7;
  const share = isLast ? 0.5 ** index : 0.5 ** (index + 1);
  const upTo = (index + 1) * Math.LN2;
  const mean = isLast ? from + 1 : ((from + 1) * Math.exp(-from) - (upTo + 1) * Math.exp(-upTo)) / share;
  return { share, mean };
});
