import { performance } from 'node:perf_hooks';
import { openReadinessSet } from '../kernel/sockets/readiness.ts';
import type { ReadinessSet } from '../kernel/sockets/readiness.ts';
import type { LimitsHost } from '../kernel/limits/resource-group.ts';
import type { Journal } from './journal.ts';
import { PROTOCOL } from './protocol.ts';
import type { JournalEntry, Order, Outcome, Report, WakeCause } from './protocol.ts';
import { momentNow } from './moment.ts';
import { Sleeper } from './sleeper.ts';
import { Ward } from './ward.ts';

const LOOK_AROUND_MS = 2_000;

export interface SentinelOptions {
  readonly limits: LimitsHost;
  readonly journal: Journal;
  readonly version: string;
  /** Why nothing can be paused here; null where it can. */
  readonly unavailable: string | null;
  readonly log: (line: string) => void;
}

/** Looks after the databases of one daemon: puts them to sleep, wakes them, and frees them when the daemon is silent. */
export class Sentinel {
  readonly #options: SentinelOptions;
  readonly #set: ReadinessSet | null = openReadinessSet();
  readonly #wards = new Map<string, Ward>();
  readonly #byKey = new Map<number, Ward>();
  #nextKey = 1;
  #tell: ((report: Report) => void) | null = null;
  /** Nobody follows the load: what wakes gets the most. */
  #isAlone = true;
  #isClosed = false;
  #watching: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(options: SentinelOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#lookAround(), LOOK_AROUND_MS).unref();
  }

  /** To be called once; until `close`, a thread waits, and the process cannot end. */
  start(): void {
    this.#watching = this.#watch();
  }

  /** Where news go from now on; null while there is no daemon. */
  set listener(tell: ((report: Report) => void) | null) {
    this.#tell = tell;
    this.#isAlone = tell === null;
  }

  /** A daemon that was silent is heard of again; it sets the limits itself. */
  followed(): void {
    this.#isAlone = this.#tell === null;
  }

  /** Whether any database of its is still there. */
  get hasWards(): boolean {
    return [...this.#wards.values()].some((ward) => ward.isThere());
  }

  hello(): Report {
    const { version, unavailable } = this.#options;
    const paused = [...this.#wards].flatMap(([id, { sleeper }]) =>
      sleeper === null ? [] : [{ id, at: sleeper.at }],
    );
    return { kind: 'hello', protocol: PROTOCOL, version, pid: process.pid, unavailable, paused };
  }

  /** Does what the daemon wants; what it wants of one database is done one after the other. */
  async obey(order: Extract<Order, { readonly call: number }>): Promise<Outcome> {
    try {
      return await this.#obey(order);
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Nobody follows the load any more: everybody gets the most. What is paused stays so, and wakes with it. */
  async liftAll(why: string): Promise<void> {
    this.#isAlone = true;
    for (const ward of this.#wards.values()) {
      try {
        if (!(await ward.lift())) continue;
        this.#note(ward, 'lifted', ward.sleeper === null ? ward.guarded.most.acu : 0, why);
      } catch (error) {
        this.#options.log(`${ward.guarded.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** Leaves nothing frozen. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    // In turn: one that is falling asleep at this moment, too.
    const wake = (ward: Ward): Promise<void> => ward.inTurn(() => this.#wake(ward, { kind: 'orphaned' }));
    await Promise.all([...this.#wards.values()].map(wake));
    this.#set?.interrupt();
    await this.#watching;
    this.#set?.close();
  }

  async #obey(order: Extract<Order, { readonly call: number }>): Promise<Outcome> {
    if (order.kind === 'guard') {
      const { guarded } = order;
      const known = this.#wards.get(guarded.id);
      if (known === undefined) await this.#welcome(guarded);
      else await known.inTurn(() => known.become(guarded));
      return { kind: 'ok' };
    }
    const ward = this.#wards.get(order.id);
    if (ward === undefined) {
      return order.kind === 'pause'
        ? { kind: 'failed', message: 'the sentinel does not know this database' }
        : { kind: 'ok' };
    }
    if (order.kind === 'pause') return ward.inTurn(() => this.#pause(ward, order.resumeAcu));
    await ward.inTurn(() => this.#wake(ward, { kind: 'request' }));
    if (order.kind === 'forget') this.#wards.delete(order.id);
    return { kind: 'ok' };
  }

  async #welcome(guarded: Ward['guarded']): Promise<void> {
    const group = await this.#options.limits.open(guarded.id);
    this.#wards.set(guarded.id, new Ward(group, guarded));
  }

  async #pause(ward: Ward, resumeAcu: number): Promise<Outcome> {
    const { unavailable } = this.#options;
    if (unavailable !== null || this.#set === null)
      return { kind: 'refused', refusal: { kind: 'forbidden', detail: unavailable ?? 'no epoll' } };
    if (this.#isClosed) return { kind: 'failed', message: 'the sentinel is about to end' };
    if (ward.sleeper !== null && ward.isAsleep) return { kind: 'paused', at: ward.sleeper.at };
    await this.#wake(ward, { kind: 'request' });
    const sleeper = await Sleeper.fallAsleep(ward.group, ward.guarded);
    if (!(sleeper instanceof Sleeper)) return { kind: 'refused', refusal: sleeper };
    const key = this.#nextKey++;
    ward.slept(sleeper, key, resumeAcu);
    this.#byKey.set(key, ward);
    try {
      this.#set.add(sleeper.descriptor, key);
    } catch (error) {
      // Nobody would wake it.
      await this.#wake(ward, { kind: 'request' });
      throw error;
    }
    this.#note(ward, 'paused', 0, 'paused', sleeper.at);
    return { kind: 'paused', at: sleeper.at };
  }

  /** No error where it is awake. */
  async #wake(ward: Ward, cause: WakeCause): Promise<void> {
    const startedMs = performance.now();
    const slept = ward.woken();
    if (slept === null) return;
    this.#byKey.delete(slept.key);
    this.#set?.remove(slept.sleeper.descriptor);
    const at = momentNow();
    // Nobody would raise it, so it is raised before it runs.
    const isLifted = this.#isAlone && (await ward.lift().catch(() => false));
    try {
      await slept.sleeper.wake();
    } catch (error) {
      // It was told to go on; a group above it is frozen.
      this.#options.log(`${ward.guarded.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const tookMs = performance.now() - startedMs;
    this.#tell?.({ kind: 'woken', id: ward.guarded.id, cause, at, tookMs });
    const acu = isLifted ? ward.guarded.most.acu : slept.resumeAcu;
    this.#note(ward, 'woken', acu, cause.kind, at);
  }

  /** One wait for all sleeping databases. */
  async #watch(): Promise<void> {
    while (this.#set !== null && !this.#isClosed) {
      for (const key of await this.#set.wait()) {
        const ward = this.#byKey.get(key);
        const cause = ward?.sleeper?.cause() ?? null;
        // Not in turn: what has been paused already can be woken at once.
        if (ward !== undefined && cause !== null) void this.#wake(ward, cause);
      }
    }
  }

  /** What no descriptor tells of: signals, and somebody else who thawed it. */
  #lookAround(): void {
    for (const ward of this.#byKey.values()) {
      if (ward.sleeper?.isSignalled() === true) void this.#wake(ward, { kind: 'signal' });
      else if (!ward.isAsleep) void this.#wake(ward, { kind: 'request' });
    }
  }

  #note(ward: Ward, what: JournalEntry['what'], acu: number, detail: string, at = momentNow()): void {
    this.#options.journal.add({ ...at, id: ward.guarded.id, what, acu, detail });
  }
}
