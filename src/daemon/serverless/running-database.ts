import { performance } from 'node:perf_hooks';
import { awakeMinimum, clamp, resourcesOf } from '../../capacity/acu.ts';
import type { CapacityConfig, CapacityPolicy, WakeKind } from '../../capacity/model.ts';
import type { GuardEvent, MemoryGuard } from '../../cluster/managed/memory-guard.ts';
import type { ClientSession } from '../../cluster/managed/activity.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { CounterPoint, HistoryEvent } from '../../history/history.ts';
import { TcpTraffic } from '../../kernel/tcp-traffic.ts';
import type { LoadTick } from '../../load/model.ts';
import type { TimedDecision } from '../fleet.ts';
import type { Observer, ObserverMessage } from '../observer.ts';
import { createObserver } from '../postgres-observer.ts';
import { ActivityWatch } from './activity-watch.ts';
import type { AppliedChange } from './capacity-keeper.ts';
import { CapacityLoop } from './capacity-loop.ts';
import { CrashWatch } from './crash-watch.ts';
import type { HostArbiter } from './host-arbiter.ts';
import { DatabaseReads } from './optimized-reads/database-reads.ts';
import type { WatchedTier } from './optimized-reads/database-reads.ts';
import { OptimizedReadsWatch } from './optimized-reads/optimized-reads-watch.ts';

export interface RunningDatabaseOptions {
  readonly cluster: ManagedCluster;
  readonly config: CapacityConfig;
  readonly policy: CapacityPolicy;
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  readonly arbiter: HostArbiter;
  readonly tier: WatchedTier;
  /** Why it cannot be paused at this moment; null where it can. */
  readonly noPausing: () => string | null;
  readonly onPause: () => void;
  readonly onTick: (tick: LoadTick) => void;
  readonly onDecision: (decision: TimedDecision) => void;
  readonly onCounters: (points: readonly CounterPoint[]) => void;
  readonly onApplied: (change: AppliedChange) => void;
  readonly onEvent: (event: HistoryEvent) => void;
}

/** So long the answer to a first query takes, most of the time. */
const CLIENT_FIRST_MS = 25;

/** Everything that watches over one running database: its observer, its capacity, its memory. */
export class RunningDatabase {
  readonly observer: Observer;
  readonly loop: CapacityLoop;
  readonly reads: OptimizedReadsWatch;
  readonly #options: RunningDatabaseOptions;
  readonly #guard: MemoryGuard | null;
  readonly #activity: ActivityWatch;
  readonly #crashes: CrashWatch;
  readonly #unsubscribe: () => void;
  #resuming: NodeJS.Timeout | null = null;

  constructor(options: RunningDatabaseOptions) {
    const { cluster, config, policy, intervalMs, fastIntervalMs, arbiter } = options;
    const { name, port } = cluster.spec;
    this.#options = options;
    const reads = new DatabaseReads(cluster, options.tier);
    this.reads = new OptimizedReadsWatch(reads);
    this.observer = createObserver({
      url: cluster.socketUrl(),
      target: name,
      intervalMs,
      hasTier: () => reads.tierBytes() > 0,
    });
    this.#guard = cluster.guardMemory(config.maxAcu, (event) => options.onEvent(toHistory(event)));
    this.#crashes = new CrashWatch(cluster, options.onEvent);
    this.#activity = new ActivityWatch(cluster, options.noPausing);
    const traffic = new TrafficRate(port);
    this.loop = new CapacityLoop({
      cluster,
      policy,
      config,
      startAcu: cluster.applied?.acu ?? awakeMinimum(config.minAcu),
      fastIntervalMs,
      grant: () => arbiter.grant(name),
      traffic: () => traffic.look(performance.now()),
      activity: (tick) => this.#activity.look(tick),
      onPause: options.onPause,
      onFastLook: (nowMs, canStillRaise) => this.#guard?.look(nowMs, canStillRaise),
      onDecision: options.onDecision,
      onCounters: options.onCounters,
      onApplied: options.onApplied,
    });
    this.#unsubscribe = this.observer.subscribe((message) => this.#observed(message));
  }

  start(): void {
    this.#join();
    this.loop.start();
    this.observer.start();
  }

  /** As `start`, of one that is asleep: nothing is asked of it before `resume`. */
  startAsleep(): void {
    void this.loop.suspend();
    void this.observer.suspend();
    this.observer.start();
  }

  /** It is about to be frozen. Resolves to who is connected, when nothing is asked of it any more. */
  async suspend(): Promise<readonly ClientSession[]> {
    this.#cancelResume();
    const { arbiter, cluster } = this.#options;
    arbiter.leave(cluster.spec.name);
    this.reads.forget();
    await this.loop.suspend();
    await Promise.all([this.observer.suspend(), this.#activity.idle()]);
    const sessions = await cluster.rest.sessions().catch(() => []);
    await cluster.rest.hush();
    return sessions;
  }

  /** It runs again. Who has woken it is answered first: looking at it takes processors, too. */
  resume(kind: WakeKind, why: string): void {
    if (kind === 'client') this.#resuming = setTimeout(() => this.#goOn(kind, why), CLIENT_FIRST_MS);
    else this.#goOn(kind, why);
  }

  cancelPause(wasActivity: boolean): void {
    this.#options.cluster.rest.unhush();
    this.loop.cancelPause(wasActivity);
    this.#join();
    this.observer.resume();
  }

  reconfigure(config: CapacityConfig): void {
    this.loop.reconfigure(config);
    this.#options.arbiter.share();
    const { applied, shape } = this.#options.cluster;
    const mostBytes = resourcesOf(config.maxAcu, shape).memoryBytes;
    void this.#guard?.setLimitBytes(applied?.memoryBytes ?? mostBytes, mostBytes);
  }

  async stop(): Promise<void> {
    this.#cancelResume();
    this.#options.arbiter.leave(this.#options.cluster.spec.name);
    await this.loop.stop();
    await this.observer.stop();
    this.#unsubscribe();
    this.#guard?.close();
    this.reads.close();
  }

  #goOn(kind: WakeKind, why: string): void {
    this.reads.forget();
    this.#options.cluster.rest.unhush();
    this.loop.resume(kind, why);
    this.#join();
    this.observer.resume();
  }

  #cancelResume(): void {
    if (this.#resuming !== null) clearTimeout(this.#resuming);
    this.#resuming = null;
  }

  #join(): void {
    const { loop } = this;
    const { arbiter, cluster } = this.#options;
    const { name } = cluster.spec;
    arbiter.join(name, () => {
      const { minAcu, maxAcu } = loop.config;
      return { name, minAcu, maxAcu, demandAcu: loop.demandAcu, capacityAcu: loop.capacityAcu };
    });
  }

  #observed(message: ObserverMessage): void {
    if (message.kind === 'live') {
      this.loop.tick(message.tick);
      this.#countReads(message.tick);
      this.#options.arbiter.share();
      this.#options.onTick(message.tick);
    }
    if (message.kind !== 'event') return;
    this.#options.onEvent(message.event);
    if (isConnection(message.event)) void this.#crashes.connected();
    const pid = this.observer.status().engine?.backendPid;
    // The backend that samples must not be held up by the limits it reports on.
    if (isConnection(message.event) && pid !== undefined) void this.#exempt(pid);
  }

  #countReads(tick: LoadTick): void {
    if (tick.state === 'paused') return;
    const points = this.reads.look(tick, performance.now(), Date.now());
    if (points.length > 0) this.#options.onCounters(points);
  }

  async #exempt(pid: number): Promise<void> {
    await this.#options.cluster.exempt(pid).catch(() => {});
  }
}

function toHistory({ kind, pid, title, cappedAtBytes, reason }: GuardEvent): HistoryEvent {
  return {
    atMs: Date.now(),
    kind: `memory-${kind}`,
    severity: kind === 'lifted' ? 'info' : 'warning',
    message: `${title === '' ? 'The postmaster' : title} (pid ${pid}): ${reason}`,
    data: { pid, cappedAtBytes },
  };
}

function isConnection({ kind }: HistoryEvent): boolean {
  return kind === 'connected' || kind === 'reconnected';
}

/** Bytes a second since the last look. */
class TrafficRate {
  readonly #traffic: TcpTraffic;
  #lastMs: number | null = null;

  constructor(port: number) {
    this.#traffic = new TcpTraffic(port);
  }

  look(nowMs: number): { readonly bytesPerSecond: number; readonly connections: number } | null {
    const seen = this.#traffic.look();
    if (seen === null) return null;
    const seconds = this.#lastMs === null ? 0 : (nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    return { bytesPerSecond: seconds > 0 ? seen.grownBytes / seconds : 0, connections: seen.connections };
  }
}

/** Capacity to start with: PostgreSQL's own start takes CPU, and who starts a database will soon use it. */
const START_ACU = 2;

export function startCapacity({ minAcu, maxAcu }: CapacityConfig): number {
  return clamp(START_ACU, awakeMinimum(minAcu), maxAcu);
}
