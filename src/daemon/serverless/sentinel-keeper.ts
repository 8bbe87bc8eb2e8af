import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from '../../kernel/process-identity.ts';
import type { Guarded, Moment, Outcome } from '../../sentinel/protocol.ts';
import { SentinelLink } from '../../sentinel/sentinel-link.ts';
import type { Woken } from '../../sentinel/sentinel-link.ts';
import { sentinelFiles } from '../../sentinel/sentinel-files.ts';
import { startSentinel } from '../../sentinel/start-sentinel.ts';

export interface SentinelKeeperOptions {
  readonly stateDir: string;
  readonly version: string;
  /** It ends with us, and everything with it. */
  readonly endsWithDaemon: boolean;
  readonly onWoken: (woken: Woken) => void;
  /** It is gone; what it watched is frozen and nobody else would thaw it. */
  readonly onLost: (why: string) => void;
  readonly log: (line: string) => void;
}

const RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const POLL_MS = 20;
const START_PATIENCE_MS = 15_000;

/** Sees to it that there is a sentinel, and that it knows of every database. */
export class SentinelKeeper {
  readonly #options: SentinelKeeperOptions;
  readonly #guarded = new Map<string, Guarded>();
  #link: SentinelLink | null = null;
  #identity: string | null = null;
  #starting: Promise<void> | null = null;
  #isClosed = false;
  /** What an earlier daemon left asleep under the eyes of the sentinel that is there. */
  readonly paused = new Map<string, Moment>();

  private constructor(options: SentinelKeeperOptions) {
    this.#options = options;
  }

  /** Finds the sentinel of an earlier daemon; one of another version is sent away, which wakes everything. */
  static async open(options: SentinelKeeperOptions): Promise<SentinelKeeper> {
    const keeper = new SentinelKeeper(options);
    const link = await keeper.#connect();
    if (link?.understandsUs === false) await link.sendAway();
    else if (link !== null) keeper.#take(link);
    for (const { id, at } of keeper.#link?.hello.paused ?? []) keeper.paused.set(id, at);
    return keeper;
  }

  get isThere(): boolean {
    return this.#link !== null;
  }

  /** Why nothing can be paused on this host, one line; null where it can, and where nobody has said yet. */
  get unavailable(): string | null {
    return this.#link?.hello.unavailable ?? null;
  }

  /** From now on it is looked after, and the sentinel is started where there is none. */
  async guard(guarded: Guarded): Promise<void> {
    this.#guarded.set(guarded.id, guarded);
    if (this.#link === null) void this.#start();
    else await this.#tell(this.#link, guarded);
  }

  async forget(id: string): Promise<void> {
    if (this.#guarded.delete(id)) await this.#link?.forget(id);
  }

  pause(id: string, resumeAcu: number): Promise<Outcome> {
    return this.#link?.pause(id, resumeAcu) ?? Promise.resolve(NOT_THERE);
  }

  wake(id: string): Promise<Outcome> {
    return this.#link?.wake(id) ?? Promise.resolve(NOT_THERE);
  }

  /** Leaves it to itself: it goes on waking. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting;
    this.#link?.close();
    this.#link = null;
  }

  #connect(): Promise<SentinelLink | null> {
    const { stateDir, version, onWoken } = this.#options;
    const { socket } = sentinelFiles(stateDir);
    return SentinelLink.open({
      socketPath: socket,
      version,
      onWoken: (woken) => {
        // Perhaps before anybody here has asked for it.
        this.paused.delete(woken.id);
        onWoken(woken);
      },
      onLost: (why) => this.#lost(why),
    });
  }

  #take(link: SentinelLink): void {
    this.#link = link;
    this.#identity = processIdentity(link.hello.pid);
  }

  async #tell(link: SentinelLink, guarded: Guarded): Promise<void> {
    const outcome = await link.guard(guarded);
    if (outcome.kind === 'failed')
      this.#options.log(`The sentinel cannot look after ${guarded.name}: ${outcome.message}`);
  }

  #lost(why: string): void {
    const link = this.#link;
    if (link === null || this.#isClosed) return;
    this.#link = null;
    this.paused.clear();
    this.#options.log(`The sentinel was lost (${why}); it is started anew.`);
    this.#endForGood(link.hello.pid);
    this.#options.onLost(why);
    if (this.#guarded.size > 0) void this.#start();
  }

  /** One that only stands still would wake up one day and meddle. */
  #endForGood(pid: number): void {
    if (this.#identity === null || processIdentity(pid) !== this.#identity) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has gone by itself.
    }
  }

  #start(): Promise<void> {
    this.#starting ??= this.#startAndConnect().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #startAndConnect(): Promise<void> {
    for (let delayMs = RETRY_MS; !this.#isClosed; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      startSentinel(this.#options);
      const link = await this.#untilItAnswers();
      if (link !== null) {
        this.#take(link);
        for (const guarded of this.#guarded.values()) await this.#tell(link, guarded);
        return;
      }
      if (this.#isClosed) return;
      const { log } = sentinelFiles(this.#options.stateDir);
      this.#options.log(`The sentinel did not start, and is tried again; ${log} may say why.`);
      await sleep(delayMs);
    }
  }

  async #untilItAnswers(): Promise<SentinelLink | null> {
    const patienceEndsAt = performance.now() + START_PATIENCE_MS;
    while (!this.#isClosed && performance.now() < patienceEndsAt) {
      const link = await this.#connect();
      if (link !== null) return link;
      await sleep(POLL_MS);
    }
    return null;
  }
}

const NOT_THERE: Outcome = { kind: 'failed', message: 'the sentinel is being started' };
