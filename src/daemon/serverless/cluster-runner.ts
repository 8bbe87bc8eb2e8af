import { setTimeout as sleep } from 'node:timers/promises';
import type { AcuShape } from '../../capacity/acu.ts';
import { clampMaximum } from '../../capacity/host-share.ts';
import { isPausable } from '../../capacity/pause.ts';
import type { CapacityConfig, CapacityPolicy, Decision } from '../../capacity/model.ts';
import type { JournalEntry, Moment } from '../../sentinel/protocol.ts';
import type { ClusterChange, ManagedCluster } from '../../cluster/managed/model.ts';
import { AirglowError } from '../../errors.ts';
import type { HistoryEvent } from '../../history/history.ts';
import type { ClusterStatus, FleetMessage, HostCapacity, TimedDecision } from '../fleet.ts';
import type { Observer } from '../observer.ts';
import type { AppliedChange } from './capacity-keeper.ts';
import { DecisionLog } from './decision-log.ts';
import type { HostArbiter } from './host-arbiter.ts';
import { newsOf } from './journal-news.ts';
import type { WatchedTier } from './optimized-reads/database-reads.ts';
import { LostTier } from './optimized-reads/lost-tier.ts';
import type { OptimizedReadsWatch } from './optimized-reads/optimized-reads-watch.ts';
import { LoadWindow } from './load-window.ts';
import type { MeterFile } from './meter-file.ts';
import { SleepCycle } from './sleep-cycle.ts';
import type { WakeMoment } from './sleep-cycle.ts';
import { restartDelayMs } from './restart-delay.ts';
import type { SentinelKeeper } from './sentinel-keeper.ts';
import { RunningDatabase, startCapacity } from './running-database.ts';

export interface RunnerOptions {
  readonly cluster: ManagedCluster;
  readonly meter: MeterFile;
  readonly host: HostCapacity;
  readonly shape: AcuShape;
  readonly policy: CapacityPolicy;
  readonly arbiter: HostArbiter;
  readonly tier: WatchedTier;
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  /** Or why nothing can be paused on this host. */
  readonly sentinel: SentinelKeeper | string;
  /** Only what may be paused needs a sentinel: everything ends with us anyway. */
  readonly temporary: boolean;
  /** What the sentinel noted of this database, oldest first. */
  readonly journal: () => readonly JournalEntry[];
  readonly emit: (message: FleetMessage) => void;
}

/** A database that has run for so long counts as well: should it end by itself, its restart comes soon. */
const WELL_MS = 60_000;

/** One database in all its statuses. What is asked of it is done one after the other. */
export class ClusterRunner {
  readonly cluster: ManagedCluster;
  readonly log = new DecisionLog();
  readonly load = new LoadWindow();
  readonly meter: MeterFile;
  readonly sleep: SleepCycle;
  readonly lostTier: LostTier;
  readonly #options: RunnerOptions;
  readonly #closing = new AbortController();
  #running: RunningDatabase | null = null;
  #status: ClusterStatus = 'stopped';
  #statusReason: string | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #failures = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.cluster = options.cluster;
    this.meter = options.meter;
    this.cluster.tempSpace.subscribe((event) => this.#emitEvent({ atMs: Date.now(), ...event }));
    this.sleep = new SleepCycle({
      cluster: options.cluster,
      sentinel: options.sentinel,
      event: (...event) => this.#event(...event),
    });
    this.lostTier = new LostTier({
      cluster: options.cluster,
      event: (...event) => this.#event(...event),
      restart: () => void this.#inTurn(() => this.#restartAwake()).catch(() => {}),
    });
  }

  get status(): ClusterStatus {
    return this.#status;
  }

  get statusReason(): string | null {
    return this.#statusReason;
  }

  get tier(): WatchedTier {
    return this.#options.tier;
  }

  /** Null while it does not run. */
  get reads(): OptimizedReadsWatch | null {
    return this.#running?.reads ?? null;
  }

  get observer(): Observer | null {
    return this.#running?.observer ?? null;
  }

  /** Minimum and maximum as the host allows them. */
  get config(): CapacityConfig {
    const { shape, host } = this.#options;
    const { minAcu, maxAcu, secondsUntilAutoPause } = this.cluster.spec;
    const most = clampMaximum(maxAcu, host.budgetAcu);
    const autoPauseMs = minAcu === 0 ? secondsUntilAutoPause * 1000 : null;
    return { minAcu: Math.min(minAcu, most), maxAcu: most, autoPauseMs, shape, hostCpus: host.cpus };
  }

  /** The last full decision; null while it does not run. */
  get lastFull(): Decision | null {
    return this.#running?.loop.lastDecision ?? null;
  }

  /** 0 while it does not run, or sleeps. */
  get capacityAcu(): number {
    if (this.sleep.isAsleep) return 0;
    return this.#running?.loop.capacityAcu ?? 0;
  }

  /** After a start of the daemon: finds it running, or starts it where it should run. */
  async resume(): Promise<void> {
    await this.#inTurn(async () => {
      const sleptSince = this.sleep.sleptSince();
      const isAdopted = await this.cluster.adopt(sleptSince !== null);
      const journal = this.#options.journal();
      const news = newsOf(journal, this.meter.leftAt);
      await this.meter.resume(isAdopted, journal);
      if (isAdopted) {
        const how = sleptSince === null ? 'running' : 'asleep';
        for (const event of news) this.#emitEvent(event);
        if (sleptSince === null && journal.at(-1)?.what === 'paused')
          this.#event('resumed', 'info', 'it was asleep and nobody watched it, so it was woken');
        this.#event('adopted', 'info', `found ${how}, and adopted`);
        if (sleptSince !== null) this.sleep.foundAsleep(sleptSince);
        await this.#watch();
      } else {
        if (this.cluster.spec.wanted === 'running') await this.#start();
      }
    });
  }

  /** A running one is no error. Raises as `ManagedCluster.start`. */
  start(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#wake();
      if (this.#running === null) await this.#start();
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#stop());
  }

  /** Raises SETTING_REFUSED, INVALID_ARGUMENT. */
  modify(change: ClusterChange): Promise<void> {
    return this.#inTurn(async () => {
      await this.#wake();
      const before = this.#status;
      this.#become('modifying');
      try {
        await this.cluster.modify(change);
        this.#running?.reconfigure(this.config);
        await this.#guard();
        this.#advanceMeter();
      } finally {
        this.#become(before);
      }
    });
  }

  /** The host's tier came or went: what may be on swap follows, asleep or not. */
  followTier(): Promise<void> {
    return this.#inTurn(async () => {
      const { applied, spec } = this.cluster;
      if (applied === null) return;
      await this.cluster.apply(applied.acu).catch((error: Error) => {
        this.#event(
          'swap-not-limited',
          'warning',
          `what ${spec.name} may have on swap is as before: ${error.message}`,
        );
      });
    });
  }

  delete(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#wake();
      this.#become('deleting');
      await this.#unwatch();
      await this.meter.remove();
      await this.cluster.delete();
    });
  }

  /** The sentinel has woken it. */
  woken(moment: WakeMoment): Promise<void> {
    return this.#inTurn(async () => this.#woke(moment));
  }

  /** The sentinel is gone: nobody would wake it. */
  orphaned(): Promise<void> {
    return this.#inTurn(() => this.#wake('orphaned'));
  }

  /** Ends the watching; the database runs on, or sleeps on. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.sleep.close();
    await this.#queue.catch(() => {});
    // To the meter it runs on, with the capacity that it has.
    await this.#letGo();
    await this.cluster.release();
    await this.meter.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #start(): Promise<void> {
    this.#become('starting');
    try {
      await this.cluster.start(startCapacity(this.config));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#event('start-failed', 'error', message, codeOf(error));
      this.#become('failed', message);
      throw error;
    }
    await this.#watch();
  }

  async #watch(): Promise<void> {
    const { policy, intervalMs, fastIntervalMs, arbiter, tier } = this.#options;
    const running = new RunningDatabase({
      cluster: this.cluster,
      config: this.config,
      policy,
      intervalMs,
      fastIntervalMs,
      arbiter,
      tier,
      noPausing: () => this.sleep.obstacle,
      onPause: () => void this.#inTurn(() => this.#fallAsleep(running)),
      onTick: (tick) => {
        this.load.add(tick);
        this.#advanceMeter();
      },
      onDecision: (decision) => this.#decided(decision),
      onCounters: (points) => this.#options.emit({ kind: 'counters', name: this.cluster.spec.name, points }),
      onApplied: (change) => this.#applied(change),
      onEvent: (event) => this.#emitEvent(event),
    });
    this.#running = running;
    this.#advanceMeter();
    await this.#guard();
    this.#become(this.sleep.isAsleep ? 'paused' : 'available');
    if (this.sleep.isAsleep) running.startAsleep();
    else running.start();
    void this.#awaitEnd(running, Date.now());
  }

  async #fallAsleep(running: RunningDatabase): Promise<void> {
    if (this.#running !== running || this.#status !== 'available') {
      running.cancelPause(false);
      return;
    }
    const at = await this.sleep.fallAsleep(running);
    if (at === null) return;
    this.#advanceMeter(at);
    this.#become('paused');
  }

  /** Whoever wants something of it wants it awake. */
  async #wake(why = 'request'): Promise<void> {
    const moment = await this.sleep.wake(why);
    if (moment !== null) this.#woke(moment);
  }

  #woke(moment: WakeMoment): void {
    if (!this.sleep.isAsleep) return;
    this.#become('resuming');
    this.sleep.woke(moment, this.#running);
    this.#advanceMeter(moment.at);
    this.#become('available');
  }

  async #guard(): Promise<void> {
    const { temporary } = this.#options;
    if (!temporary || isPausable(this.config)) await this.sleep.guard(this.config.maxAcu);
  }

  async #unwatch(): Promise<void> {
    this.sleep.ended();
    await this.sleep.forget();
    await this.#letGo();
    this.#advanceMeter();
  }

  async #letGo(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.stop();
    this.load.clear();
  }

  async #stop(mode?: 'immediate'): Promise<void> {
    await this.#wake();
    this.#become('stopping');
    this.sleep.ended();
    await this.sleep.forget();
    await this.#letGo();
    await this.cluster.stop(mode);
    this.#advanceMeter();
    this.#become('stopped');
  }

  async #restartAwake(): Promise<void> {
    if (this.#running === null || this.#status !== 'available') return;
    // It is recovering from a kill, and has no memory to do that in good order.
    await this.#stop('immediate');
    await this.#start();
  }

  /** Somebody else may end it: the kernel, an administrator, a crash. */
  async #awaitEnd(running: RunningDatabase, startedAtMs: number): Promise<void> {
    await this.cluster.exited();
    if (this.#running !== running || this.#closing.signal.aborted) return;
    if (Date.now() - startedAtMs > WELL_MS) this.#failures = 0;
    await this.#inTurn(async () => {
      if (this.#running !== running) return;
      this.#become('failed', 'the server ended by itself');
      this.#event('ended', 'error', 'the server ended by itself; it is started again', {});
      await this.#unwatch();
    });
    await this.#restart();
  }

  async #restart(): Promise<void> {
    while (!this.#closing.signal.aborted && this.#status === 'failed') {
      const delayMs = restartDelayMs(this.#failures++);
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      if (this.#closing.signal.aborted) return;
      await this.#inTurn(async () => {
        if (this.#status === 'failed') await this.#start();
      }).catch(() => {});
    }
  }

  #decided(decision: TimedDecision): void {
    this.log.add(decision);
    this.#options.emit({ kind: 'decision', name: this.cluster.spec.name, decision });
  }

  #applied({ acu, tookMs, error }: AppliedChange): void {
    this.#advanceMeter();
    if (error === null) return;
    const message = `capacity stays at ${acu} ACU: ${error.message}`;
    this.#event('capacity-not-applied', 'warning', message, { code: error.code, tookMs });
  }

  /** Capacity is billed as it is in force, from the start of the server to its end. */
  #advanceMeter(at?: Moment): void {
    const running = this.cluster.isRunning;
    const isBilled = running && !this.sleep.isAsleep;
    const capacityAcu = isBilled ? (this.cluster.applied?.acu ?? this.capacityAcu) : 0;
    this.meter.advance({ capacityAcu, maxAcu: this.config.maxAcu, running }, at);
  }

  #become(status: ClusterStatus, reason: string | null = null): void {
    this.#status = status;
    this.#statusReason = reason;
    this.#options.emit({ kind: 'status', name: this.cluster.spec.name, status });
  }

  #event(
    kind: string,
    severity: HistoryEvent['severity'],
    message: string,
    data: HistoryEvent['data'] = {},
  ): void {
    this.#emitEvent({ atMs: Date.now(), kind, severity, message, data });
  }

  #emitEvent(event: HistoryEvent): void {
    this.#options.emit({ kind: 'event', name: this.cluster.spec.name, event });
  }
}

function codeOf(error: unknown): { readonly code?: string } {
  return error instanceof AirglowError ? { code: error.code } : {};
}
