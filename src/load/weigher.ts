import type { Blocking, EngineSample, ObservedSession } from '../engines/engine.ts';
import { CpuLedger } from './cpu-ledger.ts';
import type { CpuShare } from './cpu-ledger.ts';
import { CPU_RUNNING, CPU_WAITING, SHORT_LIVED } from './model.ts';
import type { Activity, LoadTick, Tuple } from './model.ts';
import {
  isClientSession,
  isRunnable,
  judgeByProcess,
  judgeBySample,
  peersKey,
  sessionKey,
} from './session-rules.ts';
import type { ProcessLook, Verdict } from './session-rules.ts';
import type { ShortLivedLoad } from './short-lived.ts';
import { Sleepers } from './sleepers.ts';
import { StatementMix } from './statement-mix.ts';
import { Tally } from './tally.ts';
import { TupleCache } from './tuple-cache.ts';
import type { WeightPart } from './tally.ts';

/** What the kernel saw of one tick; pids are those of sessions the database has told about. */
export interface KernelTick {
  readonly processes: ReadonlyMap<number, ProcessGrowth>;
  readonly shortLived: ShortLivedLoad;
}

export interface ProcessGrowth {
  readonly runNs: number;
  readonly waitNs: number;
  /** The process is accounted from the end of this tick on; its growth says nothing yet. */
  readonly isNew: boolean;
  readonly look: ProcessLook;
}

/** The parts of a tick that are known without weighing. */
export type TickFrame = Omit<LoadTick, 'samples'>;

export interface Observation {
  readonly frame: TickFrame;
  readonly sample: EngineSample;
  /** Null where the sessions' processes cannot be seen. */
  readonly kernel: KernelTick | null;
  readonly blocking: ReadonlyMap<number, Blocking>;
}

export interface Weighed {
  /** The tick as it looks now. */
  readonly live: LoadTick;
  /** Earlier ticks that are final now, oldest first. */
  readonly settled: readonly LoadTick[];
}

/**
 * Turns observations into weighted active sessions: CPU time from the kernel, spread over the statements a session
 * was seen with; waits from the sample. Without the kernel every active session of the sample weighs a whole tick.
 */
export class Weigher {
  readonly #settleTicks: number;
  readonly #mix = new StatementMix();
  readonly #tuples = new TupleCache();
  readonly #sleepers = new Sleepers();
  readonly #liveTally = new Tally();
  readonly #settledTally = new Tally();
  #ledger: CpuLedger;
  #sessions = new Map<number, ObservedSession>();
  #drafts: Draft[] = [];
  #departed: { readonly key: string; readonly tick: number }[] = [];

  /** `settleTicks`: for how many ticks a tick may still be corrected before it counts as settled. */
  constructor(settleTicks: number) {
    this.#settleTicks = settleTicks;
    this.#ledger = new CpuLedger(settleTicks + 1);
  }

  /** The session that a process serves, as the database last told. */
  session(pid: number): ObservedSession | undefined {
    return this.#sessions.get(pid);
  }

  weigh(observation: Observation): Weighed {
    const { frame, sample, kernel } = observation;
    // Only the kernel view asks who a process is, and only it says when one has gone.
    if (kernel !== null) for (const session of sample.sessions) this.#learn(session);
    const tick = this.#ledger.openTick();
    this.#watchSleepers(observation);
    const draft: Draft = { tick, frame, fixed: [...this.#waitParts(observation)], cpu: [] };
    if (kernel !== null) {
      draft.fixed.push(...shortLivedParts(kernel.shortLived));
      this.#vote(observation);
      this.#bookCpu(kernel, draft);
    }
    this.#drafts.push(draft);
    const live = { ...frame, samples: this.#liveTally.round(this.#parts(draft)) };
    return { live, settled: this.#settle(this.#settleTicks) };
  }

  /** A pause of the database: covered time with load 0, settled in its turn. */
  pause(frame: TickFrame): Weighed {
    this.#drafts.push({ tick: this.#ledger.openTick(), frame, fixed: [], cpu: [] });
    return { live: { ...frame, samples: [] }, settled: this.#settle(this.#settleTicks) };
  }

  /** Settles everything, since a gap follows: nothing is carried back across it. */
  flush(): readonly LoadTick[] {
    const settled = this.#settle(0);
    this.#ledger = new CpuLedger(this.#settleTicks + 1);
    this.#departed = [];
    return settled;
  }

  /** The process has ended; its last ticks are still to be settled. */
  forget(pid: number): void {
    const session = this.#sessions.get(pid);
    if (session === undefined) return;
    this.#sessions.delete(pid);
    this.#mix.forget(sessionKey(session));
    this.#tuples.forget(pid);
    this.#departed.push({ key: sessionKey(session), tick: this.#drafts.at(-1)?.tick ?? 0 });
  }

  #learn(session: ObservedSession): void {
    const known = this.#sessions.get(session.pid);
    if (known !== undefined && known.startedAtMs !== session.startedAtMs) this.forget(session.pid);
    this.#sessions.set(session.pid, session);
  }

  #watchSleepers({ frame, sample, kernel }: Observation): void {
    if (kernel === null) return;
    const sleeping = sample.sessions.filter((session) => {
      const look = lookAt(kernel, session.pid);
      return isClientSession(session) && look.atStart !== null && look.atAnswer !== 'R';
    });
    this.#sleepers.add(
      sleeping.map((session) => session.state),
      frame.atMs,
    );
  }

  *#waitParts({ frame, sample, kernel, blocking }: Observation): Generator<WeightPart> {
    const tickMs = frame.durationMs * frame.thinning;
    for (const session of sample.sessions) {
      const verdict =
        kernel === null ? judgeBySample(session) : judgeByProcess(session, lookAt(kernel, session.pid));
      for (const [activity, waitEvent, share] of this.#shares(session, verdict)) {
        const tuple = this.#tuples.get(session, waitEvent, session.sqlId, blocking.get(session.pid));
        if (share > 0) yield { activity, tuple, weightMs: tickMs * share };
      }
    }
  }

  #shares(session: ObservedSession, verdict: Verdict): [Activity, string, number][] {
    const working = isClientSession(session) ? 'active' : 'background';
    switch (verdict.kind) {
      case 'wait':
        return [[working, verdict.waitEvent, 1]];
      case 'idle in transaction':
        return [[verdict.kind, BETWEEN_STATEMENTS, 1]];
      case 'slept': {
        const { inStatement, inTransaction } = this.#sleepers.shares();
        return [
          [working, verdict.waitEvent, inStatement],
          ['idle in transaction', BETWEEN_STATEMENTS, inTransaction],
        ];
      }
      case 'nothing':
        return [];
    }
  }

  #vote({ frame, sample, kernel }: Observation): void {
    for (const session of sample.sessions) {
      if (session.state !== 'active' || session.sqlId === '') continue;
      const isWorking =
        session.waitEventType === null || isRunnable(kernel?.processes.get(session.pid)?.look);
      if (isWorking) this.#mix.vote(sessionKey(session), peersKey(session), session.sqlId, frame.atMs);
    }
  }

  #bookCpu(kernel: KernelTick, draft: Draft): void {
    const durationNs = draft.frame.durationMs * 1e6;
    for (const [pid, growth] of kernel.processes) {
      const session = this.#sessions.get(pid);
      if (session === undefined || growth.isNew || isAtRest(growth)) continue;
      const key = sessionKey(session);
      const isQueued = growth.look.atStart === 'R';
      const { runNs, waitNs } = growth;
      const share = this.#ledger.book(key, { durationNs, runNs, waitNs, isRunnable: isQueued });
      if (runNs === 0 && share.waitNs === 0) continue;
      draft.cpu.push(this.#cpuDraft(key, session, draft.frame.atMs));
    }
  }

  #cpuDraft(key: string, session: ObservedSession, nowMs: number): CpuDraft {
    const shares = this.#mix.shares(key, peersKey(session), session.sqlId, nowMs);
    const statements = [...shares].map(([sqlId, part]) => ({
      part,
      running: this.#tuples.get(session, CPU_RUNNING, sqlId, undefined),
      waiting: this.#tuples.get(session, CPU_WAITING, sqlId, undefined),
    }));
    return { key, activity: isClientSession(session) ? 'active' : 'background', statements };
  }

  #settle(keepTicks: number): LoadTick[] {
    const settled: LoadTick[] = [];
    while (this.#drafts.length > keepTicks) {
      const draft = this.#drafts.shift() as Draft;
      settled.push({ ...draft.frame, samples: this.#settledTally.round(this.#parts(draft)) });
    }
    const oldest = this.#drafts[0]?.tick ?? Number.POSITIVE_INFINITY;
    this.#departed = this.#departed.filter(({ key, tick }) => {
      if (tick >= oldest) return true;
      this.#ledger.forget(key);
      return false;
    });
    return settled;
  }

  *#parts(draft: Draft): Generator<WeightPart> {
    yield* draft.fixed;
    for (const cpu of draft.cpu) {
      const share = this.#ledger.share(cpu.key, draft.tick);
      if (share !== null) yield* cpuParts(cpu, share);
    }
  }
}

interface Draft {
  readonly tick: number;
  readonly frame: TickFrame;
  /** Parts that no later tick corrects. */
  readonly fixed: WeightPart[];
  readonly cpu: CpuDraft[];
}

interface CpuDraft {
  readonly key: string;
  readonly activity: Activity;
  /** Statements that the CPU time is spread over, with their shares. */
  readonly statements: readonly { readonly part: number; readonly running: Tuple; readonly waiting: Tuple }[];
}

function* cpuParts({ activity, statements }: CpuDraft, { runNs, waitNs }: CpuShare): Generator<WeightPart> {
  for (const { part, running, waiting } of statements) {
    if (runNs > 0) yield { activity, tuple: running, weightMs: (runNs * part) / 1e6 };
    if (waitNs > 0) yield { activity, tuple: waiting, weightMs: (waitNs * part) / 1e6 };
  }
}

/** It has not run, nor was there reason to believe that it was queued. */
function isAtRest({ runNs, waitNs, look }: ProcessGrowth): boolean {
  return runNs === 0 && waitNs === 0 && look.atStart === null;
}

/** What a session idle in a transaction waits for: its client. */
const BETWEEN_STATEMENTS = 'Client:ClientRead';

/** A process that ended before it could be looked at. */
const UNSEEN: ProcessLook = {
  atStart: null,
  atAnswer: null,
  startedAtMs: 0,
  hasRunSince: true,
  readsTier: false,
};

function lookAt(kernel: KernelTick, pid: number): ProcessLook {
  return kernel.processes.get(pid)?.look ?? UNSEEN;
}

function shortLivedParts({ runningMs, waitingMs }: ShortLivedLoad): WeightPart[] {
  const parts: WeightPart[] = [];
  if (runningMs > 0) parts.push({ activity: 'active', tuple: SHORT_LIVED_RUNNING, weightMs: runningMs });
  if (waitingMs > 0) parts.push({ activity: 'active', tuple: SHORT_LIVED_WAITING, weightMs: waitingMs });
  return parts;
}

function shortLivedTuple(waitEvent: string): Tuple {
  return {
    'db.wait_event': waitEvent,
    'db.sql_tokenized': '',
    'db.user': '',
    'db.host': '',
    'db.name': '',
    'db.application': '',
    'db.session_type': SHORT_LIVED,
    'db.blocking_session': '',
    'db.blocking_sql': '',
  };
}

const SHORT_LIVED_RUNNING = shortLivedTuple(CPU_RUNNING);
const SHORT_LIVED_WAITING = shortLivedTuple(CPU_WAITING);
