import type { EngineSample } from '../../engines/engine.ts';
import { isFrozen } from '../../kernel/frozen.ts';
import { ProcessReader } from '../../kernel/process-reader.ts';
import type { Schedstat } from '../../kernel/proc-parse.ts';
import { lookForSwap, sleepsForSwap } from '../../kernel/sleep-reason.ts';
import type { ProcessLook } from '../../load/session-rules.ts';
import type { KernelTick, ProcessGrowth } from '../../load/weigher.ts';
import { ChurnWatch } from './churn-watch.ts';

/** A process is looked at inside ticks while it is younger than this, for what it does in the tick it ends in. */
const YOUNG_MS = 5_000;
/** The state of a process is read while it works and for so long afterwards. */
const RECENTLY_MS = 10_000;
/** A process that the database does not tell about for so long is no load of its clients (another sampler's, say). */
const UNTOLD_MS = 5_000;

interface Watched {
  last: Schedstat;
  readonly first: Schedstat;
  growth: Schedstat;
  readonly knownAtMs: number;
  workedAtMs: number;
  /** State letter at the start of the tick; null where nothing suggested a look. */
  stateAtStart: string | null;
  /** It slept then for a page that comes back from swap. */
  readsTier: boolean;
}

/**
 * The kernel's view of one local server: CPU time of its sessions' processes, and the processes that no session row
 * shows. A tick is `begin`, then the database's sample, then `end`.
 */
export class KernelWatch {
  readonly #postmasterPid: number;
  readonly #ownPid: number;
  readonly #reader = new ProcessReader();
  readonly #churn: ChurnWatch;
  readonly #watched = new Map<number, Watched>();
  /** Since when the database was asked about a process in vain. */
  readonly #untold = new Map<number, number>();
  readonly #onGone: (pid: number) => void;
  readonly #hasTier: () => boolean;
  #ownRunNs = 0;
  #deadRunNs = 0;
  #startedAtMs = 0;

  constructor(options: {
    postmasterPid: number;
    ownPid: number;
    port: number | null;
    onGone: (pid: number) => void;
    hasTier: () => boolean;
  }) {
    this.#postmasterPid = options.postmasterPid;
    this.#ownPid = options.ownPid;
    this.#churn = new ChurnWatch(options.postmasterPid, options.port);
    this.#onGone = options.onGone;
    this.#hasTier = options.hasTier;
  }

  isFrozen(): boolean {
    return isFrozen(this.#postmasterPid);
  }

  /** A look inside a tick; false when the server is gone. */
  look(nowMs: number): boolean {
    return this.#churn.look(nowMs, (pid) => this.#isOld(pid, nowMs));
  }

  /** The server stood still until now: no look stands for that time. */
  skipTo(nowMs: number): void {
    this.#churn.skipTo(nowMs);
  }

  /** Whether processes come and go: then looks should be frequent. */
  isChurning(nowMs: number): boolean {
    return this.#churn.isChurning(nowMs);
  }

  /** Reads what every known process has used, and returns the pids that the database is to be asked about. */
  begin(nowMs: number, wallMs: number): number[] {
    this.#startedAtMs = wallMs;
    // First of all: whatever else we do takes a processor away from those we look at, and changes what they do.
    const queued = this.#lookAtStates(nowMs);
    this.look(nowMs);
    const alive = new Set(this.#churn.pids);
    for (const pid of this.#watched.keys()) if (!alive.has(pid)) this.#lose(pid);
    for (const pid of this.#untold.keys()) if (!alive.has(pid)) this.#untold.delete(pid);
    const worked = this.#churn.pids.filter((pid) => this.#read(pid, nowMs) || this.#isUnknown(pid, nowMs));
    return [...new Set([...worked, ...queued])].filter((pid) => alive.has(pid));
  }

  /** Learns the processes of the sample and closes the tick. */
  end(sample: EngineSample, nowMs: number): KernelTick {
    const shortLived = this.#churn.take(this.#watched, this.#deadRunNs / 1e6);
    this.#deadRunNs = 0;
    const processes = new Map<number, ProcessGrowth>();
    for (const [pid, watched] of this.#watched) {
      // A session that rests has nothing to account for.
      if (!this.#isBusy(watched, nowMs)) continue;
      processes.set(pid, { ...watched.growth, isNew: false, look: this.#unlooked(watched) });
    }
    this.#learn(sample, nowMs, processes);
    return { processes, shortLived };
  }

  /** CPU milliseconds that our own backend has used since the last call. */
  takeOwnCpuMs(): number {
    const runNs = this.#reader.schedstat(this.#ownPid)?.runNs ?? this.#ownRunNs;
    const grownMs = this.#ownRunNs === 0 ? 0 : (runNs - this.#ownRunNs) / 1e6;
    this.#ownRunNs = runNs;
    return grownMs;
  }

  close(): void {
    this.#reader.close();
  }

  #isOld(pid: number, nowMs: number): boolean {
    const knownAtMs = this.#watched.get(pid)?.knownAtMs ?? nowMs;
    return pid === this.#ownPid || nowMs - knownAtMs > YOUNG_MS || this.#isNoSession(pid, nowMs);
  }

  /** It is asked about for as long as it lives: a log-in may take its time, and the session be idle when it is over. */
  #isUnknown(pid: number, nowMs: number): boolean {
    if (pid === this.#ownPid || this.#watched.has(pid)) return false;
    if (!this.#untold.has(pid)) this.#untold.set(pid, nowMs);
    return true;
  }

  #isNoSession(pid: number, nowMs: number): boolean {
    return nowMs - (this.#untold.get(pid) ?? nowMs) > UNTOLD_MS;
  }

  /** Reads a known process's account; true when it has worked in this tick. */
  #read(pid: number, nowMs: number): boolean {
    const watched = this.#watched.get(pid);
    if (watched === undefined) return false;
    const now = this.#reader.schedstat(pid);
    if (now === null) {
      this.#lose(pid);
      return false;
    }
    watched.growth = { runNs: now.runNs - watched.last.runNs, waitNs: now.waitNs - watched.last.waitNs };
    watched.last = now;
    const hasWorked = watched.growth.runNs > 0;
    if (hasWorked) watched.workedAtMs = nowMs;
    return hasWorked;
  }

  /**
   * Reads the states of the processes that were busy lately. Once one of them is queued for a processor, any other may
   * be, with counters that stand still, so then all are read. Returns the queued ones.
   */
  #lookAtStates(nowMs: number): number[] {
    const queued: number[] = [];
    const resting: [number, Watched][] = [];
    const hasTier = this.#hasTier();
    const look = (pid: number, watched: Watched): void => {
      [watched.stateAtStart, watched.readsTier] = this.#lookAtState(pid, hasTier);
      if (watched.stateAtStart === 'R') queued.push(pid);
    };
    for (const [pid, watched] of this.#watched) {
      if (this.#isBusy(watched, nowMs)) look(pid, watched);
      else resting.push([pid, watched]);
    }
    const isOneQueued = queued.length > 0;
    for (const [pid, watched] of resting) {
      if (isOneQueued) look(pid, watched);
      else [watched.stateAtStart, watched.readsTier] = [null, false];
    }
    return queued;
  }

  /** The state letter, and whether it sleeps for a page from swap. */
  #lookAtState(pid: number, hasTier: boolean): [state: string | null, readsTier: boolean] {
    if (hasTier) {
      const { state, isForSwap } = lookForSwap(pid, { reader: this.#reader });
      return [state, isForSwap];
    }
    const state = this.#reader.state(pid);
    return [state, state === 'D' && sleepsForSwap(pid) === true];
  }

  /** A queued process is busy although its counters stand still. */
  #isBusy(watched: Watched, nowMs: number): boolean {
    return watched.stateAtStart === 'R' || nowMs - watched.workedAtMs < RECENTLY_MS;
  }

  /** Adds what the sample tells; sessions that it tells of for the first time are accounted from here on. */
  #learn(sample: EngineSample, nowMs: number, processes: Map<number, ProcessGrowth>): void {
    for (const { pid, state, waitEventType } of sample.sessions) {
      const known = this.#watched.get(pid);
      if (known === undefined && state === 'starting') continue;
      // A long wait is the commonest state, and needs no second look.
      const restsInWait = known !== undefined && known.stateAtStart === null && waitEventType !== null;
      if (restsInWait) processes.set(pid, { ...known.growth, isNew: false, look: this.#unlooked(known) });
      else this.#lookAgain(pid, known, state === 'idle', nowMs, processes);
    }
  }

  /** The second look of the tick, or the first one at a new session. */
  #lookAgain(
    pid: number,
    known: Watched | undefined,
    isIdle: boolean,
    nowMs: number,
    processes: Map<number, ProcessGrowth>,
  ): void {
    const reading = this.#reader.schedstat(pid);
    if (reading === null) return;
    const watched = known ?? newlyWatched(reading, nowMs, isIdle);
    this.#watched.set(pid, watched);
    this.#untold.delete(pid);
    const isNew = known === undefined;
    const atAnswer = this.#reader.state(pid);
    const hasRunSince = isNew || reading.runNs > watched.last.runNs;
    const look = { ...this.#unlooked(watched), atAnswer, hasRunSince };
    processes.set(pid, { ...watched.growth, isNew, look });
  }

  #unlooked({ stateAtStart, readsTier }: Watched): ProcessLook {
    return {
      atStart: stateAtStart,
      readsTier,
      atAnswer: null,
      startedAtMs: this.#startedAtMs,
      hasRunSince: false,
    };
  }

  #lose(pid: number): void {
    const watched = this.#watched.get(pid);
    if (watched !== undefined) this.#deadRunNs += watched.last.runNs - watched.first.runNs;
    this.#watched.delete(pid);
    this.#reader.forget(pid);
    this.#onGone(pid);
  }
}

function newlyWatched(reading: Schedstat, nowMs: number, isIdle: boolean): Watched {
  const growth = { runNs: 0, waitNs: 0 };
  const workedAtMs = isIdle ? Number.NEGATIVE_INFINITY : nowMs;
  return {
    first: reading,
    last: reading,
    growth,
    knownAtMs: nowMs,
    workedAtMs,
    stateAtStart: null,
    readsTier: false,
  };
}
