import { RandomArrivals } from './arrivals.ts';
import { Database } from './database/database.ts';
import { Look } from './look.ts';
import { FAST_LOOK_SECONDS } from './model.ts';
import type {
  Bounds,
  DatabaseModel,
  Imperfections,
  PlannedPolicy,
  PolicyRun,
  RunSecond,
  RunSink,
  Trace,
} from './model.ts';
import { demandOfTrace, isIdle } from './score/demand.ts';

export interface Simulation {
  /** At steps of one second: `toSeconds` makes it so. */
  readonly trace: Trace;
  readonly policy: PlannedPolicy;
  readonly bounds: Bounds;
  readonly database: DatabaseModel;
  readonly imperfections: Imperfections;
  readonly seed: number;
  /** `demandOfTrace` of the trace, where it is known already. */
  readonly demandAcu?: Float32Array;
  /** Called now and then with the share that is done. */
  readonly onProgress?: (share: number) => void;
}

const SECONDS_PER_PROGRESS = 65_536;
const NEVER = Number.POSITIVE_INFINITY;

/** Lets a policy run a database through a trace in virtual time, and tells the sink of every second. */
export function simulate(simulation: Simulation, sink: RunSink): void {
  new VirtualRun(simulation, sink).play();
}

class VirtualRun {
  readonly #trace: Trace;
  readonly #model: DatabaseModel;
  readonly #bounds: Bounds;
  readonly #demandAcu: Float32Array;
  readonly #onProgress: ((share: number) => void) | undefined;
  readonly #sink: RunSink;
  readonly #database: Database;
  readonly #policy: PolicyRun;
  readonly #arrivals: RandomArrivals;
  readonly #hasArrivalNoise: boolean;
  readonly #hasSamplingNoise: boolean;
  readonly #delaySeconds: number;
  readonly #hasFastLooks: boolean;
  readonly #look = new Look();
  readonly #fastLook = new Look();
  readonly #second: Mutable<RunSecond>;
  #capacityAcu: number;
  #pendingAcu = 0;
  #pendingAtSeconds = NEVER;
  #isPaused = false;
  #pausedAtSeconds = 0;
  #wakesAtSeconds = NEVER;

  constructor(simulation: Simulation, sink: RunSink) {
    const { trace, database, bounds, imperfections, policy, seed } = simulation;
    this.#trace = trace;
    this.#model = database;
    this.#bounds = bounds;
    this.#onProgress = simulation.onProgress;
    this.#sink = sink;
    this.#demandAcu = simulation.demandAcu ?? demandOfTrace(trace, database);
    this.#database = new Database(database, (requests, seconds) => sink.latency(requests, seconds));
    this.#policy = policy.start({ bounds, database, demandAcu: this.#demandAcu });
    this.#arrivals = new RandomArrivals(database.requestCpuSeconds, seed);
    this.#hasArrivalNoise = imperfections.arrivalNoise;
    this.#hasSamplingNoise = imperfections.samplingNoise;
    this.#delaySeconds = (imperfections.controlDelayMs + (this.#policy.actuationMs ?? 0)) / 1000;
    this.#hasFastLooks = this.#policy.decideFast !== undefined;
    this.#capacityAcu = this.#policy.startAcu;
    this.#second = newSecond();
  }

  play(): void {
    const { length } = this.#trace;
    for (let index = 0; index < length; index++) {
      this.#playSecond(index);
      if (index % SECONDS_PER_PROGRESS === SECONDS_PER_PROGRESS - 1) this.#onProgress?.(index / length);
    }
    this.#database.finish(this.#isPaused ? this.#bounds.maxAcu : this.#capacityAcu, length);
  }

  #playSecond(index: number): void {
    const second = this.#second;
    second.index = index;
    second.demandAcu = this.#demandAcu[index] as number;
    second.capacityAcu = 0;
    second.shortfallAcuSeconds = 0;
    second.coldStartSeconds = 0;
    this.#look.clear();
    const cpus = this.#trace.cpuCores[index] as number;
    const locks = this.#trace.lockSessions?.[index] ?? 0;
    const ios = this.#trace.ioSessions?.[index] ?? 0;
    const isUsed = !isIdle(cpus, locks + ios + this.#database.processors.backlogCpuSeconds, this.#model);
    if (this.#isPaused && isUsed && this.#wakesAtSeconds === NEVER) this.#beginWake(index);
    // While it is paused nothing goes on in it that nobody asked for.
    if (this.#isPaused && this.#wakesAtSeconds === NEVER) second.demandAcu = 0;
    this.#serveSecond(index, this.#isPaused && !isUsed ? 0 : cpus);
    this.#see(index, ios, locks, isUsed);
    this.#tell(locks);
    if (!this.#isPaused) this.#decide(index + 1);
  }

  #beginWake(atSeconds: number): void {
    const pausedMs = (atSeconds - this.#pausedAtSeconds) * 1000;
    this.#wakesAtSeconds = atSeconds + (this.#policy.wakeMs?.(pausedMs) ?? 0) / 1000;
  }

  /** One second, in as many stretches as it takes: a change of capacity ends one, and so does a fast look. */
  #serveSecond(index: number, cpus: number): void {
    const end = index + 1;
    let at = index;
    while (end - at > 1e-9) {
      this.#applyWhatIsDue(at);
      let until = Math.min(end, this.#pendingAtSeconds, this.#wakesAtSeconds);
      const isPressed = !this.#isPaused && this.#mayBeShort(cpus);
      const hasFastLook = isPressed && this.#hasFastLooks && this.#pendingAtSeconds === NEVER;
      if (hasFastLook || (isPressed && this.#hasArrivalNoise))
        until = Math.min(until, at + FAST_LOOK_SECONDS);
      this.#serve(index, cpus, at, until - at);
      if (hasFastLook && this.#database.processors.isShort) this.#decideFast(until, until - at);
      at = until;
    }
  }

  #applyWhatIsDue(atSeconds: number): void {
    if (this.#pendingAtSeconds <= atSeconds + 1e-9) {
      this.#pendingAtSeconds = NEVER;
      this.#change(this.#pendingAcu, atSeconds);
    }
    if (this.#wakesAtSeconds <= atSeconds + 1e-9) {
      this.#wakesAtSeconds = NEVER;
      this.#isPaused = false;
      this.#change(this.#policy.wake?.(atSeconds * 1000) ?? this.#bounds.maxAcu, atSeconds);
    }
  }

  /** Whether the limit may hold work back in this stretch, and there is capacity above it. */
  #mayBeShort(cpus: number): boolean {
    if (this.#database.processors.backlogCpuSeconds > 0) return this.#capacityAcu < this.#bounds.maxAcu;
    const limitCpus = this.#capacityAcu * this.#model.shape.cpus;
    const most = this.#hasArrivalNoise ? this.#arrivals.mostCpus(cpus, FAST_LOOK_SECONDS) : cpus;
    return most > limitCpus && this.#capacityAcu < this.#bounds.maxAcu;
  }

  #serve(index: number, cpus: number, atSeconds: number, seconds: number): void {
    const capacityAcu = this.#isPaused ? 0 : this.#capacityAcu;
    const coming = this.#hasArrivalNoise && cpus > 0 ? this.#arrivals.cpus(cpus, seconds) : cpus;
    const memoryBytes = this.#trace.memoryBytes?.[index] ?? 0;
    this.#database.serve(coming, memoryBytes, capacityAcu, atSeconds, seconds);
    this.#look.add(this.#database, seconds);
    const second = this.#second;
    second.capacityAcu += capacityAcu * seconds;
    if (second.demandAcu > capacityAcu)
      second.shortfallAcuSeconds += (second.demandAcu - capacityAcu) * seconds;
    if (this.#wakesAtSeconds !== NEVER) second.coldStartSeconds += seconds;
  }

  #see(index: number, ioSessions: number, lockSessions: number, isUsed: boolean): void {
    const look = this.#look;
    look.conclude(this.#database);
    look.capacityAcu = this.#isPaused ? 0 : this.#capacityAcu;
    look.ioSessions += ioSessions;
    look.lockSessions = lockSessions;
    const active = look.cpuUsed + look.cpuWaiting + look.ioSessions + look.tierSessions + lockSessions;
    look.activeSessions = this.#hasSamplingNoise ? this.#arrivals.sampled(active) : active;
    look.connections = Math.max(this.#model.connections, active);
    look.networkBytesPerSecond = this.#trace.networkBytesPerSecond?.[index] ?? 0;
    look.isActive = isUsed;
  }

  #tell(lockSessions: number): void {
    const [second, look, { processors }] = [this.#second, this.#look, this.#database];
    second.endCapacityAcu = look.capacityAcu;
    second.cpuUsed = look.cpuUsed;
    second.running = look.cpuUsed;
    second.waiting = look.cpuWaiting;
    second.ioSessions = look.ioSessions;
    second.tierSessions = look.tierSessions;
    second.lockSessions = lockSessions;
    second.backlogCpuSeconds = processors.backlogCpuSeconds;
    second.isPaused = this.#isPaused;
    this.#sink.second(second);
  }

  #decide(atSeconds: number): void {
    const wantedAcu = this.#policy.decide(this.#look, atSeconds * 1000);
    if (wantedAcu === 0 && this.#policy.canPause) return this.#pause(atSeconds);
    this.#want(wantedAcu, atSeconds);
  }

  #decideFast(atSeconds: number, seconds: number): void {
    const look = this.#fastLook;
    look.clear();
    look.add(this.#database, seconds);
    look.conclude(this.#database);
    look.capacityAcu = this.#capacityAcu;
    const wantedAcu = this.#policy.decideFast?.(look, atSeconds * 1000) ?? 0;
    if (wantedAcu > this.#capacityAcu) this.#want(wantedAcu, atSeconds);
  }

  /** The newest wish counts; one that is what is in force already takes back what was under way. */
  #want(acu: number, atSeconds: number): void {
    if (this.#pendingAtSeconds !== NEVER && acu === this.#pendingAcu) return;
    if (acu === this.#capacityAcu) {
      this.#pendingAtSeconds = NEVER;
    } else if (this.#delaySeconds === 0) {
      this.#change(acu, atSeconds);
    } else {
      this.#pendingAcu = acu;
      this.#pendingAtSeconds = atSeconds + this.#delaySeconds;
    }
  }

  #pause(atSeconds: number): void {
    this.#isPaused = true;
    this.#pausedAtSeconds = atSeconds;
    this.#pendingAtSeconds = NEVER;
    this.#database.memory.drop();
    this.#change(0, atSeconds);
  }

  #change(acu: number, atSeconds: number): void {
    if (acu === this.#capacityAcu) return;
    this.#sink.change(this.#capacityAcu, acu, atSeconds * 1000);
    this.#capacityAcu = acu;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function newSecond(): Mutable<RunSecond> {
  return {
    index: 0,
    demandAcu: 0,
    capacityAcu: 0,
    endCapacityAcu: 0,
    shortfallAcuSeconds: 0,
    cpuUsed: 0,
    running: 0,
    waiting: 0,
    ioSessions: 0,
    tierSessions: 0,
    lockSessions: 0,
    backlogCpuSeconds: 0,
    isPaused: false,
    coldStartSeconds: 0,
  };
}
