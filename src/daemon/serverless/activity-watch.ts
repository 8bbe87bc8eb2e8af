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

/** So long after a change of capacity sessions may still be taking in the settings that follow it. */
const STIR_MS = 2_000;

/** Tells from tick to tick whether anybody uses a database. */
export class ActivityWatch {
  readonly #cluster: ManagedCluster;
  readonly #unavailable: () => string | null;
  #before: ClusterActivity | null = null;
  #latest: ActivityObservation | null = null;
  #asking: Promise<void> | null = null;
  #stirredMs = Number.NEGATIVE_INFINITY;

  /** `unavailable` says why nothing can be paused at this moment; null where it can. */
  constructor(cluster: ManagedCluster, unavailable: () => string | null) {
    this.#cluster = cluster;
    this.#unavailable = unavailable;
  }

  /** Capacity changes: every session reads the settings that follow it, which is work and no activity. */
  stirred(): void {
    this.#stirredMs = performance.now();
  }

  /**
   * What has happened since the last look. The server is asked only while the tick shows nothing; its answer is there
   * with the next tick, so the first one is null.
   */
  look(tick: LoadTick): ActivityObservation | null {
    const rules = this.#cluster.spec.ignoreActivity;
    const isStirred = performance.now() - tick.durationMs < this.#stirredMs + STIR_MS;
    if (!isStirred && isBusy(tick, rules)) {
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

/** Whether a session that counts was active in this tick. Of those that came and went in it the server tells more. */
export function isBusy(tick: LoadTick, rules: readonly IgnoreRule[]): boolean {
  return tick.samples.some(
    ({ activity, tuple }) =>
      activity === 'active' &&
      tuple['db.session_type'] !== SHORT_LIVED &&
      !rules.some(({ field, value }) => tuple[DIMENSION_OF[field]] === value),
  );
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
  // Of sessions that are over it is not told whose statements they were.
  return !hasRules && now.activeMs !== before.activeMs;
}
