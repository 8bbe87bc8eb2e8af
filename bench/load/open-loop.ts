import type { Client } from 'pg';
import { seededRandom } from '../../src/random.ts';
import { drawKinds, poissonArrivals, WORK_KINDS } from './arrivals.ts';
import { monotonicMs, OUTCOMES } from './plan.ts';
import type { LoadPlan, LoadProgress, LoadResult, Outcome } from './plan.ts';
import type { ConnectionPool } from './pool.ts';
import { statementOf } from './work.ts';

const PROGRESS_EVERY_MS = 1_000;

/**
 * Sends requests when they are due, whatever became of those before: first come, first served over the free
 * connections. A request's time counts from when it was due, so waiting for a connection is in it.
 */
export class OpenLoop {
  readonly #pool: ConnectionPool;
  readonly #plan: LoadPlan;
  readonly #startAtMs: number;
  readonly #dueMs: Float64Array;
  readonly #kinds: Uint8Array;
  readonly #outcomes: Uint8Array;
  readonly #latencyMs: Float64Array;
  readonly #lateness: number[] = [];
  readonly #errors = new Map<string, number>();
  readonly #random;
  /** Requests below are due. */
  #due = 0;
  /** Requests below were sent. */
  #sent = 0;
  #ended = 0;
  #failed = 0;

  constructor(pool: ConnectionPool, plan: LoadPlan, startAtMs: number) {
    this.#pool = pool;
    this.#plan = plan;
    this.#startAtMs = startAtMs;
    this.#dueMs = poissonArrivals(plan.segments, seededRandom(plan.seed, 'arrivals'));
    this.#kinds = drawKinds(this.#dueMs.length, plan.mix, seededRandom(plan.seed, 'kinds'));
    this.#outcomes = new Uint8Array(this.#dueMs.length);
    this.#latencyMs = new Float64Array(this.#dueMs.length);
    this.#random = seededRandom(plan.seed, 'rows');
  }

  async run(onProgress: (progress: Omit<LoadProgress, 'cpus'>) => void): Promise<Omit<LoadResult, 'group'>> {
    const cpuBefore = process.cpuUsage();
    const disconnectsBefore = this.#pool.disconnects;
    const lastDueMs = this.#plan.segments.at(-1)?.untilMs ?? 0;
    const progress = setInterval(() => onProgress(this.#progress()), PROGRESS_EVERY_MS);
    await new Promise<void>((resolve) => {
      this.#pool.onFree = () => this.#send();
      const step = (): void => {
        this.#fallDue();
        const isOver = this.#now() >= lastDueMs && this.#ended === this.#dueMs.length;
        if (isOver || this.#now() >= lastDueMs + this.#plan.drainMs) return resolve();
        const nextMs = this.#dueMs[this.#due] ?? Math.max(lastDueMs, this.#now() + 20);
        setTimeout(step, Math.max(0, Math.min(nextMs - this.#now(), 1_000)));
      };
      step();
    });
    clearInterval(progress);
    this.#pool.onFree = null;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      ...this.#result(),
      disconnects: this.#pool.disconnects - disconnectsBefore,
      generatorCpuMs: (user + system) / 1e3,
    };
  }

  #now(): number {
    return monotonicMs() - this.#startAtMs;
  }

  #fallDue(): void {
    const nowMs = this.#now();
    while ((this.#dueMs[this.#due] ?? Number.POSITIVE_INFINITY) <= nowMs) {
      // With a free connection and nothing queued, what is late is late because of us.
      if (this.#sent === this.#due && this.#pool.free.length > 0) {
        this.#lateness.push(nowMs - (this.#dueMs[this.#due] ?? nowMs));
      }
      this.#due++;
      this.#send();
    }
  }

  #send(): void {
    while (this.#sent < this.#due) {
      const client = this.#pool.free.pop();
      if (client === undefined) return;
      void this.#ask(client, this.#sent++);
    }
  }

  async #ask(client: Client, index: number): Promise<void> {
    const kind = WORK_KINDS[this.#kinds[index] ?? 0] ?? 'burn';
    let outcome: Outcome = 'answered';
    try {
      await client.query(statementOf(kind, this.#plan.burnRounds, this.#plan.wideRows, this.#random));
    } catch (error) {
      outcome = 'failed';
      const text = error instanceof Error ? error.message : String(error);
      this.#errors.set(text, (this.#errors.get(text) ?? 0) + 1);
      this.#failed++;
    }
    this.#ended++;
    this.#outcomes[index] = OUTCOMES.indexOf(outcome);
    this.#latencyMs[index] = this.#now() - (this.#dueMs[index] ?? 0);
    this.#pool.release(client);
  }

  #progress(): Omit<LoadProgress, 'cpus'> {
    return {
      atMs: this.#now(),
      due: this.#due,
      answered: this.#ended - this.#failed,
      failed: this.#failed,
    };
  }

  /** Copies, since requests that are under way would go on writing. */
  #result(): Omit<LoadResult, 'group' | 'disconnects' | 'generatorCpuMs'> {
    const endMs = this.#now();
    const unfinished = OUTCOMES.indexOf('unfinished');
    const latencyMs = this.#latencyMs.map((latency, index) =>
      this.#outcomes[index] === unfinished ? endMs - (this.#dueMs[index] ?? endMs) : latency,
    );
    return {
      startAtMs: this.#startAtMs,
      endAtMs: this.#startAtMs + endMs,
      dueMs: this.#dueMs,
      kinds: this.#kinds,
      outcomes: this.#outcomes.slice(),
      latencyMs,
      latenessMs: Float64Array.from(this.#lateness),
      errors: Object.fromEntries(this.#errors),
    };
  }
}
