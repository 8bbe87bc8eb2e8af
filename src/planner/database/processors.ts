import { FAST_LOOK_SECONDS } from '../model.ts';
import type { DatabaseModel } from '../model.ts';
import { burstCpuSeconds, HELD_BY_LIMIT, HORIZON_STRETCHES, leftOfRequest } from './queue-law.ts';
import { QueueTables } from './queue-tables.ts';
import type { OnLatency } from './queue-tables.ts';
import { RequestQueue } from './request-queue.ts';

/** While there is a queue, chance adds little to it: sessions. */
const MOST_CHANCE = 1;
/** Stretches shorter than this are looks of the fast loop. */
const SHORT_SECONDS = 0.5;

/**
 * The processors of a database behind its limit. Work comes in as a flow; what the limit does not serve waits in a queue;
 * below the limit requests wait by chance (`queue-law.ts`). After `serve` the fields say what happened, as means over that
 * stretch.
 */
export class Processors {
  readonly #model: DatabaseModel;
  readonly #queue = new RequestQueue();
  readonly #bySecond: QueueTables;
  readonly #byLook: QueueTables;
  readonly #onLatency: OnLatency;
  /** CPU that a request in service still needs, seconds: less than all of it, since those that are served share. */
  readonly #leftSeconds: number;
  #otherSeconds = 0;
  #lagSeconds = 0;
  /** Quota that was not used and may be, as burst. In a whole second it makes no difference. */
  #creditCpuSeconds = 0;
  backlogCpuSeconds = 0;
  usedCpus = 0;
  /** Sessions that could run and did not. */
  waiting = 0;
  /** Time that processor queues stood still for the limit, CPU-seconds a second. */
  throttled = 0;
  /** Work stood still for the limit beyond what chance brings about. */
  isShort = false;

  constructor(model: DatabaseModel, onLatency: OnLatency) {
    this.#model = model;
    this.#onLatency = onLatency;
    this.#leftSeconds = leftOfRequest(model.requestCpuSeconds, model.requestVariation);
    this.#bySecond = new QueueTables(model, HORIZON_STRETCHES);
    this.#byLook = new QueueTables(model, HORIZON_STRETCHES * FAST_LOOK_SECONDS);
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
    const burst = seconds < SHORT_SECONDS ? this.#creditCpuSeconds : 0;
    if (this.backlogCpuSeconds === 0 && comingCpus * seconds <= limitCpus * seconds + burst)
      this.#flow(comingCpus, limitCpus, seconds);
    else this.#work(comingCpus, limitCpus, atSeconds, seconds, burst);
    this.#creditCpuSeconds = Math.min(
      burstCpuSeconds(limitCpus),
      this.#creditCpuSeconds + (limitCpus - this.usedCpus) * seconds,
    );
  }

  /** Tells the latencies that were put by; what still waits is served with this limit, as if nothing came any more. */
  finish(atSeconds: number, limitCpus: number): void {
    const seconds = limitCpus > 0 ? this.backlogCpuSeconds / limitCpus : 0;
    if (seconds > 0) this.#queue.serve(this.backlogCpuSeconds, atSeconds, seconds, this.#served);
    const { requestOtherSeconds } = this.#model;
    this.#bySecond.finish(requestOtherSeconds, this.#onLatency);
    this.#byLook.finish(requestOtherSeconds, this.#onLatency);
  }

  #flow(comingCpus: number, limitCpus: number, seconds: number): void {
    this.usedCpus = comingCpus;
    this.isShort = false;
    if (comingCpus === 0) {
      this.waiting = 0;
      this.throttled = 0;
      return;
    }
    const { requestCpuSeconds, requestOtherSeconds, hostCpus } = this.#model;
    const table = (seconds < SHORT_SECONDS ? this.#byLook : this.#bySecond).for(limitCpus);
    const index = table.classOf(comingCpus);
    this.waiting = this.#bounded(table.waiting[index] as number);
    this.throttled = limitCpus < hostCpus ? HELD_BY_LIMIT * this.waiting : 0;
    const requests = (comingCpus * seconds) / requestCpuSeconds;
    if (this.#otherSeconds > requestOtherSeconds)
      table.tell(requests, index, this.#otherSeconds, this.#onLatency);
    else table.requests[index] = (table.requests[index] as number) + requests;
  }

  #work(comingCpus: number, limitCpus: number, atSeconds: number, seconds: number, burst: number): void {
    const { requestCpuSeconds, hostCpus } = this.#model;
    const before = this.backlogCpuSeconds;
    const coming = comingCpus * seconds;
    const done = Math.min(before + coming, limitCpus * seconds + burst);
    const after = Math.max(0, before + coming - done);
    this.usedCpus = done / seconds;
    this.backlogCpuSeconds = after;
    this.#lagSeconds = this.#lag((before + after) / 2, limitCpus);
    if (coming > 0) this.#queue.push(coming, coming / requestCpuSeconds, atSeconds, seconds);
    if (done > 0) this.#queue.serve(done, atSeconds, seconds, this.#served);
    if (after === 0) this.#queue.clear();
    // How long there was a queue, and how long it was on average.
    const spare = limitCpus - comingCpus;
    const drainSeconds = after === 0 && spare > 0 ? Math.min(seconds, before / spare) : seconds;
    const meanBacklog = ((before + after) / 2) * (drainSeconds / seconds);
    const chance = Math.min(MOST_CHANCE, this.usedCpus);
    this.waiting = this.#bounded(meanBacklog / this.#leftSeconds + chance);
    const queues = Math.min(hostCpus, this.usedCpus + this.waiting);
    this.throttled = Math.max(0, queues - this.usedCpus) * (drainSeconds / seconds);
    this.isShort = true;
  }

  /** Sessions that are served share the processors, so a request ends later than its work comes up in turn. */
  #lag(backlogCpuSeconds: number, limitCpus: number): number {
    if (limitCpus === 0) return 0;
    const { requestCpuSeconds, connections } = this.#model;
    const served = Math.min(connections, backlogCpuSeconds / this.#leftSeconds);
    return (served * (requestCpuSeconds - this.#leftSeconds)) / limitCpus;
  }

  /** The rest waits for a connection, where the database does not see it. */
  #bounded(waiting: number): number {
    const most = Math.max(0, this.#model.connections - this.usedCpus);
    return waiting < most ? waiting : most;
  }

  readonly #served = (requests: number, waitedSeconds: number): void => {
    const aloneSeconds = this.#model.requestCpuSeconds + this.#otherSeconds;
    this.#onLatency(requests, aloneSeconds + waitedSeconds + this.#lagSeconds);
  };
}
