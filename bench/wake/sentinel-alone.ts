import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import { clusterFolder } from '../../src/cluster/managed/cluster-folder.ts';
import { createManagedCluster } from '../../src/cluster/managed/managed-cluster.ts';
import type { ManagedCluster } from '../../src/cluster/managed/model.ts';
import { readVersion } from '../../src/daemon/version.ts';
import { readHostFacts } from '../../src/kernel/host-facts.ts';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import { SentinelLink } from '../../src/sentinel/sentinel-link.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { startSentinel } from '../../src/sentinel/start-sentinel.ts';
import { waitFor } from '../../test/kit/wait-for.ts';
import { addressesOf, DATABASE, MAX_ACU, RESUME_ACU } from './sleepy.ts';
import type { Addresses, Sleepy } from './sleepy.ts';

/** Only a database and the sentinel: nothing of the daemon that could be in the way of a wake. */
export class SentinelAlone implements Sleepy {
  readonly addresses: Addresses;
  readonly #cluster: ManagedCluster;
  readonly #link: SentinelLink;
  readonly #took: { ms: number | null };

  private constructor(
    cluster: ManagedCluster,
    link: SentinelLink,
    addresses: Addresses,
    took: { ms: number | null },
  ) {
    this.#cluster = cluster;
    this.#link = link;
    this.addresses = addresses;
    this.#took = took;
  }

  static async open(stateDir: string, log: (line: string) => void): Promise<SentinelAlone> {
    await mkdir(stateDir, { mode: 0o711 });
    const clustersDir = join(stateDir, 'clusters');
    const cluster = await createManagedCluster({
      shape: DEFAULT_SHAPE,
      limits: await openLimits(),
      host: readHostFacts(),
      log,
      clustersDir,
      name: DATABASE,
      engineMajor: BUNDLED_MAJOR,
      minAcu: 0,
      maxAcu: MAX_ACU,
      osUsers: 'shared',
      temporary: true,
    });
    try {
      await cluster.start(RESUME_ACU);
      const took: { ms: number | null } = { ms: null };
      const link = await connect(stateDir, took);
      await link.guard(guardedOf(cluster));
      // Nobody asks it anything from now on, so once is enough.
      await cluster.rest.hush();
      const { socketDir } = clusterFolder(join(clustersDir, DATABASE));
      return new SentinelAlone(cluster, link, addressesOf(cluster.url(), socketDir), took);
    } catch (error) {
      await cluster.delete();
      throw error;
    }
  }

  async pause(): Promise<void> {
    await waitFor(async () => (await this.#link.pause(this.#cluster.spec.id, RESUME_ACU)).kind === 'paused', {
      what: 'a pause',
      pollMs: 5,
    });
  }

  giveBack(what: 'cache' | 'all'): Promise<void> {
    return this.#cluster.rest.giveBackMemory(what);
  }

  tookMs(): number | null {
    return this.#took.ms;
  }

  async close(): Promise<void> {
    await this.#link.sendAway();
    await this.#cluster.delete();
  }
}

function connect(stateDir: string, took: { ms: number | null }): Promise<SentinelLink> {
  const version = readVersion();
  startSentinel({ stateDir, version, endsWithDaemon: true });
  const open = (): Promise<SentinelLink | null> =>
    SentinelLink.open({
      socketPath: sentinelFiles(stateDir).socket,
      version,
      onWoken: ({ tookMs }) => {
        took.ms = tookMs;
      },
      onLost: () => {},
    });
  return waitFor(open, { what: 'the sentinel', pollMs: 20 });
}

function guardedOf({ spec, rest: { processes } }: ManagedCluster): Parameters<SentinelLink['guard']>[0] {
  if (processes === null) throw new Error('The database does not run.');
  const { id, name, port } = spec;
  const most = { acu: MAX_ACU, cpus: null, memoryBytes: null };
  return { id, name, port, ...processes, most };
}
