import { performance } from 'node:perf_hooks';
import { awakeMinimum, clamp } from '../../capacity/acu.ts';
import { reconfigure } from '../../capacity/decide.ts';
import { reasonOf } from '../../capacity/explain.ts';
import { boostAcu, isPausable, pauseCancelled, resume, wakeDecision } from '../../capacity/pause.ts';
import type {
  ActivityObservation,
  CapacityConfig,
  CapacityPolicy,
  CapacityState,
  Decision,
  Grant,
  Observation,
  WakeKind,
} from '../../capacity/model.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { CounterPoint } from '../../history/history.ts';
import type { LoadTick } from '../../load/model.ts';
import type { TimedDecision } from '../fleet.ts';
import { CapacityKeeper } from './capacity-keeper.ts';
import type { AppliedChange } from './capacity-keeper.ts';
import { CapacityCounters } from './capacity-counters.ts';
import { CpuLooks, MemoryLooks } from './kernel-looks.ts';
import { demandOfTick } from './load-of-tick.ts';

export interface CapacityLoopOptions {
  readonly cluster: ManagedCluster;
  readonly policy: CapacityPolicy;
  readonly config: CapacityConfig;
  readonly startAcu: number;
  readonly fastIntervalMs: number;
  /** The share of the host; asked at every look. */
  readonly grant: () => Grant;
  /** Network of the last second and connections; null where they cannot be told. */
  readonly traffic: () => { readonly bytesPerSecond: number; readonly connections: number } | null;
  /** What has happened since the last tick; null where that is not known. Asked only where it may be paused. */
  readonly activity: (tick: LoadTick) => ActivityObservation | null;
  /** A decision asks for a pause: `suspend` follows, and then `resume` or `cancelPause`. */
  readonly onPause: () => void;
  /** After each fast look: what guards the memory between decisions. */
  readonly onFastLook: (nowMs: number, canStillRaise: boolean) => void;
  /** Full decisions, and fast ones that change something. */
  readonly onDecision: (decision: TimedDecision) => void;
  readonly onCounters: (points: readonly CounterPoint[]) => void;
  readonly onApplied: (change: AppliedChange) => void;
}

/**
 * Watches one running database and lets its capacity follow: a fast look at the kernel many times a second, a full one
 * with every tick of its observer.
 */
export class CapacityLoop {
  readonly #options: CapacityLoopOptions;
  readonly #keeper: CapacityKeeper;
  readonly #fastCpu: CpuLooks;
  readonly #fullCpu: CpuLooks;
  readonly #memory: MemoryLooks;
  #state: CapacityState;
  #timer: NodeJS.Timeout | null = null;
  #isSuspended = false;
  #lastDecision: Decision | null = null;
  readonly #counters = new CapacityCounters();

  constructor(options: CapacityLoopOptions) {
    const { cluster, policy, config, startAcu } = options;
    this.#options = options;
    this.#state = policy.start(config, startAcu, performance.now());
    this.#fastCpu = new CpuLooks(cluster.accounts);
    this.#fullCpu = new CpuLooks(cluster.accounts);
    this.#memory = new MemoryLooks(cluster.accounts);
    this.#keeper = new CapacityKeeper(cluster, (change) => {
      // What could not be applied is not in force: the next look decides from what is.
      if (change.error !== null) this.#state = { ...this.#state, capacityAcu: change.acu };
      options.onApplied(change);
    });
  }

  get capacityAcu(): number {
    return this.#state.capacityAcu;
  }

  get config(): CapacityConfig {
    return this.#state.config;
  }

  /** The demand that the last full look found, not bounded; what it has before there was one. */
  get demandAcu(): number {
    return this.#lastDecision?.demandAcu ?? this.#state.capacityAcu;
  }

  /** The last full decision. */
  get lastDecision(): Decision | null {
    return this.#lastDecision;
  }

  start(): void {
    const { fastIntervalMs } = this.#options;
    this.#fastCpu.look(performance.now());
    this.#fullCpu.look(performance.now());
    this.#timer ??= setInterval(() => this.#fastLook(), fastIntervalMs);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#keeper.idle();
  }

  /** Minimum and maximum change at once, whatever was seen last. */
  reconfigure(config: CapacityConfig): void {
    const acu = clamp(this.#state.capacityAcu, awakeMinimum(config.minAcu), config.maxAcu);
    const changed = acu !== this.#state.capacityAcu;
    this.#state = { ...reconfigure(this.#state, config, performance.now()), capacityAcu: acu };
    if (changed) this.#keeper.apply(acu);
  }

  /** The capacity that it is to wake with. */
  get boostAcu(): number {
    return boostAcu(this.#state);
  }

  /** It is about to be frozen: nothing is looked at, and nothing changed, until it goes on. */
  async suspend(): Promise<void> {
    this.#isSuspended = true;
    await this.stop();
  }

  /** It was paused, and was woken; it has its capacity already, and its settings follow. */
  resume(kind: WakeKind, why: string): void {
    const nowMs = performance.now();
    this.#state = resume(this.#state, kind, nowMs);
    this.#goOn();
    this.#keeper.apply(this.#state.capacityAcu);
    const decision = wakeDecision(this.#state);
    this.#lastDecision = decision;
    this.#tell(decision, `up from 0 to ${decision.toAcu} ACU: woken by ${why}`, nowMs);
  }

  /** The pause did not come about. */
  cancelPause(wasActivity: boolean): void {
    this.#state = pauseCancelled(this.#state, performance.now(), wasActivity);
    this.#goOn();
  }

  /** A full look: the observer has just ticked. */
  tick(tick: LoadTick): void {
    if (tick.state === 'paused' || this.#isSuspended) return;
    const nowMs = performance.now();
    const demand = demandOfTick(tick);
    const seen = this.#fullCpu.look(nowMs, demand.waitingForCpu);
    const { enforced } = this.#options.cluster.enforcement;
    // Without a group to account for it, what the sessions were seen to use is all there is.
    const unlimited = { used: demand.running, throttled: null, waiting: demand.waitingForCpu };
    const traffic = this.#options.traffic();
    this.#decide({
      kind: 'full',
      durationMs: tick.durationMs,
      cpu: seen?.cpu ?? (enforced ? null : unlimited),
      memory: this.#memory.full(this.#limitBytes(), nowMs),
      waits: demand.waits,
      networkBytesPerSecond: traffic?.bytesPerSecond ?? null,
      connections: traffic?.connections ?? null,
      activity: isPausable(this.#state.config) ? this.#options.activity(tick) : null,
      grant: this.#options.grant(),
    });
    this.#keeper.mend();
  }

  #fastLook(): void {
    const nowMs = performance.now();
    const seen = this.#fastCpu.look(nowMs);
    const memory = this.#memory.fast(this.#limitBytes());
    if (seen !== null || memory !== null) {
      this.#decide({
        kind: 'fast',
        durationMs: seen?.durationMs ?? this.#options.fastIntervalMs,
        cpu: seen?.cpu ?? null,
        memory,
        waits: null,
        networkBytesPerSecond: null,
        connections: null,
        activity: null,
        grant: this.#options.grant(),
      });
    }
    const most = Math.min(this.#state.config.maxAcu, this.#options.grant().shareAcu);
    this.#options.onFastLook(nowMs, this.#state.capacityAcu < most);
  }

  #decide(seen: Observation): void {
    const nowMs = performance.now();
    const outcome = this.#options.policy.decide(this.#state, seen, nowMs);
    this.#state = outcome.state;
    for (const action of outcome.actions) {
      if (action.kind === 'set-capacity') this.#keeper.apply(action.acu);
      else this.#options.onPause();
    }
    if (seen.kind === 'full') this.#record(seen, outcome.decision);
    if (seen.kind === 'fast' && outcome.actions.length === 0) return;
    this.#tell(outcome.decision, reasonOf(outcome.decision, this.#state.config, nowMs), nowMs);
  }

  #tell(decision: Decision, reason: string, nowMs: number): void {
    const atMs = Date.now();
    this.#options.onDecision({ atMs, decision: onWallClock(decision, atMs - nowMs), reason });
  }

  #record(seen: Observation, decision: Decision): void {
    this.#lastDecision = decision;
    const points = this.#counters.add(seen, decision, this.#state.config, Date.now());
    if (points.length > 0) this.#options.onCounters(points);
  }

  #goOn(): void {
    this.#isSuspended = false;
    // What was counted before the pause says nothing of the time after it.
    this.#memory.full(this.#limitBytes(), performance.now());
    this.start();
  }

  #limitBytes(): number | null {
    return this.#options.cluster.applied?.memoryBytes ?? null;
  }
}

/** Whoever reads it later knows no monotonic clock of ours. */
function onWallClock(decision: Decision, offsetMs: number): Decision {
  const { hold, pause } = decision;
  const shift = (ms: number): number => Math.round(ms + offsetMs);
  return {
    ...decision,
    hold: hold.untilMs === null ? hold : { ...hold, untilMs: shift(hold.untilMs) },
    pause: pause?.kind === 'waiting' ? { ...pause, untilMs: shift(pause.untilMs) } : pause,
  };
}
