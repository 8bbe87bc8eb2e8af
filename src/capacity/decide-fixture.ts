import { DEFAULT_SHAPE } from './acu.ts';
import { decide, startCapacity } from './decide.ts';
import { resume } from './pause.ts';
import type {
  ActivityObservation,
  CapacityAction,
  CapacityConfig,
  CapacityState,
  CpuObservation,
  Decision,
  Grant,
  MemoryObservation,
  Observation,
  WaitObservation,
  WakeKind,
} from './model.ts';

export const GIB = 1024 ** 3;

export const CONFIG: CapacityConfig = {
  minAcu: 0.5,
  maxAcu: 8,
  autoPauseMs: null,
  shape: DEFAULT_SHAPE,
  hostCpus: 4,
};
/** Sleeps after twenty seconds. */
export const SLEEPY: CapacityConfig = { ...CONFIG, minAcu: 0, autoPauseMs: 20_000 };

/** What a test says of a look; the rest is a quiet database. */
export interface Seen {
  readonly cpu?: Partial<CpuObservation> | null;
  readonly memory?: Partial<MemoryObservation> | null;
  readonly waits?: Partial<WaitObservation> | null;
  readonly network?: number | null;
  readonly connections?: number | null;
  readonly activity?: Partial<ActivityObservation> | null;
  readonly grant?: Grant;
  readonly durationMs?: number;
}

export const ALONE: Grant = { shareAcu: 256, contended: false };

export function observation(kind: Observation['kind'], seen: Seen, limitBytes: number): Observation {
  const quiet = {
    unevictableBytes: 0.2 * GIB,
    cacheBytes: 0,
    limitBytes,
    refaultBytesPerSecond: 0,
    tierReadBytesPerSecond: 0,
  };
  return {
    kind,
    durationMs: seen.durationMs ?? (kind === 'fast' ? 50 : 1000),
    cpu: seen.cpu === null ? null : { used: 0, throttled: 0, waiting: 0, ...seen.cpu },
    memory: seen.memory === null ? null : { ...quiet, ...seen.memory },
    waits: seen.waits === null ? null : { io: 0, tier: 0, other: 0, ...seen.waits },
    networkBytesPerSecond: seen.network === undefined ? 0 : seen.network,
    connections: seen.connections === undefined ? 1 : seen.connections,
    activity:
      kind === 'fast' || seen.activity === null
        ? null
        : { isActive: false, by: null, blockers: [], ...seen.activity },
    grant: seen.grant ?? ALONE,
  };
}

/** Plays a script in virtual time: each call is a look, and says what was decided. */
export class Script {
  state: CapacityState;
  now = 0;
  /** What the last look asked to be done. */
  asked: readonly CapacityAction[] = [];

  constructor(config: Partial<CapacityConfig> = {}, capacityAcu = 0.5) {
    this.state = startCapacity({ ...CONFIG, ...config }, capacityAcu, 0);
  }

  get acu(): number {
    return this.state.capacityAcu;
  }

  fast(seen: Seen = {}): Decision {
    this.now += seen.durationMs ?? 50;
    return this.#look('fast', seen);
  }

  full(seen: Seen = {}): Decision {
    this.now += seen.durationMs ?? 1000;
    return this.#look('full', seen);
  }

  /** The same look again and again; the capacities that it led to. */
  repeat(seconds: number, seen: Seen = {}): number[] {
    return Array.from({ length: seconds }, () => this.full(seen).toAcu);
  }

  /** Looks like this one until it is to be paused; the seconds that took. */
  untilPause(seen: Seen = {}): number {
    for (let seconds = 1; seconds <= 1000; seconds++) {
      if (this.full(seen).pause?.kind === 'due') return seconds;
    }
    throw new Error('It was not paused in 1000 looks.');
  }

  /** Asleep for so long, then awake again. */
  sleep(ms: number, kind: WakeKind): void {
    this.now += ms;
    this.state = resume(this.state, kind, this.now);
  }

  #look(kind: Observation['kind'], seen: Seen): Decision {
    const { shape } = this.state.config;
    const limitBytes = this.state.capacityAcu * shape.memoryBytes;
    const outcome = decide(this.state, observation(kind, seen, limitBytes), this.now);
    this.state = outcome.state;
    this.asked = outcome.actions;
    return outcome.decision;
  }
}
