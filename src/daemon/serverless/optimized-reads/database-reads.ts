import { performance } from 'node:perf_hooks';
import type { ManagedCluster } from '../../../cluster/managed/model.ts';
import { ownSharedBuffers } from '../../../cluster/managed/own-parameters.ts';
import { ProcessIoReader } from '../../../kernel/process-io.ts';
import type { DeviceWork } from './device-rates.ts';
import { tierInForce } from './describe-optimized-reads.ts';
import { LocalStorageReader } from './local-storage.ts';
import type { PlacesSeen, ReadSources } from './optimized-reads-watch.ts';

/** The second tier of this host, as far as it is to be watched. */
export interface WatchedTier {
  /** 0 while there is none. */
  readonly sizeBytes: number;
  /** A folder on the storage that it is on; null while there is none. */
  readonly path: string | null;
}

/** Each costs some 13 µs a tick, and two descriptors of the daemon's: figures are not worth more processes than this. */
const MOST_PROCESSES = 100;

/** What the kernel tells of where the pages of one running database come from. */
export class DatabaseReads implements ReadSources {
  readonly #cluster: ManagedCluster;
  readonly #tier: WatchedTier;
  readonly #processes = new ProcessIoReader();
  readonly #storage: LocalStorageReader;
  /** The same device as that of local storage, or another one. */
  readonly #belowTier: LocalStorageReader;
  #isReading = false;

  constructor(cluster: ManagedCluster, tier: WatchedTier) {
    this.#cluster = cluster;
    this.#tier = tier;
    this.#storage = new LocalStorageReader(
      () => cluster.spec.optimizedReads.localStorage ?? (this.tierBytes() > 0 ? tier.path : null),
    );
    this.#belowTier = new LocalStorageReader(() => (this.tierBytes() > 0 ? tier.path : null));
  }

  memory(): ReturnType<ReadSources['memory']> {
    return this.#cluster.accounts.memory();
  }

  storageReadBytes(): number | null {
    const pids = this.#cluster.accounts.pids();
    const isWorthIt = pids.length <= MOST_PROCESSES;
    // What has grown while nobody looked is of no time that is known.
    const wasReading = this.#isReading;
    this.#isReading = isWorthIt;
    if (!isWorthIt) {
      if (wasReading) this.#processes.close();
      return null;
    }
    const bytes = this.#processes.look(pids)?.storageReadBytes ?? null;
    return wasReading ? bytes : null;
  }

  tierBytes(): number {
    const { spec, isRunning } = this.#cluster;
    // Most databases have none, and then the kernel need not be asked.
    if (spec.optimizedReads.startedTierBytes === 0) return 0;
    return tierInForce({
      wanted: spec.optimizedReads,
      ownSharedBuffers: ownSharedBuffers(spec.parameters),
      isRunning,
      hostTierBytes: this.#tier.sizeBytes,
    });
  }

  device(): Omit<DeviceWork, 'durationMs'> | null {
    return this.#storage.look(performance.now());
  }

  tierDevice(): ReturnType<ReadSources['tierDevice']> {
    return this.#belowTier.look(performance.now());
  }

  places(): PlacesSeen | null {
    if (this.#storage.path === null) return null;
    const { tempSpace } = this.#cluster;
    const { localBytes, dataBytes } = tempSpace.bytes();
    return {
      freeBytes: tempSpace.describe()?.freeBytes ?? this.#storage.freeBytes,
      tempLocalBytes: localBytes,
      tempDataBytes: dataBytes,
    };
  }

  close(): void {
    this.#processes.close();
    this.#storage.close();
    this.#belowTier.close();
  }
}
