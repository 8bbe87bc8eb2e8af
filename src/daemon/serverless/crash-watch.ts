import { lastRecovery } from '../../cluster/log-cause.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { HistoryEvent } from '../../history/history.ts';

/** Half a megabyte or so; a recovery itself writes some ten lines. */
const LOG_LINES = 1000;

type Watched = Pick<ManagedCluster, 'logLines' | 'accounts'>;

/**
 * Tells when a server that runs on has gone through crash recovery: one of its processes was killed, so it ended all others
 * and began anew. From outside that is a connection that was lost and came back; why is in its log.
 */
export class CrashWatch {
  readonly #cluster: Watched;
  readonly #onEvent: (event: HistoryEvent) => void;
  /** The line of the last one that is known; undefined before the first look. */
  #known: string | null | undefined;
  #kills: number | null = null;

  constructor(cluster: Watched, onEvent: (event: HistoryEvent) => void) {
    this.#cluster = cluster;
    this.#onEvent = onEvent;
  }

  /** With each connection: what was before the first one is no news. */
  async connected(): Promise<void> {
    const kills = this.#cluster.accounts.memory()?.oomKills ?? null;
    const killsBefore = this.#kills;
    this.#kills = kills;
    // A log that cannot be read tells nothing, and the next connection asks again.
    const lines = await this.#cluster.logLines(LOG_LINES).catch(() => []);
    const found = lastRecovery(lines);
    const known = this.#known;
    this.#known = found?.line ?? known ?? null;
    if (known === undefined || found === null || found.line === known) return;
    const isOutOfMemory = kills !== null && killsBefore !== null && kills > killsBefore;
    this.#onEvent(eventOf(found.cause, isOutOfMemory));
  }
}

function eventOf(cause: string | null, isOutOfMemory: boolean): HistoryEvent {
  const why = cause ?? 'one of its processes ended by a crash';
  const memory = isOutOfMemory ? ', as there was no memory left for the database' : '';
  return {
    atMs: Date.now(),
    kind: 'crash-recovered',
    severity: 'error',
    message: `PostgreSQL ended all connections and recovered from a crash: ${why}${memory}.`,
    data: { outOfMemory: isOutOfMemory },
  };
}
