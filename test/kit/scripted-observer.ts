import type { Observer, ObserverMessage, SessionNow, TargetStatus } from '../../src/daemon/observer.ts';
import { DIMENSIONS } from '../../src/load/model.ts';
import type { Activity, LoadTick, Tuple, WeightedSample } from '../../src/load/model.ts';

/** An observer that says what a test tells it to say. */
export class ScriptedObserver implements Observer {
  readonly target: string;
  readonly #listeners = new Set<(message: ObserverMessage) => void>();
  #status: TargetStatus;
  #sessions: readonly SessionNow[] = [];
  /** What it says when it is stopped, as a real one settles its last ticks. */
  readonly lastWords: ObserverMessage[] = [];

  constructor(target: string) {
    this.target = target;
    this.#status = {
      target,
      address: 'db1:5432/shop',
      connection: 'connecting',
      lastError: null,
      nextAttemptAtMs: null,
      engine: null,
      source: 'kernel',
      sourceReason: null,
      intervalMs: 1000,
      thinning: 1,
      vcpus: 2,
      warnings: [],
      lastTickAtMs: null,
      cost: { tickMsP50: 2, tickMsP99: 5, agentCpuMsPerTick: 1, backendCpuMsPerTick: 1 },
    };
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  start(): void {
    this.set({ connection: 'connected' });
  }

  async stop(): Promise<void> {
    for (const message of this.lastWords.splice(0)) this.say(message);
    this.set({ connection: 'stopped' });
  }

  async suspend(): Promise<void> {
    this.set({ connection: 'paused' });
  }

  resume(): void {
    if (this.#status.connection === 'paused') this.set({ connection: 'connected' });
  }

  status(): TargetStatus {
    return this.#status;
  }

  sessions(): readonly SessionNow[] {
    return this.#sessions;
  }

  subscribe(listener: (message: ObserverMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  set(change: Partial<TargetStatus>): void {
    this.#status = { ...this.#status, ...change };
  }

  seeSessions(sessions: readonly SessionNow[]): void {
    this.#sessions = sessions;
  }

  say(message: ObserverMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  /** The same tick live and settled. */
  tick(tick: LoadTick): void {
    this.set({ lastTickAtMs: tick.atMs });
    this.say({ kind: 'live', tick });
    this.say({ kind: 'settled', tick });
  }
}

/** A tick of one second from the kernel view, nothing active unless told otherwise. */
export function scriptedTick(
  atMs: number,
  samples: readonly WeightedSample[] = [],
  change: Partial<LoadTick> = {},
): LoadTick {
  return {
    atMs,
    durationMs: 1000,
    source: 'kernel',
    state: 'observed',
    samples,
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 2, backendCpuMs: 1, tickMs: 3, lagMs: 0 },
    ...change,
  };
}

export function scriptedSample(
  weightMs: number,
  tuple: Partial<Tuple>,
  activity: Activity = 'active',
): WeightedSample {
  const empty = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, ''])) as Record<
    keyof Tuple,
    string
  >;
  return { activity, weightMs, tuple: { ...empty, 'db.session_type': 'client backend', ...tuple } };
}
