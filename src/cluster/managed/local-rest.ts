import { readActivity, readSessions } from './activity.ts';
import type { ClientSession, ClusterActivity } from './activity.ts';
import { notRunning } from './capacity-applier.ts';
import { giveBackAll, giveBackCache } from './give-back.ts';
import { inTime } from './in-time.ts';
import type { LocalCluster } from './local-cluster.ts';
import type { ClusterProcesses, ClusterRest } from './model.ts';
import { titledClients } from './newcomers.ts';
import type { TitledClient } from './newcomers.ts';
import type { ServerRun } from './server-run.ts';

const KEEPER_PATIENCE_MS = 10_000;

/** What pauses need of a database on this host. */
export class LocalRest implements ClusterRest {
  readonly #cluster: LocalCluster;
  readonly #run: () => ServerRun | null;

  constructor(cluster: LocalCluster, run: () => ServerRun | null) {
    this.#cluster = cluster;
    this.#run = run;
  }

  get processes(): ClusterProcesses | null {
    const uid = this.#cluster.runAs.ids?.uid ?? process.getuid?.() ?? null;
    const run = this.#run();
    return run === null || uid === null ? null : { postmaster: run.process.mark, uid };
  }

  async activity(): Promise<ClusterActivity> {
    return readActivity(this.#running().session, this.#cluster.spec);
  }

  async sessions(): Promise<readonly ClientSession[]> {
    return readSessions(this.#running().session);
  }

  newcomers(known: ReadonlySet<number>): readonly TitledClient[] {
    const run = this.#run();
    return run === null ? [] : titledClients(run.process.mark.pid, known);
  }

  async hush(): Promise<void> {
    await this.#run()?.hush();
    // To move a large table out of temporary space takes hours: that goes on when the database is awake again.
    await inTime(this.#cluster.tempSpace.idle(), KEEPER_PATIENCE_MS).catch(() => {});
  }

  unhush(): void {
    const run = this.#run();
    if (run?.isHushed === true) run.unhush();
  }

  async unfreeze(): Promise<void> {
    await this.#cluster.limits.group?.thaw();
  }

  async giveBackMemory(what: 'cache' | 'all'): Promise<void> {
    const { group } = this.#cluster.limits;
    if (group === null) return;
    if (what === 'all') await giveBackAll(group);
    else await giveBackCache(group, () => this.#cluster.applied?.memoryBytes ?? null);
  }

  #running(): ServerRun {
    const run = this.#run();
    if (run === null) throw notRunning();
    return run;
  }
}
