import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import { settingsStep } from './capacity-settings.ts';
import { orGivenUp } from './cluster-limits.ts';
import type { ClusterLimits, LimitsInForce } from './cluster-limits.ts';
import type { AppliedCapacity } from './model.ts';
import type { SettingsWriter } from './settings-writer.ts';

/** Statements that began under the larger settings get this long before memory shrinks. */
const SETTLE_MS = 100;

interface Request {
  readonly acu: number;
  readonly result: Promise<AppliedCapacity>;
  readonly resolve: (applied: AppliedCapacity | Promise<AppliedCapacity>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Changes of capacity, one after the other. Of those that wait the newest counts, and one that raises makes a lowering
 * under way give up; whoever asked for what was overtaken is told what came instead.
 */
export class CapacityApplier {
  readonly #limits: ClusterLimits;
  readonly #settings: SettingsWriter;
  readonly #remake: (before: LimitsInForce) => Promise<void>;
  #applied: AppliedCapacity | null;
  #next: Request | null = null;
  #lowering: { readonly toAcu: number; readonly given: AbortController } | null = null;
  #running: Promise<void> | null = null;
  #isClosed = false;

  /** `remake` makes a group anew that somebody removed, with the limits of before. */
  constructor(
    limits: ClusterLimits,
    settings: SettingsWriter,
    applied: AppliedCapacity | null,
    remake: (before: LimitsInForce) => Promise<void>,
  ) {
    this.#limits = limits;
    this.#settings = settings;
    this.#applied = applied;
    this.#remake = remake;
  }

  get applied(): AppliedCapacity | null {
    // Settings may have followed since.
    return this.#applied === null ? null : { ...this.#applied, settingsAcu: this.#settings.stepAcu };
  }

  apply(acu: number): Promise<AppliedCapacity> {
    if (this.#isClosed) return Promise.reject(notRunning());
    if (this.#lowering !== null && acu > this.#lowering.toAcu) this.#lowering.given.abort();
    const request = makeRequest(acu);
    this.#next?.resolve(request.result);
    this.#next = request;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return request.result;
  }

  /** What waits is refused, what is under way comes to its end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#next?.reject(notRunning());
    this.#next = null;
    this.#lowering?.given.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let request = this.#next; request !== null; request = this.#next) {
      this.#next = null;
      try {
        request.resolve(await this.#change(request.acu));
      } catch (error) {
        const overtakenBy = this.#next as Request | null;
        if (isAbort(error) && overtakenBy !== null) request.resolve(overtakenBy.result);
        else request.reject(isAbort(error) ? notRunning() : error);
      }
    }
  }

  async #change(acu: number): Promise<AppliedCapacity> {
    const known = this.#applied;
    const before = known ?? { cpus: null, memoryBytes: null, swapBytes: null };
    const isLower = known !== null && acu < known.acu;
    try {
      await (isLower ? this.#lower(acu) : this.#raise(acu));
      const inForce = this.#limits.inForce();
      this.#applied = { acu, ...inForce, settingsAcu: this.#settings.stepAcu };
      return this.#applied;
    } catch (error) {
      const wasOvertaken = isAbort(error) && this.#next !== null;
      if (!wasOvertaken) await this.#undo(before, known, error);
      throw error;
    }
  }

  /** A few milliseconds: nothing here asks the server. Its settings follow. */
  async #raise(acu: number): Promise<void> {
    await this.#limits.set(this.#limits.wantedFor(acu));
    this.#settings.want(acu);
  }

  async #lower(acu: number): Promise<void> {
    const given = new AbortController();
    this.#lowering = { toAcu: acu, given };
    try {
      if (settingsStep(acu) < this.#settings.highestAcu) {
        await orGivenUp(this.#settings.set(acu), given.signal);
        await sleep(SETTLE_MS, undefined, { signal: given.signal });
      }
      await this.#limits.set(this.#limits.wantedFor(acu), given.signal);
    } finally {
      this.#lowering = null;
    }
    this.#settings.want(acu);
  }

  async #undo(before: LimitsInForce, known: AppliedCapacity | null, cause: unknown): Promise<void> {
    if (known !== null) this.#settings.want(known.acu);
    const isGone = cause instanceof AirglowError && cause.code === 'GROUP_GONE';
    // The first failure is what is told.
    await (isGone ? this.#remake(before) : this.#limits.set(before)).catch(() => {});
  }
}

function makeRequest(acu: number): Request {
  let [resolve, reject]: [Request['resolve'], Request['reject']] = [() => {}, () => {}];
  const result = new Promise<AppliedCapacity>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { acu, result, resolve, reject };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function notRunning(): AirglowError {
  return new AirglowError(
    'WRONG_STATUS',
    'The database is not running, so it has no capacity. Start it first.',
  );
}
