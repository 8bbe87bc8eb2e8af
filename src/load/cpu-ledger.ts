/**
 * CPU time of every process, tick by tick, as it really was.
 *
 * The kernel books the time that a task waited for a processor when the task runs again, so one reading can hold more
 * than its tick, and the ticks before it too little. The ledger therefore credits a runnable process provisionally,
 * sets the booked time off against those credits, and carries what does not fit into a tick back to the ticks before
 * it. Over time the sum is the kernel's, to the nanosecond; a tick is final once it leaves the window.
 */
export class CpuLedger {
  readonly #windowTicks: number;
  readonly #accounts = new Map<string, Account>();
  #tick = 0;

  /** `windowTicks`: how many ticks, the newest included, may still be corrected. */
  constructor(windowTicks: number) {
    this.#windowTicks = windowTicks;
  }

  /** Opens the next tick and returns its number. */
  openTick(): number {
    return ++this.#tick;
  }

  /** Books a process's reading into the open tick and returns what the tick holds for it so far. */
  book(key: string, reading: CpuReading): CpuShare {
    const account = this.#accounts.get(key) ?? newAccount();
    this.#accounts.set(key, account);
    const entry: Entry = {
      tick: this.#tick,
      durationNs: reading.durationNs,
      runNs: reading.runNs,
      waitNs: 0,
      creditNs: 0,
    };
    account.entries.push(entry);
    while ((account.entries[0]?.tick ?? this.#tick) <= this.#tick - this.#windowTicks)
      account.entries.shift();

    const hasRun = reading.runNs > 0 || reading.waitNs > 0;
    if (hasRun) setOff(account, reading.waitNs);
    creditTail(account, entry, reading, hasRun);
    account.wasRunnable = reading.isRunnable;
    return entry;
  }

  /** What a tick holds for a process; final once the tick is `windowTicks` old. Null where nothing was booked. */
  share(key: string, tick: number): CpuShare | null {
    return this.#accounts.get(key)?.entries.find((entry) => entry.tick === tick) ?? null;
  }

  forget(key: string): void {
    this.#accounts.delete(key);
  }
}

/** Growth of one process's counters over a tick, and its state at the end of it. */
export interface CpuReading {
  readonly durationNs: number;
  readonly runNs: number;
  readonly waitNs: number;
  readonly isRunnable: boolean;
}

export interface CpuShare {
  readonly runNs: number;
  readonly waitNs: number;
}

interface Entry {
  readonly tick: number;
  readonly durationNs: number;
  readonly runNs: number;
  waitNs: number;
  /** The provisional part of `waitNs`. */
  creditNs: number;
}

interface Account {
  readonly entries: Entry[];
  /** Credits that no booking has confirmed yet, those of ticks that have left the window included. */
  openCreditNs: number;
  wasRunnable: boolean;
}

function newAccount(): Account {
  return { entries: [], openCreditNs: 0, wasRunnable: false };
}

/** Sets a booking of waiting time off against the open credits; the newest entry is the tick it was booked in. */
function setOff(account: Account, bookedNs: number): void {
  const owedNs = bookedNs - account.openCreditNs;
  for (const entry of account.entries) entry.creditNs = owedNs < 0 ? entry.creditNs : 0;
  account.openCreditNs = 0;
  if (owedNs >= 0) carryBack(account.entries, owedNs);
  else account.openCreditNs = takeBack(account.entries, -owedNs);
}

/** Fills the newest tick first, then the ones before it; what fits nowhere stays in the newest, so nothing is lost. */
function carryBack(entries: readonly Entry[], owedNs: number): void {
  let restNs = owedNs;
  for (let i = entries.length - 1; i >= 0 && restNs > 0; i--) {
    const entry = entries[i] as Entry;
    const partNs = Math.min(restNs, Math.max(0, entry.durationNs - entry.runNs - entry.waitNs));
    entry.waitNs += partNs;
    restNs -= partNs;
  }
  const newest = entries.at(-1);
  if (newest !== undefined) newest.waitNs += restNs;
}

/** Withdraws credits that turned out too high, oldest first: the wait that was booked is the newest part. */
function takeBack(entries: readonly Entry[], excessNs: number): number {
  let restNs = excessNs;
  for (const entry of entries) {
    const partNs = Math.min(restNs, entry.creditNs);
    entry.waitNs -= partNs;
    restNs -= partNs;
    entry.creditNs = 0;
  }
  return restNs;
}

/** A process that is runnable now has been waiting since it last ran, for a time the kernel has not booked yet. */
function creditTail(account: Account, entry: Entry, reading: CpuReading, hasRun: boolean): void {
  if (!reading.isRunnable) return;
  const idleNs = Math.max(1, entry.durationNs - entry.runNs);
  const roomNs = Math.max(0, entry.durationNs - entry.runNs - entry.waitNs);
  // Having run, it goes on as it did in this tick. Not having run: queued all along if it was queued before, and
  // else since an unknown moment, half the tick on average.
  const share = hasRun ? Math.min(1, reading.waitNs / idleNs) : account.wasRunnable ? 1 : 0.5;
  const creditNs = roomNs * share;
  entry.waitNs += creditNs;
  entry.creditNs += creditNs;
  account.openCreditNs += creditNs;
}
