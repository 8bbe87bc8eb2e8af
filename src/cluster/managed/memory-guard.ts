import { guardMemory, UNGUARDED, WATCH_SHARE } from '../../capacity/memory-guard.ts';
import type { CapReason, GuardObservation, GuardOutcome, GuardState } from '../../capacity/memory-guard.ts';
import { openDataLimiter } from '../../kernel/data-limit.ts';
import type { DataLimiter } from '../../kernel/data-limit.ts';
import { heldBytes } from '../../kernel/limits/memory-held.ts';
import type { ResourceGroup } from '../../kernel/limits/resource-group.ts';
import type { RunAs } from '../run-as.ts';
import { trySignal } from '../server-processes.ts';
import { GuardedBackends } from './guarded-backends.ts';
import { StandingCap } from './standing-cap.ts';

export interface MemoryGuardOptions {
  readonly postmasterPid: number;
  readonly runAs: RunAs;
  readonly group: Pick<ResourceGroup, 'pids' | 'limits' | 'memoryAccount'>;
  /** The limit in force. */
  readonly limitBytes: number;
  /** The limit at the maximum capacity: no single process gets more than fits into it. */
  readonly mostBytes: number;
  /** Of every event, as it happens; must not throw. */
  readonly onEvent?: (event: GuardEvent) => void;
}

/** Something that was done to a process, or could not be. */
export interface GuardEvent {
  /** `cap-failed` where the system did not let us. */
  readonly kind: 'capped' | 'lifted' | 'cancelled' | 'cap-failed';
  readonly pid: number;
  /** Whose process it is, as its title said when it was seen first; empty for the postmaster. */
  readonly title: string;
  /** The most private memory that it may map from now on; null where that does not change. */
  readonly cappedAtBytes: number | null;
  /** One sentence. */
  readonly reason: string;
}

export interface GuardReport {
  /** Processes were looked at: little room is left, or there are caps. */
  readonly isWatching: boolean;
  /** What is left for private memory; null where no limit is known. */
  readonly roomBytes: number | null;
  readonly events: readonly GuardEvent[];
}

const REASONS: Readonly<Record<CapReason, string>> = {
  room: 'It grows, and may have no more than what is left of the memory limit.',
  growth: 'Processes grow faster than the memory limit allows, and this one is the fattest of them.',
  'no-room': 'Nothing is left of the memory limit.',
};
const LIFTED = 'There is room again below the memory limit.';
const CANCELLED =
  'It fills memory that it has got already, and there is not enough left of the memory limit.';

const URGENT_LOOK_MS = 10;
/** A look at hundreds of processes takes milliseconds, and may not take all the time there is. */
const MOST_SHARE_OF_TIME = 0.2;
const MOST_COST_MS = 8;
/** Until a cap is in force. */
const ACTION_MS = 15;
/** Timers are late where processors are scarce; that is forgotten by a tenth a look. */
const LATENESS_FADING = 0.9;
const MOST_LATENESS_MS = 200;
/** As long as there is room the limit is not read at every look. */
const LIMIT_READ_MS = 500;
/** Until a raise that was decided, perhaps to the maximum, is in force. */
const RAISE_MS = 150;
const TRY_AGAIN_MS = 1_000;
const SAY_AGAIN_MS = 10_000;
const NO_EVENTS: readonly GuardEvent[] = [];

/**
 * Keeps one database below its memory limit where raising it comes too late, or is not allowed: who outgrows it gets
 * `ERROR: out of memory`, instead of being killed, which would make PostgreSQL restart all of it. To be asked to `look`
 * after each fast look at the kernel; that costs 0.1 ms as long as there is room.
 */
export class MemoryGuard {
  readonly #options: MemoryGuardOptions;
  readonly #limiter: DataLimiter;
  readonly #backends: GuardedBackends;
  readonly #standing: StandingCap;
  #limitBytes: number;
  #mostBytes: number;
  #state: GuardState = UNGUARDED;
  /** Who was capped since all was calm, and why, as it was told. */
  readonly #told = new Map<number, CapReason>();
  #events: GuardEvent[] = [];
  #nowMs = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #saidFailureAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #limitReadAtMs = Number.NEGATIVE_INFINITY;
  #raisableAtMs = Number.NEGATIVE_INFINITY;
  #pauseMs = URGENT_LOOK_MS;
  #latenessMs = 0;
  #isClosed = false;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
    this.#limitBytes = options.limitBytes;
    this.#mostBytes = options.mostBytes;
    this.#limiter = openDataLimiter(options.runAs.ids);
    this.#backends = new GuardedBackends(options.postmasterPid);
    this.#standing = new StandingCap({
      postmasterPid: options.postmasterPid,
      backends: this.#backends,
      pids: () => options.group.pids(),
      isCapped: (pid) => typeof this.#state.watched.get(pid)?.capBytes === 'number',
      set: async (pid, bytes) => this.#set(pid, bytes),
    });
  }

  /**
   * One look; synchronous. `nowMs` is of `performance.now()`. While the limit can still be raised only what would come
   * before that is stopped.
   */
  look(nowMs: number, canStillRaise: boolean): GuardReport {
    const account = this.#isClosed ? null : this.#options.group.memoryAccount();
    if (account === null) return this.#report(false, null);
    this.#nowMs = nowMs;
    if (nowMs - this.#failedAtMs > TRY_AGAIN_MS) void this.#standing.keep(this.#mostBytes, account);
    if (nowMs - this.#limitReadAtMs > LIMIT_READ_MS) this.#readLimit(nowMs);
    const unevictableBytes = heldBytes(account);
    if (!hasCaps(this.#state) && unevictableBytes < WATCH_SHARE * this.#limitBytes) {
      if (this.#state.watched.size > 0) this.#backends.close();
      this.#state = { ...UNGUARDED, atMs: nowMs, unevictableBytes };
      return this.#report(false, null);
    }
    const outcome = guardMemory(this.#state, this.#observe(unevictableBytes, canStillRaise, nowMs), nowMs);
    const before = this.#state;
    this.#state = outcome.state;
    // What just failed is not tried at every look.
    if (nowMs - this.#failedAtMs > TRY_AGAIN_MS) this.#act(outcome);
    else this.#state = { ...outcome.state, watched: before.watched };
    if (outcome.isUrgent) this.#lookAgainSoon(canStillRaise);
    const costMs = Math.min(performance.now() - nowMs, MOST_COST_MS);
    this.#pauseMs = Math.max(URGENT_LOOK_MS, costMs / MOST_SHARE_OF_TIME);
    return this.#report(true, outcome.roomBytes);
  }

  /**
   * To be told when the maximum capacity changes, and better also when the limit does, which is else noticed within
   * half a second. Resolves when the standing cap has followed.
   */
  async setLimitBytes(limitBytes: number, mostBytes = this.#mostBytes): Promise<void> {
    this.#limitBytes = limitBytes;
    this.#mostBytes = mostBytes;
    const account = this.#isClosed ? null : this.#options.group.memoryAccount();
    if (account !== null) await this.#standing.keep(mostBytes, account);
  }

  /** Lifts the caps of the moment. The standing one stays: it needs nobody to look after it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const [pid, { capBytes }] of this.#state.watched) {
      if (capBytes !== null) this.#cap(pid, this.#standing.bytes);
    }
    this.#standing.close();
    this.#limiter.close();
    this.#backends.close();
  }

  /** Processes can fill a gigabyte a second, so in need it looks more often than it is asked to. */
  #lookAgainSoon(canStillRaise: boolean): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const dueMs = performance.now() + this.#pauseMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const nowMs = performance.now();
      this.#latenessMs = Math.min(
        Math.max(this.#latenessMs * LATENESS_FADING, nowMs - dueMs),
        MOST_LATENESS_MS,
      );
      const { events } = this.look(nowMs, canStillRaise);
      this.#events.unshift(...events);
    }, this.#pauseMs).unref();
  }

  #observe(unevictableBytes: number, canStillRaise: boolean, nowMs: number): GuardObservation {
    this.#readLimit(nowMs);
    if (canStillRaise) this.#raisableAtMs = nowMs;
    return {
      limitBytes: this.#limitBytes,
      unevictableBytes,
      standingBytes: this.#standing.bytes ?? Number.POSITIVE_INFINITY,
      horizonMs: this.#pauseMs + this.#latenessMs + ACTION_MS,
      canStillRaise: nowMs - this.#raisableAtMs < RAISE_MS,
      processes: this.#backends.read(this.#options.group.pids()),
    };
  }

  /** It may have been raised, or lowered, since we were told. */
  #readLimit(nowMs: number): void {
    this.#limitReadAtMs = nowMs;
    try {
      this.#limitBytes = this.#options.group.limits().memoryBytes ?? Number.MAX_SAFE_INTEGER;
    } catch {
      // The group is just being removed, or made anew.
    }
  }

  #act(outcome: GuardOutcome): void {
    for (const { pid, capBytes, reason } of outcome.caps) {
      this.#cap(pid, capBytes);
      if (!this.#tellsNews(pid, reason)) continue;
      this.#told.set(pid, reason);
      this.#tell({ kind: 'capped', pid, cappedAtBytes: capBytes, reason: REASONS[reason] });
    }
    for (const { pid, capBytes } of outcome.cancels) {
      if (this.#backends.isStill(pid)) trySignal(pid, 'SIGINT');
      this.#cap(pid, capBytes);
      this.#tell({ kind: 'cancelled', pid, cappedAtBytes: capBytes, reason: CANCELLED });
    }
    for (const pid of outcome.lifts) this.#cap(pid, this.#standing.bytes);
    if (outcome.isCalm) this.#tellCalm(outcome);
  }

  #tellCalm({ state }: GuardOutcome): void {
    for (const pid of this.#told.keys()) {
      if (state.watched.has(pid)) this.#tell({ kind: 'lifted', pid, cappedAtBytes: null, reason: LIFTED });
    }
    this.#told.clear();
  }

  /** Caps come, move with the room, and go: each is told once until all is calm again, and once more when it tightens. */
  #tellsNews(pid: number, reason: CapReason): boolean {
    const told = this.#told.get(pid);
    return told === undefined || (told === 'room' && reason !== 'room');
  }

  #cap(pid: number, bytes: number | null): void {
    if (this.#backends.isStill(pid)) void this.#set(pid, bytes);
  }

  async #set(pid: number, bytes: number | null): Promise<boolean> {
    try {
      await this.#limiter.set(pid, bytes);
      return true;
    } catch (error) {
      this.#failed(pid, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #failed(pid: number, reason: string): void {
    this.#failedAtMs = this.#nowMs;
    const watched = new Map(this.#state.watched);
    watched.delete(pid);
    this.#state = { ...this.#state, watched };
    if (this.#nowMs - this.#saidFailureAtMs < SAY_AGAIN_MS) return;
    this.#saidFailureAtMs = this.#nowMs;
    this.#tell({ kind: 'cap-failed', pid, cappedAtBytes: null, reason });
  }

  #tell(event: Omit<GuardEvent, 'title'>): void {
    const whole = { ...event, title: this.#backends.titleOf(event.pid) };
    this.#events.push(whole);
    this.#options.onEvent?.(whole);
  }

  #report(isWatching: boolean, roomBytes: number | null): GuardReport {
    const events = this.#events.length === 0 ? NO_EVENTS : this.#events;
    this.#events = [];
    return { isWatching, roomBytes, events };
  }
}

function hasCaps({ watched }: GuardState): boolean {
  for (const { capBytes } of watched.values()) if (capBytes !== null) return true;
  return false;
}
