import type { ManagedCluster } from '../../../cluster/managed/model.ts';
import type { HistoryEvent } from '../../../history/history.ts';

export interface LostTierOptions {
  readonly cluster: Pick<ManagedCluster, 'spec' | 'isRunning' | 'accounts'>;
  readonly event: (kind: string, severity: HistoryEvent['severity'], message: string) => void;
  /** With the shared memory of its capacity. */
  readonly restart: () => void;
}

const LOST =
  'The tiered cache of this database is lost. Its shared memory is as large as before, and all of it has to fit into memory now: ' +
  'capacity follows that. A restart makes it as small as without a tier.';
/** The kernel may have killed it with the loss, and it is back, or it does not run. */
const WITHOUT =
  'The tiered cache of this database is lost: it runs without one until it is restarted with a new one.';
const GIVEN_UP = 'Without its tiered cache it ran out of memory, so it is restarted with less shared memory.';

/**
 * Follows a running database after the tier below it was lost. What of its shared memory does not fit any more has nowhere
 * to go: when the kernel has killed for it, all connections are lost already, and a restart costs nothing more.
 */
export class LostTier {
  readonly #options: LostTierOptions;
  /** Processes that were killed until the loss was seen, or the last restart asked for; null while nothing is lost. */
  #killsBefore: number | null = null;

  constructor(options: LostTierOptions) {
    this.#options = options;
  }

  /** Once a second: why the host's tier is lost; null where it is not. */
  look(lost: string | null): void {
    const { cluster, event, restart } = this.#options;
    const { tieredCacheBytes, startedTierBytes } = cluster.spec.optimizedReads;
    if (lost === null || (tieredCacheBytes === 0 && startedTierBytes === 0)) {
      this.#killsBefore = null;
      return;
    }
    const runsWithIt = cluster.isRunning && startedTierBytes > 0;
    const kills = cluster.accounts.memory()?.oomKills ?? 0;
    const before = this.#killsBefore;
    this.#killsBefore = kills;
    if (before === null) event('tiered-cache-lost', 'error', `${runsWithIt ? LOST : WITHOUT} ${lost}`);
    else if (runsWithIt && kills > before) {
      event('tiered-cache-given-up', 'error', GIVEN_UP);
      restart();
    }
  }
}
