import type { ActivityObservation, PauseBlocker } from '../../capacity/model.ts';
import type { ClusterActivity } from '../../cluster/managed/activity.ts';
import type { IgnoreRule, ManagedCluster } from '../../cluster/managed/model.ts';
import { SHORT_LIVED } from '../../load/model.ts';
import type { Dimension, LoadTick } from '../../load/model.ts';

const DIMENSION_OF: Readonly<Record<IgnoreRule['field'], Dimension>> = {
  user: 'db.user',
  application: 'db.application',
  database: 'db.name',
  host: 'db.host',
};

/**
 * From so many active sessions on, on average, the server need not be asked. Below it they may be idle ones that read new
 * settings, or report their statistics ten seconds after their last statement: both are work, and no activity.
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
    if (isBusy(tick, rules)) {
      this.#latest = null;
      return { isActive: true, blockers: [] };
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
      const now = await this.#cluster.activity();
      const isActive = hasHappened(this.#before, now, hasRules);
      this.#before = now;
      this.#latest = { isActive, blockers: [...now.blockers, ...this.#obstacle()] };
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

/** Whether sessions that count were surely active in this tick. Of those that came and went in it the server tells more. */
export function isBusy({ samples, durationMs }: LoadTick, rules: readonly IgnoreRule[]): boolean {
  const counted = samples.filter(
    ({ activity, tuple }) =>
      activity === 'active' &&
      tuple['db.session_type'] !== SHORT_LIVED &&
      !rules.some(({ field, value }) => tuple[DIMENSION_OF[field]] === value),
  );
  const activeMs = counted.reduce((sum, { weightMs }) => sum + weightMs, 0);
  return activeMs >= SURELY_BUSY * durationMs;
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
