import type { ActivityObservation, PauseBlocker } from '../../capacity/model.ts';
import type { ClusterActivity } from '../../cluster/managed/activity.ts';
import type { IgnoreRule, ManagedCluster } from '../../cluster/managed/model.ts';
import { CPU_WAITING, SHORT_LIVED } from '../../load/model.ts';
import type { Dimension, LoadTick, WeightedSample } from '../../load/model.ts';

const DIMENSION_OF: Readonly<Record<IgnoreRule['field'], Dimension>> = {
  user: 'db.user',
  application: 'db.application',
  database: 'db.name',
  host: 'db.host',
};

/**
 * From so many active sessions on, on average, the server need not be asked. Below it they may be idle ones that read new
 * settings, or report their statistics ten seconds after their last statement: both are work, and no activity. So those
 * that wait for a processor do not count: where the database is small, or the host busy, a moment's work waits for long.
 */
const SURELY_BUSY = 0.5;

/** Tells from tick to tick whether anybody uses a database. */
export class ActivityWatch {
  readonly #cluster: ManagedCluster;
  readonly #unavailable: () => string | null;
  #before: ClusterActivity | null = null;
  #latest: ActivityObservation | null = null;
  #asking: Promise<void> | null = null;

  /** `unavailable` says why nothing can be paused at this moment; null where it can. */
  constructor(cluster: ManagedCluster, unavailable: () => string | null) {
    this.#cluster = cluster;
    this.#unavailable = unavailable;
  }

  /**
   * What has happened since the last look. The server is asked only while the tick shows little; its answer is there
   * with the next tick, so the first one is null.
   */
  look(tick: LoadTick): ActivityObservation | null {
    const rules = this.#cluster.spec.ignoreActivity;
    const counted = countedSamples(tick, rules);
    if (isBusy(counted, tick.durationMs)) {
      this.#latest = null;
      return { isActive: true, by: busiest(counted), blockers: [] };
    }
    const latest = this.#latest;
    this.#latest = null;
    this.#asking ??= this.#ask(rules.length > 0).finally(() => {
      this.#asking = null;
    });
    return latest;
  }

  /** Resolves when nothing is being asked. */
  async idle(): Promise<void> {
    await this.#asking;
  }

  async #ask(hasRules: boolean): Promise<void> {
    try {
      const now = await this.#cluster.rest.activity();
      const isActive = hasHappened(this.#before, now, hasRules);
      this.#before = now;
      this.#latest = {
        isActive,
        by: isActive ? now.latest : null,
        blockers: [...now.blockers, ...this.#obstacle()],
      };
    } catch {
      // Who gives no answer is not known to be quiet.
      this.#latest = null;
    }
  }

  #obstacle(): PauseBlocker[] {
    const detail = this.#unavailable();
    return detail === null ? [] : [{ kind: 'unavailable', detail: detail.replace(/\.$/, '') }];
  }
}

/** Active sessions that are not to be ignored. Of those that came and went in the tick the server tells more. */
export function countedSamples({ samples }: LoadTick, rules: readonly IgnoreRule[]): WeightedSample[] {
  return samples.filter(
    ({ activity, tuple }) =>
      activity === 'active' &&
      tuple['db.session_type'] !== SHORT_LIVED &&
      tuple['db.wait_event'] !== CPU_WAITING &&
      !rules.some(({ field, value }) => tuple[DIMENSION_OF[field]] === value),
  );
}

/** Whether sessions were surely active. */
export function isBusy(counted: readonly WeightedSample[], durationMs: number): boolean {
  return counted.reduce((sum, { weightMs }) => sum + weightMs, 0) >= SURELY_BUSY * durationMs;
}

/** `app@shop (10.0.0.7, psql)` */
function busiest(counted: readonly WeightedSample[]): string | null {
  const [first, ...others] = counted;
  if (first === undefined) return null;
  const { tuple } = others.reduce((most, one) => (one.weightMs > most.weightMs ? one : most), first);
  const host = tuple['db.host'] === '[local]' ? 'local' : tuple['db.host'];
  const program = tuple['db.application'] === '' ? '' : `, ${tuple['db.application']}`;
  return `${tuple['db.user']}@${tuple['db.name']} (${host}${program})`;
}

/** Whether a client did anything between two moments; one that only came and went did nothing. */
export function hasHappened(
  before: ClusterActivity | null,
  now: ClusterActivity,
  hasRules: boolean,
): boolean {
  if (now.active > 0) return true;
  if (before === null) return false;
  if ((now.lastChangeMs ?? 0) > (before.lastChangeMs ?? 0)) return true;
  // The server's clock may have been set back. Who left has changed the fingerprint, too, and did nothing.
  if (now.fingerprint !== before.fingerprint && now.sessions >= before.sessions && now.sessions > 0)
    return true;
  // A session that is still there reports its statements up to ten seconds late; its state has told of them.
  const isSameOnes = now.fingerprint === before.fingerprint && now.sessionsEver === before.sessionsEver;
  // Of sessions that are over it is not told whose statements they were.
  return !hasRules && !isSameOnes && now.activeMs !== before.activeMs;
}
