import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DEFAULT_SHAPE, roundDownToGrid } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';
import { airglowPolicy } from '../../capacity/decide.ts';
import { checkCapacityRange } from '../../cluster/managed/cluster-options.ts';
import { inTime } from '../../cluster/managed/in-time.ts';
import { createManagedCluster, openManagedCluster } from '../../cluster/managed/managed-cluster.ts';
import type { CreateClusterOptions, OpenClusterOptions } from '../../cluster/managed/managed-cluster.ts';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import { AirglowError } from '../../errors.ts';
import { readHostFacts } from '../../kernel/host-facts.ts';
import { hasLimits, openLimits } from '../../kernel/limits/open-limits.ts';
import type { LimitsHost, NoLimits } from '../../kernel/limits/resource-group.ts';
import type {
  ClusterDescription,
  CreateRequest,
  Explanation,
  FleetMessage,
  FleetOptions,
  HostCapacity,
  ModifyRequest,
  OpenFleet,
} from '../fleet.ts';
import type { Observer } from '../observer.ts';
import { readJournal } from '../../sentinel/journal.ts';
import { sentinelFiles } from '../../sentinel/sentinel-files.ts';
import { readVersion } from '../version.ts';
import { ClusterRunner } from './cluster-runner.ts';
import { describeCluster, explainCluster } from './describe-cluster.ts';
import { HostArbiter } from './host-arbiter.ts';
import { HostTierKeeper } from './host-tier-keeper.ts';
import { MeterFile } from './meter-file.ts';
import { SentinelKeeper } from './sentinel-keeper.ts';
import { openStateFolder } from './state-folder.ts';
import type { StateFolder } from './state-folder.ts';

const DEFAULT_MIN_ACU = 0.5;
const DEFAULT_MAX_ACU = 8;
/** Who made a database is told where its temporary objects go; a disk that does not answer is not waited for. */
const TEMP_SPACE_MS = 5_000;
const DEFAULT_PRICE = { currency: 'USD', perAcuHour: 0.12 };
/** Memory of the host that databases may have; the rest is for the system and for us. */
const MEMORY_SHARE = 0.9;

/**
 * Opens the databases of a state folder: those that run are adopted, those that should run are started. Raises
 * STATE_LOCKED, STATE_CORRUPT. A database that cannot be started is `failed` and tried again; it keeps none from
 * opening.
 */
export async function openFleet(options: FleetOptions): Promise<OpenFleet> {
  const folder = await openStateFolder(options.stateDir);
  try {
    const limits = options.limits === 'none' ? NOT_WANTED : await openLimits();
    const fleet = new LocalFleet(options, folder, limits);
    await fleet.open();
    return fleet;
  } catch (error) {
    await folder.release();
    throw error;
  }
}

const NOT_WANTED: NoLimits = {
  reason: 'Limits were not wanted.',
  remedy: 'Start without that option to have capacity enforced.',
};

class LocalFleet implements OpenFleet {
  readonly host: HostCapacity;
  readonly tier: HostTierKeeper;
  readonly #options: FleetOptions;
  readonly #folder: StateFolder;
  readonly #limits: LimitsHost | NoLimits;
  readonly #shape: AcuShape;
  readonly #arbiter: HostArbiter;
  readonly #runners = new Map<string, ClusterRunner>();
  /** Names that are being created. */
  readonly #creating = new Set<string>();
  #sentinel: SentinelKeeper | null = null;
  #creation: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(message: FleetMessage) => void>();
  #closed: Promise<void> | null = null;

  constructor(options: FleetOptions, folder: StateFolder, limits: LimitsHost | NoLimits) {
    this.#options = options;
    this.#folder = folder;
    this.#limits = limits;
    this.#shape = options.shape ?? DEFAULT_SHAPE;
    this.host = hostCapacity(this.#shape, limits);
    this.#arbiter = new HostArbiter(this.host.budgetAcu);
    this.tier = new HostTierKeeper({
      stateDir: folder.path,
      limits,
      temporary: options.temporary === true,
      runners: () => this.#runners.values(),
      log: options.log,
    });
  }

  async open(): Promise<void> {
    if (hasLimits(this.#limits)) {
      this.#sentinel = await SentinelKeeper.open({
        stateDir: this.#folder.path,
        version: readVersion(),
        endsWithDaemon: this.#options.temporary === true,
        onWoken: (woken) => void this.#runnerOf(woken.id)?.woken(woken),
        onLost: () => this.#orphaned(),
        log: this.#options.log,
      });
    }
    await this.tier.open();
    const { clustersDir } = this.#folder;
    const entries = await readdir(clustersDir, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(clustersDir, name));
    await Promise.all(folders.map((folder) => this.#reopen(folder)));
  }

  list(): readonly ClusterDescription[] {
    return [...this.#runners.values()].map((runner) => this.#describe(runner));
  }

  describe(name: string): ClusterDescription {
    return this.#describe(this.#runner(name));
  }

  async create(request: CreateRequest): Promise<ClusterDescription> {
    const { name } = request;
    const { temporary, osUsers } = this.#options;
    if (this.#runners.has(name) || this.#creating.has(name)) {
      throw new AirglowError('CLUSTER_EXISTS', `there is a database ${name} already; choose another name`);
    }
    const release = this.tier.reserve(name, request.tieredCacheBytes);
    this.#creating.add(name);
    this.#emit({ kind: 'status', name, status: 'creating' });
    try {
      const cluster = await this.#oneByOne({
        ...this.#clusterOptions(),
        clustersDir: this.#folder.clustersDir,
        osUsers: temporary === true ? 'shared' : (osUsers ?? 'own'),
        temporary: temporary ?? false,
        name,
        minAcu: request.minCapacity ?? DEFAULT_MIN_ACU,
        maxAcu: request.maxCapacity ?? DEFAULT_MAX_ACU,
        ...optional('secondsUntilAutoPause', request.secondsUntilAutoPause),
        ...optional('ignoreActivity', request.ignoreActivity),
        parameters: request.parameters ?? {},
        network: { ...optional('listen', request.listen), ...optional('allow', request.allow) },
        ...optional('localStorage', request.localStorage),
        ...optional('tempSpaceBytes', request.tempSpaceBytes),
        ...optional('tieredCacheBytes', request.tieredCacheBytes),
        ...optional('port', request.port),
        ...optional('engineMajor', request.engineVersion),
        ...optional('tlsCertFile', request.tlsCertFile),
        ...optional('tlsKeyFile', request.tlsKeyFile),
      });
      return await this.#firstStart(cluster);
    } finally {
      release();
      this.#creating.delete(name);
    }
  }

  /** Two at once could choose the same port. */
  #oneByOne(options: CreateClusterOptions): Promise<ManagedCluster> {
    const creation = this.#creation.then(async () => createManagedCluster(options));
    this.#creation = creation.catch(() => {});
    return creation;
  }

  async modify(name: string, request: ModifyRequest): Promise<ClusterDescription> {
    const runner = this.#runner(name);
    const { spec } = runner.cluster;
    const [minAcu, maxAcu] = [request.minCapacity ?? spec.minAcu, request.maxCapacity ?? spec.maxAcu];
    checkCapacityRange(minAcu, maxAcu);
    const release = this.tier.reserve(name, request.tieredCacheBytes);
    const change = {
      minAcu,
      maxAcu,
      ...optional('secondsUntilAutoPause', request.secondsUntilAutoPause),
      ...optional('ignoreActivity', request.ignoreActivity),
      ...optional('parameters', request.parameters),
      ...optional('localStorage', request.localStorage),
      ...optional('tempSpaceBytes', request.tempSpaceBytes),
      ...optional('tieredCacheBytes', request.tieredCacheBytes),
      network: {
        ...optional('listen', request.listen),
        ...optional('allow', request.allow),
        ...optional('tlsCertFile', request.tlsCertFile),
        ...optional('tlsKeyFile', request.tlsKeyFile),
      },
    };
    await runner.modify(change).finally(release);
    return this.#describe(runner);
  }

  async start(name: string): Promise<ClusterDescription> {
    const runner = this.#runner(name);
    await runner.start();
    return this.#describe(runner);
  }

  async stop(name: string): Promise<ClusterDescription> {
    const runner = this.#runner(name);
    await runner.stop();
    return this.#describe(runner);
  }

  async delete(name: string): Promise<void> {
    const runner = this.#runner(name);
    await runner.delete();
    this.#runners.delete(name);
  }

  url(name: string, database?: string): string {
    return this.#runner(name).cluster.url(database);
  }

  logs(name: string, lines: number): Promise<readonly string[]> {
    return this.#runner(name).cluster.logLines(lines);
  }

  explain(name: string): Explanation {
    return explainCluster(this.#runner(name), Date.now(), performance.now());
  }

  observer(name: string): Observer | null {
    return this.#runner(name).observer;
  }

  subscribe(listener: (message: FleetMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const runners = [...this.#runners.values()];
    await Promise.all(
      runners.map((runner) => (this.#options.temporary === true ? runner.delete() : runner.close())),
    );
    await this.tier.close();
    await this.#sentinel?.close();
    await this.#folder.release();
  }

  async #firstStart(cluster: ManagedCluster): Promise<ClusterDescription> {
    const runner = await this.#adopt(cluster);
    try {
      await runner.start();
      await inTime(cluster.tempSpace.idle(), TEMP_SPACE_MS).catch(() => {});
    } catch (error) {
      // Half a database is of no use to anybody.
      this.#runners.delete(cluster.spec.name);
      await runner.delete().catch(() => {});
      throw error;
    }
    return this.#describe(runner);
  }

  /** A folder that cannot be read is left alone and said; the other databases open. */
  async #reopen(folder: string): Promise<void> {
    try {
      const cluster = await openManagedCluster(folder, this.#clusterOptions());
      const runner = await this.#adopt(cluster);
      await runner.resume();
    } catch (error) {
      this.#options.log(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #adopt(cluster: ManagedCluster): Promise<ClusterRunner> {
    const { policy, intervalMs, fastIntervalMs, log } = this.#options;
    const { name } = cluster.spec;
    const meter = await MeterFile.open(join(this.#folder.clustersDir, name, 'meter.json'), log);
    const { journal } = sentinelFiles(this.#folder.path);
    const runner = new ClusterRunner({
      cluster,
      meter,
      host: this.host,
      shape: this.#shape,
      policy: policy ?? airglowPolicy,
      arbiter: this.#arbiter,
      tier: this.tier,
      intervalMs: intervalMs ?? 1_000,
      fastIntervalMs: fastIntervalMs ?? 50,
      sentinel: this.#sentinel ?? this.host.enforcementNote ?? 'Nothing can be paused on this host.',
      temporary: this.#options.temporary === true,
      journal: () => readJournal(journal).filter(({ id }) => id === cluster.spec.id),
      emit: (message) => this.#emit(message),
    });
    this.#runners.set(name, runner);
    return runner;
  }

  #runnerOf(id: string): ClusterRunner | undefined {
    return [...this.#runners.values()].find(({ cluster }) => cluster.spec.id === id);
  }

  /** Nobody watches what sleeps. */
  #orphaned(): void {
    for (const runner of this.#runners.values()) void runner.orphaned();
  }

  #clusterOptions(): OpenClusterOptions {
    const { cpus, memoryBytes } = this.host;
    return {
      shape: this.#shape,
      limits: this.#limits,
      tier: this.tier,
      stateDir: this.#folder.path,
      host: { cpus, memoryBytes },
      log: this.#options.log,
    };
  }

  #describe(runner: ClusterRunner): ClusterDescription {
    return describeCluster(runner, this.#options.price ?? DEFAULT_PRICE, Date.now());
  }

  #runner(name: string): ClusterRunner {
    const runner = this.#runners.get(name);
    if (runner !== undefined) return runner;
    const known = [...this.#runners.keys()];
    const hint = known.length === 0 ? 'there is none yet' : `there are ${known.join(', ')}`;
    throw new AirglowError('CLUSTER_NOT_FOUND', `there is no database ${JSON.stringify(name)}; ${hint}`);
  }

  #emit(message: FleetMessage): void {
    for (const listener of this.#listeners) listener(message);
  }
}

function hostCapacity(shape: AcuShape, limits: LimitsHost | NoLimits): HostCapacity {
  const { cpus, memoryBytes } = readHostFacts();
  const budgetAcu = Math.min(cpus / shape.cpus, (memoryBytes * MEMORY_SHARE) / shape.memoryBytes);
  const enforcementNote = hasLimits(limits) ? null : `${limits.reason} ${limits.remedy}`;
  return { cpus, memoryBytes, budgetAcu: Math.max(0.5, roundDownToGrid(budgetAcu)), enforcementNote };
}

/** A property only where there is a value, as exact optional types want it. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
