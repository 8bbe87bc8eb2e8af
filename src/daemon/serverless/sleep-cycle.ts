import type { HistoryEvent } from '../../history/history.ts';
import type { ClientSession } from '../../cluster/managed/activity.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { Guarded, Moment, PauseRefusal, WakeCause } from '../../sentinel/protocol.ts';
import { resourcesOf } from '../../capacity/acu.ts';
import { momentNow } from '../../sentinel/moment.ts';
import { MemoryReturn } from './memory-return.ts';
import { PauseRecord } from './pause-record.ts';
import type { RunningDatabase } from './running-database.ts';
import type { SentinelKeeper } from './sentinel-keeper.ts';
import { describeCause, findNewcomer, wakeKindOf } from './wake-cause.ts';

export interface SleepCycleOptions {
  readonly cluster: ManagedCluster;
  /** Or why nothing can be paused on this host. */
  readonly sentinel: SentinelKeeper | string;
  readonly event: (
    kind: string,
    severity: HistoryEvent['severity'],
    message: string,
    data?: HistoryEvent['data'],
  ) => void;
}

/** When and by what a pause ended. */
export interface WakeMoment {
  readonly cause: WakeCause;
  readonly at: Moment;
  readonly tookMs: number;
}

/** The pauses of one database: how it falls asleep and wakes. Its runner calls one after the other. */
export class SleepCycle {
  readonly record = new PauseRecord();
  readonly #options: SleepCycleOptions;
  readonly #memory: MemoryReturn;
  #asleep: { readonly at: Moment; readonly sessions: readonly ClientSession[] } | null = null;
  /** Found out on the first attempt; it stays so. */
  #forbidden: string | null = null;

  constructor(options: SleepCycleOptions) {
    this.#options = options;
    this.#memory = new MemoryReturn(options.cluster);
  }

  get isAsleep(): boolean {
    return this.#asleep !== null;
  }

  /** Why it can never be paused here, and the way out, one line; null where it can. */
  get unavailable(): string | null {
    const { sentinel } = this.#options;
    if (typeof sentinel === 'string') return sentinel;
    return this.#forbidden ?? sentinel.unavailable;
  }

  /** Why it cannot be paused now; null where it can. */
  get obstacle(): string | null {
    const { sentinel } = this.#options;
    const isStarting = typeof sentinel !== 'string' && !sentinel.isThere;
    return this.unavailable ?? (isStarting ? 'the sentinel is being started' : null);
  }

  /** It runs, and from now on the sentinel knows of it. */
  async guard(maxAcu: number): Promise<void> {
    const { sentinel } = this.#options;
    const guarded = this.#guarded(maxAcu);
    if (typeof sentinel !== 'string' && guarded !== null) await sentinel.guard(guarded);
  }

  async forget(): Promise<void> {
    const { sentinel, cluster } = this.#options;
    if (typeof sentinel !== 'string') await sentinel.forget(cluster.spec.id);
  }

  /** When an earlier daemon has put it to sleep; null where it has not, or it was woken since. */
  sleptSince(): Moment | null {
    const { sentinel, cluster } = this.#options;
    return typeof sentinel === 'string' ? null : (sentinel.paused.get(cluster.spec.id) ?? null);
  }

  /** It was found asleep. */
  foundAsleep(at: Moment): void {
    this.#asleep = { at, sessions: [] };
    this.record.slept(at);
    this.#memory.start();
  }

  /** Resolves to the moment at which it was paused; null where it was not: then everything goes on as before. */
  async fallAsleep(running: RunningDatabase): Promise<Moment | null> {
    const { event } = this.#options;
    event('pause-initiated', 'info', 'nobody has used it for a while, so it is being paused');
    const sessions = await running.suspend();
    const outcome = await this.#askToPause(running.loop.boostAcu);
    if ('kind' in outcome) {
      running.cancelPause(outcome.kind === 'activity');
      event('pause-cancelled', 'info', `it stays awake: ${outcome.detail}`, { reason: outcome.kind });
      return null;
    }
    this.#asleep = { at: outcome, sessions };
    this.record.slept(outcome);
    event(
      'paused',
      'info',
      `asleep, with ${sessions.length} ${sessions.length === 1 ? 'connection' : 'connections'} open`,
      {
        connections: sessions.length,
        pausedAtMs: outcome.wallMs,
      },
    );
    // While nothing runs: so it wakes with what it is to have.
    await this.#options.cluster.apply(running.loop.boostAcu).catch(() => {});
    this.#memory.start();
    return outcome;
  }

  /** Wakes it where it sleeps; null where it does not. For whoever wants something of it. */
  async wake(why: string): Promise<WakeMoment | null> {
    const { sentinel, cluster } = this.#options;
    if (this.#asleep === null) return null;
    const startedMs = performance.now();
    const at = momentNow();
    const outcome = typeof sentinel === 'string' ? null : await sentinel.wake(cluster.spec.id);
    if (outcome?.kind !== 'ok') await cluster.rest.unfreeze();
    const cause: WakeCause = why === 'orphaned' ? { kind: 'orphaned' } : { kind: 'request' };
    return { cause, at, tookMs: performance.now() - startedMs };
  }

  /** It runs again; tells of it, and finds out who it was. */
  woke({ cause, at, tookMs }: WakeMoment, running: RunningDatabase | null): void {
    const asleep = this.#asleep;
    if (asleep === null) return;
    this.#asleep = null;
    this.#memory.stop();
    const pausedMs = Math.max(0, at.bootMs - asleep.at.bootMs);
    const words = describeCause(cause, asleep.sessions);
    this.record.woken(at.wallMs, pausedMs, tookMs, words);
    this.#options.event('resuming', 'info', `woken by ${words}`, { cause: cause.kind });
    running?.resume(wakeKindOf(cause), words);
    void this.#tellResumed({ cause, at, tookMs }, words, pausedMs, asleep.sessions);
  }

  /** It is asleep no more, since it does not run any more. */
  ended(): void {
    this.#memory.stop();
    this.#asleep = null;
    this.record.ended(momentNow().bootMs);
  }

  close(): void {
    this.#memory.stop();
  }

  async #askToPause(resumeAcu: number): Promise<Moment | PauseRefusal> {
    const { sentinel, cluster } = this.#options;
    if (typeof sentinel === 'string') return { kind: 'forbidden', detail: sentinel };
    const outcome = await sentinel.pause(cluster.spec.id, resumeAcu);
    if (outcome.kind === 'paused') return outcome.at;
    if (outcome.kind !== 'refused') {
      // Whoever should have frozen it died perhaps half-way.
      await cluster.rest.unfreeze().catch(() => {});
      return { kind: 'gone', detail: outcome.kind === 'failed' ? outcome.message : 'no answer' };
    }
    if (outcome.refusal.kind === 'forbidden') this.#forbidden = outcome.refusal.detail;
    return outcome.refusal;
  }

  async #tellResumed(
    { cause, at, tookMs }: WakeMoment,
    words: string,
    pausedMs: number,
    known: readonly ClientSession[],
  ): Promise<void> {
    const { cluster, event } = this.#options;
    const name = cause.kind === 'connection' ? await findNewcomer(cluster, known) : null;
    if (name !== null) this.record.rename(name);
    const by = name ?? (cause.kind === 'connection' ? `${words} that was gone at once` : words);
    const seconds = (pausedMs / 1000).toFixed(pausedMs < 10_000 ? 1 : 0);
    event('resumed', 'info', `awake in ${tookMs.toFixed(1)} ms, after ${seconds} s asleep; woken by ${by}`, {
      cause: cause.kind,
      by,
      tookMs,
      pausedMs,
      wokenAtMs: at.wallMs,
    });
  }

  #guarded(maxAcu: number): Guarded | null {
    const { cluster } = this.#options;
    const { rest, shape, spec, enforcement } = cluster;
    const { processes } = rest;
    if (processes === null || !enforcement.enforced) return null;
    return {
      id: spec.id,
      name: spec.name,
      postmaster: processes.postmaster,
      uid: processes.uid,
      port: spec.port,
      most: { acu: maxAcu, ...resourcesOf(maxAcu, shape) },
    };
  }
}
