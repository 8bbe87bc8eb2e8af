import type { ResourceGroup } from '../kernel/limits/resource-group.ts';
import { hasPendingSignal } from '../kernel/pending-signals.ts';
import { processIdentity } from '../kernel/process-identity.ts';
import { processUid } from '../kernel/process-owner.ts';
import { AirglowError } from '../errors.ts';
import { ClientWatch } from './client-watch.ts';
import { momentNow } from './moment.ts';
import type { Guarded, Moment, PauseRefusal, WakeCause } from './protocol.ts';

/** A few milliseconds are usual. Nobody is served meanwhile, so a process that waits for a disk ends the attempt. */
const FREEZE_TIMEOUT_MS = 500;

/** A database that stands still, with its clients watched. */
export class Sleeper {
  readonly at: Moment;
  readonly #group: ResourceGroup;
  readonly #watch: ClientWatch;
  readonly #postmasterPid: number;

  private constructor(group: ResourceGroup, watch: ClientWatch, postmasterPid: number) {
    this.at = momentNow();
    this.#group = group;
    this.#watch = watch;
    this.#postmasterPid = postmasterPid;
  }

  /** Freezes and looks; where that shows that somebody needs the database, it goes on as if nothing had been. */
  static async fallAsleep(group: ResourceGroup, guarded: Guarded): Promise<Sleeper | PauseRefusal> {
    if (!isThere(group, guarded)) return { kind: 'gone', detail: 'the server is not there any more' };
    try {
      await group.freeze(FREEZE_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof AirglowError) return { kind: 'freeze-failed', detail: error.message };
      throw error;
    }
    let watch: ClientWatch | PauseRefusal;
    try {
      watch = ClientWatch.over(guarded, group.pids());
    } catch (error) {
      await group.thaw();
      throw error;
    }
    if (watch instanceof ClientWatch) return new Sleeper(group, watch, guarded.postmaster.pid);
    await group.thaw();
    return watch;
  }

  /** To be watched for: readable as soon as there is a cause to wake. */
  get descriptor(): number {
    return this.#watch.descriptor;
  }

  cause(): WakeCause | null {
    return this.#watch.cause();
  }

  /** No descriptor tells of a signal, so this is to be asked now and then. */
  isSignalled(): boolean {
    return hasPendingSignal(this.#postmasterPid);
  }

  /** First of all everything goes on; resolves when it does. */
  async wake(): Promise<void> {
    const thawing = this.#group.thaw();
    this.#watch.close();
    await thawing;
  }
}

/** A number may have become another process's, so it is proven before anything is frozen. */
export function isThere(group: ResourceGroup, { postmaster, uid }: Guarded): boolean {
  return (
    group.exists() &&
    processIdentity(postmaster.pid) === postmaster.identity &&
    processUid(postmaster.pid) === uid &&
    group.pids().includes(postmaster.pid)
  );
}
