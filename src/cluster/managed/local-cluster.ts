import { lstat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resourcesOf } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';
import { RunnableCounter } from '../../kernel/runnable.ts';
import type { Binaries } from '../binaries.ts';
import type { Guard } from '../guard.ts';
import type { RunAs } from '../run-as.ts';
import type { StopMode } from '../stop-signals.ts';
import { stopInTime } from '../stop-signals.ts';
import { releaseSharedMemory } from '../crash-remains.ts';
import { adoptServer } from './adopt-server.ts';
import { notRunning } from './capacity-applier.ts';
import { writeSpec } from './cluster-file.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { ClusterLimits } from './cluster-limits.ts';
import type { OpenClusterOptions } from './cluster-options.ts';
import type { CreatedCluster } from './create-cluster.ts';
import { findAgain } from './engine-finder.ts';
import { endLeftovers } from './leftovers.ts';
import { LocalRest } from './local-rest.ts';
import { modifyCluster } from './modify-cluster.ts';
import { MemoryGuard } from './memory-guard.ts';
import type { GuardEvent } from './memory-guard.ts';
import type {
  AppliedCapacity,
  ClusterAccounts,
  ClusterChange,
  ClusterRest,
  ClusterSpec,
  Enforcement,
  ManagedCluster,
} from './model.ts';
import { hostForClients } from './network-options.ts';
import { pendingRestart } from './pending-restart.ts';
import type { PostmasterProcess } from './postmaster-process.ts';
import { removeRemains } from './remove-cluster.ts';
import type { Secrets } from './secrets.ts';
import { ADMIN_ROLE, USER_ROLE, sizingBasis } from './server-config.ts';
import { ServerFiles } from './server-files.ts';
import { boundLog, logLines } from './server-log.ts';
import { ServerRun } from './server-run.ts';
import { startServer, tryLastGood } from './start-server.ts';
import { TempSpace } from './temp-space/temp-space.ts';
import { Turns } from './turns.ts';

const STOP_PATIENCE_MS = 60_000;
const UPKEEP_MS = 30_000;
/** Somebody may update PostgreSQL underneath. */
const LOOK_MS = 300_000;
const ADOPTION_PATIENCE_MS = 3_000;

/** A database on this host. */
export class LocalCluster implements ManagedCluster {
  readonly shape: AcuShape;
  readonly accounts: ClusterAccounts;
  readonly folder: ClusterFolder;
  readonly runAs: RunAs;
  readonly options: OpenClusterOptions;
  readonly limits: ClusterLimits;
  readonly files: ServerFiles;
  readonly guard: Guard | null;
  readonly tempSpace: TempSpace;
  readonly rest: ClusterRest;
  readonly #secrets: Secrets;
  readonly #counter = new RunnableCounter();
  readonly #turns = new Turns();
  #spec: ClusterSpec;
  #run: ServerRun | null = null;
  /** Of the run that there is, or was last. */
  #ended: Promise<void> = Promise.resolve();
  #installed: Binaries | null = null;
  #lookedAtMs = 0;
  #pendingRestart: readonly string[] = [];
  #upkeep: NodeJS.Timeout | null = null;

  constructor(created: CreatedCluster, options: OpenClusterOptions) {
    this.#spec = created.spec;
    this.folder = created.folder;
    this.runAs = created.runAs;
    this.guard = created.guard;
    this.#secrets = created.secrets;
    this.options = options;
    this.shape = options.shape;
    this.limits = new ClusterLimits(options.limits, created.spec.id, options.shape, () => this.#mostOnSwap());
    this.files = new ServerFiles(created.folder, created.runAs);
    this.tempSpace = new TempSpace({
      folder: created.folder,
      stateDir: options.stateDir ?? dirname(created.folder.path),
      runAs: created.runAs,
      guard: created.guard,
      shape: options.shape,
      spec: () => this.#spec,
      adminUrl: () => this.socketUrl(),
      writeSettings: (text) => this.files.writeTemp(text),
    });
    this.rest = new LocalRest(this, () => this.#run);
    this.accounts = {
      cpu: () => this.limits.group?.cpuAccount() ?? null,
      memory: () => this.limits.group?.memoryAccount() ?? null,
      runnable: () => this.#run?.runnable() ?? 0,
      pids: () => this.#run?.pids() ?? [],
    };
  }

  get spec(): ClusterSpec {
    return this.#spec;
  }

  get isRunning(): boolean {
    return this.#run !== null;
  }

  get runningVersion(): string | null {
    return this.#run === null ? null : (this.#run.version ?? this.#installed?.version ?? null);
  }

  get pendingVersion(): string | null {
    const [running, installed] = [this.#run?.version ?? null, this.#installed?.version ?? null];
    return running === null || running === installed ? null : installed;
  }

  get enforcement(): Enforcement {
    return this.limits.enforcement;
  }

  get applied(): AppliedCapacity | null {
    return this.#run?.applied ?? null;
  }

  get pendingRestart(): readonly string[] {
    return this.#run === null ? [] : this.#pendingRestart;
  }

  isInForce(): boolean {
    const { applied } = this;
    return applied === null || this.limits.areInForce(applied);
  }

  async start(acu: number): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#run !== null || (await this.#adopt())) return;
      await this.save({ wanted: 'running' });
      const { engine, binaries } = await findAgain(this.#spec.engine, this.runAs);
      await this.save({ engine });
      this.#installed = binaries;
      this.#become(await tryLastGood(this, () => startServer(this, binaries, acu)));
      await this.#learn();
    });
  }

  async adopt(isAsleep = false): Promise<boolean> {
    return this.#turns.take(async () => {
      if (this.#run !== null) return true;
      if (!(await this.#adopt(isAsleep))) return false;
      await this.#learn();
      return true;
    });
  }

  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#turns.take(async () => {
      await this.save({ wanted: 'stopped' });
      await this.#end(mode);
    });
  }

  async apply(acu: number): Promise<AppliedCapacity> {
    if (this.#run === null) throw notRunning();
    return this.#run.apply(acu);
  }

  guardMemory(maxAcu: number, onEvent: (event: GuardEvent) => void): MemoryGuard | null {
    const [run, group] = [this.#run, this.limits.group];
    const limitBytes = run === null || group === null ? null : this.limits.inForce().memoryBytes;
    if (run === null || group === null || limitBytes === null) return null;
    const mostBytes = resourcesOf(maxAcu, this.shape).memoryBytes;
    const postmasterPid = run.process.mark.pid;
    return new MemoryGuard({ postmasterPid, runAs: this.runAs, group, limitBytes, mostBytes, onEvent });
  }

  async exited(): Promise<void> {
    await this.#ended;
  }

  async exempt(backendPid: number): Promise<void> {
    if (this.#run === null) throw notRunning();
    await this.#run.exempt(backendPid);
  }

  async modify(change: ClusterChange): Promise<void> {
    await this.#turns.take(async () => {
      const { binaries } = await findAgain(this.#spec.engine, this.runAs);
      await modifyCluster(this, this.#run, binaries, change);
      await this.#learn();
    });
  }

  url(database = 'postgres'): string {
    return (
      this.#url(USER_ROLE, this.#secrets.password, database) +
      (this.#spec.network.tls ? '?sslmode=require' : '')
    );
  }

  socketUrl(): string {
    const folder = encodeURIComponent(this.folder.socketDir);
    // What we do ourselves is no activity: without that no database would ever be quiet.
    const options = encodeURIComponent('-c track_activities=off');
    return `${this.#url(ADMIN_ROLE, this.#secrets.adminPassword, 'postgres')}?host=${folder}&options=${options}`;
  }

  async logLines(count: number): Promise<readonly string[]> {
    return logLines(this.folder.logFile, count);
  }

  async delete(): Promise<void> {
    await this.#turns.take(async () => {
      await this.save({ wanted: 'stopped' });
      // Should we die on the way, whoever opens it next goes on.
      await writeFile(this.folder.incompleteFile, '', { mode: 0o600 });
      await this.#end('fast');
      await this.#releaseSharedMemory();
      await this.tempSpace.idle();
      await removeRemains(this.folder, this.#spec, this.limits);
      await this.guard?.dismiss();
      this.#counter.close();
    });
  }

  async release(): Promise<void> {
    await this.#turns.take(async () => {
      const run = this.#run;
      this.#letGo();
      run?.process.release();
      await run?.close();
      this.#counter.close();
    });
  }

  /** For those who carry out its changes: the spec as it is from now on, on disk. */
  async save(change: Partial<ClusterSpec>): Promise<void> {
    const spec = { ...this.#spec, ...change };
    await writeSpec(this.folder.path, spec);
    this.#spec = spec;
  }

  /** For those who carry out its changes: a process that is its server, or is to become it. */
  attach(process: PostmasterProcess, stepAcu: number, applied: AppliedCapacity | null): ServerRun {
    const context = {
      limits: this.limits,
      counter: this.#counter,
      adminUrl: () => this.socketUrl(),
      writeCapacity: (acu: number) => this.files.writeCapacity(acu, this.basis()),
      log: this.options.log,
    };
    const run = new ServerRun(process, context, stepAcu, applied);
    this.#ended = this.#closeAtEnd(run);
    return run;
  }

  basis(): ReturnType<typeof sizingBasis> {
    return sizingBasis(this.#spec, this.shape, this.options.host, this.#hasTier);
  }

  /** While there is a tier, who did not ask for a part of it is kept out of it. Who runs with one may need what swap is left. */
  #mostOnSwap(): number | null {
    const { startedTierBytes } = this.#spec.optimizedReads;
    return this.#hasTier || startedTierBytes > 0 ? startedTierBytes : null;
  }

  get #hasTier(): boolean {
    return (this.options.tier?.sizeBytes ?? 0) > 0;
  }

  async #adopt(isAsleep = false): Promise<boolean> {
    const run = await adoptServer(this, isAsleep);
    if (run !== null) this.#become(run);
    return run !== null;
  }

  #become(run: ServerRun): void {
    // It may have ended already.
    if (run.hasEnded) return;
    this.#run = run;
    this.tempSpace.attach(run);
    this.#upkeep = setInterval(() => void this.#keepUp(run), UPKEEP_MS).unref();
  }

  async #end(mode: StopMode): Promise<void> {
    // One that nobody has looked for yet.
    if (this.#run === null) await this.#adopt();
    const run = this.#run;
    if (run !== null) {
      // What is frozen hears no signal, and lets nobody go.
      await this.limits.group?.thaw().catch(() => {});
      await run.close();
      await stopInTime(run.process, mode, this.options.stopPatienceMs ?? STOP_PATIENCE_MS);
      if (this.#run === run) this.#letGo();
    }
    await endLeftovers(this.folder, this.runAs, this.limits.group);
    this.guard?.forget();
    await this.save({ postmaster: null });
  }

  /** After a crash: PostgreSQL finds what it left behind in memory by this file, which an end in good order removes. */
  async #releaseSharedMemory(): Promise<void> {
    try {
      await lstat(join(this.folder.dataDir, 'postmaster.pid'));
      const { binaries } = await findAgain(this.#spec.engine, this.runAs);
      await releaseSharedMemory(binaries, this.folder, this.runAs, this.guard);
    } catch {
      // There is no such file, most of the time.
    }
  }

  #letGo(): void {
    this.#run = null;
    if (this.#upkeep !== null) clearInterval(this.#upkeep);
    this.#upkeep = null;
  }

  async #closeAtEnd(run: ServerRun): Promise<void> {
    await run.process.exited;
    this.guard?.forget();
    if (this.#run === run) this.#letGo();
    await run.close();
  }

  async #keepUp(run: ServerRun): Promise<void> {
    try {
      await boundLog(this.folder.logFile);
      if (run.isHushed) return;
      await run.learnVersion(ADOPTION_PATIENCE_MS);
      await this.#learn();
    } catch (error) {
      this.options.log(
        `Upkeep of ${this.#spec.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** What a restart would change. */
  async #learn(): Promise<void> {
    if (this.#installed === null || performance.now() - this.#lookedAtMs > LOOK_MS) {
      this.#lookedAtMs = performance.now();
      const found = await findAgain(this.#spec.engine, this.runAs).catch(() => null);
      if (found !== null) this.#installed = found.binaries;
    }
    if (this.#run !== null && !this.#run.isHushed)
      this.#pendingRestart = await pendingRestart(this.#run, this.#spec, this.pendingVersion);
  }

  #url(user: string, password: string, database: string): string {
    const host = hostForClients(this.#spec.network.listen);
    return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${this.#spec.port}/${encodeURIComponent(database)}`;
  }
}
