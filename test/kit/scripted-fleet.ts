import { awakeMinimum, DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import type { Decision } from '../../src/capacity/model.ts';
import { AirglowError } from '../../src/errors.ts';
import type {
  ClusterDescription,
  ClusterStatus,
  CreateRequest,
  Explanation,
  FleetMessage,
  HostCapacity,
  ModifyRequest,
  OpenFleet,
  PauseDescription,
  TimedDecision,
  WakeReport,
} from '../../src/daemon/fleet.ts';
import { DEFAULT_SECONDS_UNTIL_AUTO_PAUSE } from '../../src/api/pause-rules.ts';
import type { CounterPoint } from '../../src/history/history.ts';
import { ScriptedObserver } from './scripted-observer.ts';
import { ScriptedTier } from './scripted-tier.ts';

const CREATED_MS = Date.UTC(2026, 10, 22, 10);

const RUNNING: ReadonlySet<ClusterStatus> = new Set(['available', 'paused', 'resuming']);

interface Entry {
  description: ClusterDescription;
  observer: ScriptedObserver | null;
  changes: readonly TimedDecision[];
}

/** Databases that are there as soon as they are asked for, and do what a test tells them to. */
export class ScriptedFleet implements OpenFleet {
  readonly host: HostCapacity = { cpus: 2, memoryBytes: 16 * 1024 ** 3, budgetAcu: 8, enforcementNote: null };
  readonly tier = new ScriptedTier();
  /** What was asked for, as it arrived. */
  readonly asked: unknown[] = [];
  /** Lines of every database's log. */
  readonly log: string[] = ['LOG:  database system is ready to accept connections'];
  isClosed = false;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(message: FleetMessage) => void>();
  #port = 54_320;

  list(): readonly ClusterDescription[] {
    return [...this.#entries.values()].map(({ description }) => description);
  }

  describe(name: string): ClusterDescription {
    return this.#entry(name).description;
  }

  async create(request: CreateRequest): Promise<ClusterDescription> {
    this.asked.push(request);
    if (this.#entries.has(request.name)) {
      throw new AirglowError('CLUSTER_EXISTS', `there is a database called ${request.name} already`);
    }
    this.#entries.set(request.name, { description: this.#new(request), observer: null, changes: [] });
    this.#become(request.name, 'available');
    this.event(request.name, 'created');
    return this.describe(request.name);
  }

  async modify(name: string, request: ModifyRequest): Promise<ClusterDescription> {
    this.asked.push(request);
    const { capacity, parameters } = this.describe(name);
    const max = request.maxCapacity ?? capacity.requestedMax;
    const settings = Object.entries({ ...parameters, ...request.parameters });
    this.change(name, {
      capacity: { ...capacity, min: request.minCapacity ?? capacity.min, max, requestedMax: max },
      pause: pauseOf(request, this.describe(name)),
      parameters: Object.fromEntries(
        settings.filter((entry): entry is [string, string] => entry[1] !== null),
      ),
    });
    return this.describe(name);
  }

  async start(name: string): Promise<ClusterDescription> {
    this.#become(name, 'available');
    return this.describe(name);
  }

  async stop(name: string): Promise<ClusterDescription> {
    await this.#entry(name).observer?.stop();
    this.#become(name, 'stopped');
    return this.describe(name);
  }

  async delete(name: string): Promise<void> {
    const { observer } = this.#entry(name);
    this.#become(name, 'deleting');
    this.#entries.delete(name);
    await observer?.stop();
  }

  url(name: string, database = 'postgres'): string {
    return `postgres://postgres:geheim@127.0.0.1:${this.describe(name).endpoint.port}/${database}`;
  }

  async logs(name: string, lines: number): Promise<readonly string[]> {
    this.#entry(name);
    return this.log.slice(-lines);
  }

  explain(name: string): Explanation {
    const { description, changes } = this.#entry(name);
    const { capacity, lastDecision } = description;
    return {
      name,
      atMs: lastDecision?.atMs ?? description.createdAtMs,
      capacityAcu: capacity.current,
      sentences: [`Capacity is ${capacity.current} ACU, between ${capacity.min} and ${capacity.max}.`],
      latest: lastDecision,
      changes,
    };
  }

  observer(name: string): ScriptedObserver | null {
    return this.#entry(name).observer;
  }

  subscribe(listener: (message: FleetMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    for (const { observer } of this.#entries.values()) await observer?.stop();
    this.isClosed = true;
  }

  /** Puts a database into a state without a word. */
  change(name: string, change: Partial<ClusterDescription>): void {
    const entry = this.#entry(name);
    entry.description = { ...entry.description, ...change };
  }

  /** As if nobody had used it for long enough. */
  pause(name: string, atMs: number): void {
    this.#become(name, 'paused');
    this.change(name, { pause: { ...this.describe(name).pause, pausedAtMs: atMs } });
  }

  wake(name: string, lastWake: WakeReport): void {
    this.#become(name, 'resuming');
    const { pause } = this.describe(name);
    const pausedSeconds = pause.pausedSeconds + lastWake.pausedMs / 1000;
    this.change(name, {
      pause: { ...pause, pausedAtMs: null, pausedSeconds, wakes: pause.wakes + 1, lastWake },
    });
    this.#become(name, 'available');
  }

  decide(name: string, decision: TimedDecision): void {
    const entry = this.#entry(name);
    const { fromAcu, toAcu } = decision.decision;
    if (fromAcu !== toAcu) entry.changes = [decision, ...entry.changes];
    const capacity = { ...entry.description.capacity, current: toAcu };
    this.change(name, { capacity, lastDecision: decision });
    this.#say({ kind: 'decision', name, decision });
  }

  event(name: string, kind: string, atMs = CREATED_MS): void {
    const event = { atMs, kind, severity: 'info', message: `it was ${kind}`, data: {} } as const;
    this.#say({ kind: 'event', name, event });
  }

  count(name: string, points: readonly CounterPoint[]): void {
    this.#say({ kind: 'counters', name, points });
  }

  #become(name: string, status: ClusterStatus): void {
    const entry = this.#entry(name);
    entry.observer = RUNNING.has(status) ? (entry.observer ?? this.#observe(name)) : null;
    entry.observer?.set({ connection: status === 'paused' ? 'paused' : 'connected' });
    const current = status === 'available' ? awakeMinimum(entry.description.capacity.min) : 0;
    const capacity = { ...entry.description.capacity, current };
    this.change(name, { status, capacity });
    this.#say({ kind: 'status', name, status });
  }

  #observe(name: string): ScriptedObserver {
    const observer = new ScriptedObserver(name);
    observer.subscribe((message) => {
      if (message.kind === 'event') this.#say({ kind: 'event', name, event: message.event });
    });
    observer.start();
    return observer;
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const known = [...this.#entries.keys()].join(', ');
    throw new AirglowError('CLUSTER_NOT_FOUND', `no database is called ${name}; there is ${known || 'none'}`);
  }

  #say(message: FleetMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #new(request: CreateRequest): ClusterDescription {
    const { name, minCapacity = 0.5, maxCapacity = 8, engineVersion = 15 } = request;
    return {
      name,
      status: 'creating',
      statusReason: null,
      endpoint: { host: '127.0.0.1', port: request.port ?? ++this.#port },
      engine: {
        version: `${engineVersion}.18`,
        major: engineVersion,
        source: 'installed',
        pendingVersion: null,
      },
      createdAtMs: CREATED_MS,
      capacity: { current: 0, min: minCapacity, max: maxCapacity, requestedMax: maxCapacity },
      pause: pauseOf({ ...request, minCapacity }),
      optimizedReads: { tempObjects: null, tieredCache: null, localStorage: null },
      shape: DEFAULT_SHAPE,
      enforced: true,
      enforcementNote: null,
      notes: [],
      load: { aas: 1.2, cpuRunning: 0.5, cpuWaiting: 0.3, nonCpu: 0.4 },
      acuHours: 2.5,
      cost: {
        currency: 'USD',
        pricePerAcuHour: 0.12,
        amount: 0.3,
        fixedMaximumAmount: 1.92,
        fixedMaximumAcuHours: 16,
        runningSeconds: 7200,
      },
      lastDecision: null,
      parameters: request.parameters ?? {},
      pendingRestart: [],
      network: { listen: request.listen ?? '127.0.0.1', allow: request.allow ?? [], tls: false },
      osUser: 'airglow-1',
    };
  }
}

function pauseOf(
  { minCapacity, secondsUntilAutoPause, ignoreActivity }: ModifyRequest,
  before?: ClusterDescription,
): PauseDescription {
  const min = minCapacity ?? before?.capacity.min;
  const seconds = secondsUntilAutoPause ?? before?.pause.secondsUntilAutoPause;
  return {
    secondsUntilAutoPause: min === 0 ? (seconds ?? DEFAULT_SECONDS_UNTIL_AUTO_PAUSE) : null,
    unavailable: null,
    ignoreActivity: ignoreActivity ?? before?.pause.ignoreActivity ?? [],
    pausedAtMs: before?.pause.pausedAtMs ?? null,
    pausedSeconds: before?.pause.pausedSeconds ?? 0,
    wakes: before?.pause.wakes ?? 0,
    lastWake: before?.pause.lastWake ?? null,
  };
}

export function scriptedDecision(atMs: number, change: Partial<Decision> = {}): TimedDecision {
  const decision: Decision = {
    kind: 'full',
    fromAcu: 0.5,
    toAcu: 2.5,
    parts: { cpu: 2.3, memory: 1.1, network: 0.02, connections: null },
    binding: 'cpu',
    demandAcu: 2.3,
    hold: { kind: 'demand', resource: 'cpu', untilMs: null },
    cap: null,
    hostSaturated: false,
    cpu: { used: 0.5, waitingForLimit: 0.1, waitingForHost: 0 },
    pause: null,
    ...change,
  };
  const { fromAcu, toAcu } = decision;
  const way = toAcu > fromAcu ? 'up' : 'down';
  const reason =
    fromAcu === toAcu
      ? `stays at ${toAcu} ACU: CPU asks for 2.3 now`
      : `${way} from ${fromAcu} to ${toAcu} ACU: CPU asks for 2.3 (0.50 running, 0.10 waiting for the limit)`;
  return { atMs, decision, reason };
}
