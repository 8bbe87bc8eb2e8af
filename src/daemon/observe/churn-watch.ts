import { readConnectionCensus } from '../../kernel/connection-census.ts';
import type { ConnectionCensus, ProcessStat } from '../../kernel/proc-parse.ts';
import { readChildren, readCommandLine, readProcessStat } from '../../kernel/process-reader.ts';
import { ShortLivedTally } from '../../load/short-lived.ts';
import type { PidSet, ShortLivedLoad } from '../../load/short-lived.ts';
import { ticksToMs } from '../../kernel/boot-clock.ts';

/** Server processes that serve no client: their work is not short-lived load. */
const SERVER_PROCESS_TITLE =
  /^postgres: (.*: )?(autovacuum|walsender|wal ?writer|wal ?receiver|checkpointer|background|bgworker|io worker|logical|archiver|startup|slotsync|stats|logger)/;

/** Connections are counted for so long after processes have come or gone. */
const CHURN_MEMORY_MS = 3_000;

/** Looks at a server's processes a few times per tick, for those that live shorter than a tick. */
export class ChurnWatch {
  readonly #postmasterPid: number;
  readonly #port: number | null;
  readonly #tally = new ShortLivedTally();
  #children = '';
  #pids: readonly number[] = [];
  #churnedAtMs = Number.NEGATIVE_INFINITY;
  #lastAtMs: number | null = null;
  #childrenCpuTicks: number | null = null;

  constructor(postmasterPid: number, port: number | null) {
    this.#postmasterPid = postmasterPid;
    this.#port = port;
  }

  /** Whether processes have come or gone lately: then looks should be frequent. */
  isChurning(nowMs: number): boolean {
    return nowMs - this.#churnedAtMs < CHURN_MEMORY_MS;
  }

  /** Children of the postmaster at the last look. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  /** The next look stands for the time from here on. */
  skipTo(nowMs: number): void {
    this.#lastAtMs = nowMs;
  }

  /** One look. `isOld` tells of processes that need none: they will be there at the next tick. False: server gone. */
  look(nowMs: number, isOld: (pid: number) => boolean): boolean {
    const children = readChildren(this.#postmasterPid);
    if (children === null) return false;
    if (children !== this.#children) {
      this.#children = children;
      this.#pids = children.trim().split(' ').filter(Boolean).map(Number);
      this.#churnedAtMs = nowMs;
    }
    const durationMs = this.#lastAtMs === null ? 0 : nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    const census = this.isChurning(nowMs) ? this.#census() : { pending: 0, closing: 0 };
    const young = this.#pids.filter((pid) => !isOld(pid)).map((pid) => ({ pid, stat: readProcessStat(pid) }));
    const working = young.filter(({ pid, stat }) => isWorking(stat) && !isServerProcess(pid));
    this.#tally.add({
      durationMs,
      workingPids: working.map(({ pid }) => pid),
      pendingConnections: census.pending,
      closingConnections: census.closing,
      isForking:
        this.isChurning(nowMs) && census.pending === 0 && this.#isForking(young.map(({ stat }) => stat)),
    });
    return true;
  }

  #census(): ConnectionCensus {
    return this.#port === null ? { pending: 0, closing: 0 } : readConnectionCensus(this.#port);
  }

  /** A postmaster that works and has neither a connection to accept nor a child to bury is making a process. */
  #isForking(young: readonly (ProcessStat | null)[]): boolean {
    if (young.some((stat) => stat?.state === 'Z')) return false;
    return readProcessStat(this.#postmasterPid)?.state === 'R';
  }

  /** Load of short-lived sessions since the last call; `deadRunMs` is CPU that was accounted before its process died. */
  take(accountedPids: PidSet, deadRunMs: number): ShortLivedLoad {
    const ticks = readProcessStat(this.#postmasterPid)?.childrenCpuTicks ?? null;
    const grownTicks = ticks === null || this.#childrenCpuTicks === null ? 0 : ticks - this.#childrenCpuTicks;
    this.#childrenCpuTicks = ticks;
    return this.#tally.take(accountedPids, ticksToMs(grownTicks) - deadRunMs);
  }
}

function isWorking(stat: ProcessStat | null): boolean {
  return stat?.state === 'R' || stat?.state === 'D';
}

function isServerProcess(pid: number): boolean {
  return SERVER_PROCESS_TITLE.test(readCommandLine(pid) ?? '');
}
