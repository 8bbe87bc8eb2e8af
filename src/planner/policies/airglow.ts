import { roundUpToGrid } from '../../capacity/acu.ts';
import { CoastingDecisions } from '../../capacity/coast.ts';
import { startCapacity } from '../../capacity/decide.ts';
import type { CapacityConfig, Observation } from '../../capacity/model.ts';
import { resume } from '../../capacity/pause.ts';
import { RULES } from '../../capacity/rules.ts';
import type { CapacityRules } from '../../capacity/rules.ts';
import type { PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';

/** As measured: `docs/benchmarks.md`, wake of an idle connection and of a new one. */
const WAKE_MS = 10;

/** The function that runs in production, with what it would see of the model. */
export const airglowPlanned: PlannedPolicy = airglowBy(RULES);

/** The same by other rules: for those who look for better ones. */
export function airglowBy(rules: CapacityRules, name = 'airglow'): PlannedPolicy {
  return {
    name,
    title: 'Airglow',
    rules:
      'Demand is what ran and what waited for the limit, over a target utilisation, or memory or network where they need more. ' +
      'Up at once, as far as demand says, 20 looks a second; down after a short hold. The production function decides.',
    source: 'src/capacity/SPEC.md',
    kind: 'causal',
    start: (context) => new AirglowRun(context, rules),
  };
}

/** What the looks of a run have in common; filled anew for each. */
interface Eye {
  kind: Observation['kind'];
  durationMs: number;
  readonly cpu: { used: number; throttled: number; waiting: number };
  readonly memory: {
    unevictableBytes: number;
    cacheBytes: number;
    limitBytes: number;
    refaultBytesPerSecond: number;
    tierReadBytesPerSecond: number;
  };
  waits: { io: number; tier: number; other: number } | null;
  networkBytesPerSecond: number | null;
  connections: number | null;
  activity: { isActive: boolean; by: null; blockers: [] } | null;
  readonly grant: { shareAcu: number; contended: boolean };
}

class AirglowRun implements PolicyRun {
  readonly startAcu: number;
  readonly canPause: boolean;
  readonly #config: CapacityConfig;
  readonly #full: Eye;
  readonly #fast: Eye;
  readonly #decisions: CoastingDecisions;

  constructor({ bounds, database, demandAcu }: PolicyContext, rules: CapacityRules) {
    this.#config = { ...bounds, shape: database.shape, hostCpus: database.hostCpus };
    const state = startCapacity(this.#config, roundUpToGrid(demandAcu[0] ?? 0), 0);
    this.#decisions = new CoastingDecisions(rules, state);
    this.startAcu = state.capacityAcu;
    this.canPause = bounds.minAcu === 0 && bounds.autoPauseMs !== null;
    const waits = { io: 0, tier: 0, other: 0 };
    this.#full = { ...newEye('full'), waits, networkBytesPerSecond: 0, connections: 0 };
    if (this.canPause) this.#full.activity = { isActive: false, by: null, blockers: [] };
    this.#fast = newEye('fast');
  }

  decide(seen: Seen, nowMs: number): number {
    const eye = this.#full;
    this.#look(eye, seen);
    if (eye.waits !== null) {
      eye.waits.io = seen.ioSessions;
      eye.waits.tier = seen.tierSessions;
      eye.waits.other = seen.lockSessions;
    }
    eye.networkBytesPerSecond = seen.networkBytesPerSecond;
    eye.connections = seen.connections;
    if (eye.activity !== null) eye.activity.isActive = seen.isActive;
    return this.#decisions.decide(eye, nowMs);
  }

  decideFast(seen: Seen, nowMs: number): number {
    this.#look(this.#fast, seen);
    return this.#decisions.decide(this.#fast, nowMs);
  }

  wakeMs(): number {
    return WAKE_MS;
  }

  wake(nowMs: number): number {
    this.#decisions.state = resume(this.#decisions.state, 'client', nowMs);
    return this.#decisions.state.capacityAcu;
  }

  #look(eye: Eye, seen: Seen): void {
    eye.durationMs = seen.durationMs;
    eye.cpu.used = seen.cpuUsed;
    eye.cpu.waiting = seen.cpuWaiting;
    eye.cpu.throttled = seen.throttled;
    eye.memory.unevictableBytes = seen.unevictableBytes;
    eye.memory.cacheBytes = seen.cacheBytes;
    eye.memory.limitBytes = seen.capacityAcu * this.#config.shape.memoryBytes;
    eye.memory.refaultBytesPerSecond = seen.refaultBytesPerSecond;
    eye.memory.tierReadBytesPerSecond = seen.tierReadBytesPerSecond;
  }
}

function newEye(kind: Observation['kind']): Eye {
  return {
    kind,
    durationMs: 0,
    cpu: { used: 0, throttled: 0, waiting: 0 },
    memory: {
      unevictableBytes: 0,
      cacheBytes: 0,
      limitBytes: 0,
      refaultBytesPerSecond: 0,
      tierReadBytesPerSecond: 0,
    },
    waits: null,
    networkBytesPerSecond: null,
    connections: null,
    activity: null,
    // The planner's database has its host to itself.
    grant: { shareAcu: Number.POSITIVE_INFINITY, contended: false },
  };
}
