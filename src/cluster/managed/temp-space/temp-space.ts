import { join } from 'node:path';
import type { AcuShape } from '../../../capacity/acu.ts';
import type { Guard } from '../../guard.ts';
import type { RunAs } from '../../run-as.ts';
import type { ClusterFolder } from '../cluster-folder.ts';
import type { ClusterSpec } from '../model.ts';
import type { ServerRun } from '../server-run.ts';
import { Turns } from '../turns.ts';
import { EventOutbox } from './event-outbox.ts';
import { DataBytes } from './data-bytes.ts';
import { describeTempSpace } from './describe-temp-space.ts';
import { checkLocalStorage, saidOf, unusable } from './local-storage.ts';
import type { TempBytes, TempObjects, TempSpaceDescription, TempSpaceEvent } from './model.ts';
import { placeEvent } from './place-event.ts';
import { PlaceSettings } from './place-settings.ts';
import { StorageWatch } from './storage-watch.ts';
import type { StorageLook } from './storage-watch.ts';
import { createTablespace, dropTablespace, grantTablespace, readTablespace } from './tablespace.ts';
import { empty, leadTo, makeHome, makeLocal, removeFolders } from './temp-folders.ts';
import { hasPermanent, readTempUse } from './temp-files.ts';
import { homeFolders, localFolders } from './temp-layout.ts';
import type { HomeFolders } from './temp-layout.ts';
import { limitOn, limitWithoutDisk } from './temp-limit.ts';
import { readRecord, writeRecord } from './temp-record.ts';
import type { TempRecord } from './temp-record.ts';
import { choosePlace } from './temp-rules.ts';
import type { PlaceVerdict } from './temp-rules.ts';
import { TenantRules } from './tenant-rules.ts';

/** What temporary space needs of the database that it belongs to. */
export interface TempSpaceContext {
  readonly folder: ClusterFolder;
  /** Airglow's own, where no local storage may be. */
  readonly stateDir: string;
  readonly runAs: RunAs;
  /** Of a temporary one. */
  readonly guard: Guard | null;
  readonly shape: AcuShape;
  readonly spec: () => ClusterSpec;
  readonly adminUrl: () => string;
  readonly writeSettings: (text: string) => Promise<void>;
}

const LOOK_MS = 1_000;
/** After something of ours failed. */
const TRY_AGAIN_MS = 5_000;

const LOCAL: PlaceVerdict = { place: 'local', cause: null, reason: null };
const NOT_YET: PlaceVerdict = {
  place: 'data',
  cause: null,
  reason: 'The tablespace is being made. Wait a moment.',
};

/**
 * Temporary objects of one database on local storage. Whatever becomes of that storage, the server starts and runs, and
 * temporary objects go to where the data is.
 */
export class TempSpace implements TempObjects {
  readonly #context: TempSpaceContext;
  readonly #home: HomeFolders;
  readonly #watch: StorageWatch;
  readonly #outbox = new EventOutbox();
  readonly #tenants: TenantRules;
  readonly #settings: PlaceSettings;
  readonly #dataBytes = new DataBytes();
  readonly #turns = new Turns();
  /** What it was told last: the spec on disk follows. Null before that. */
  #wanted: ClusterSpec | null = null;
  #record: TempRecord | null = null;
  #verdict: PlaceVerdict = NOT_YET;
  #seen: StorageLook | null = null;
  /** The run that is known to have the tablespace. */
  #confirmed: ServerRun | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  /** The run that is kept, or was last. */
  #run: ServerRun | null = null;

  constructor(context: TempSpaceContext) {
    this.#context = context;
    this.#home = homeFolders(context.folder.path);
    this.#settings = new PlaceSettings(context.writeSettings);
    this.#watch = new StorageWatch(this.#home, context.runAs, context.spec().id);
    this.#tenants = new TenantRules(context.adminUrl, this.#outbox, async (databases, startedAtMs) => {
      if (this.#record !== null) await this.#watch.removeOrphans(this.#record, databases, startedAtMs);
    });
  }

  describe(): TempSpaceDescription | null {
    const spec = this.#spec();
    return describeTempSpace({
      spec,
      record: this.#record,
      verdict: this.#verdict,
      seen: this.#seen,
      isRunning: this.#run?.hasEnded === false,
      limitWithoutDiskBytes: limitWithoutDisk(spec, this.#context.shape),
    });
  }

  bytes(): TempBytes {
    if (this.#spec().optimizedReads.localStorage === null && this.#record === null)
      return { localBytes: null, dataBytes: null };
    return { localBytes: this.#usedBytes, dataBytes: this.#dataBytes.bytes };
  }

  subscribe(listener: (event: TempSpaceEvent) => void): () => void {
    return this.#outbox.subscribe(listener);
  }

  /** Before a start: whatever is there of local storage, the server will find what it needs. Never fails. */
  async prepare(): Promise<void> {
    await this.#turns.take(async () => {
      this.#confirmed = null;
      this.#settings.forget();
      try {
        this.#wanted = this.#context.spec();
        await this.#prepare(this.#wanted);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Of a database made earlier: what is there of it. */
  async recall(): Promise<void> {
    await this.#turns.take(async () => void (this.#record ??= await readRecord(this.#home.recordFile)));
  }

  /** Before the server's configuration is read: what an earlier version wrote into its part may not be taken. */
  async refresh(run: ServerRun | null): Promise<void> {
    await this.#turns.take(async () => {
      this.#record ??= await readRecord(this.#home.recordFile);
      if (this.#record === null || this.#settings.isKnown) return;
      await this.#settings.write(run === null ? 'data' : this.#verdict.place, this.#limitBytes);
    });
  }

  /**
   * Brings a database to what its spec is to be; where it does not run, its next start does. Raises
   * LOCAL_STORAGE_UNUSABLE where the user chose another place that cannot be used; else it goes on trying later.
   */
  async turn(wanted: ClusterSpec, run: ServerRun | null): Promise<void> {
    await this.#turns.take(async () => {
      this.#record ??= await readRecord(this.#home.recordFile);
      const path = wanted.optimizedReads.localStorage;
      const isChosen = path !== this.#context.spec().optimizedReads.localStorage;
      const before = this.#wanted;
      this.#wanted = wanted;
      try {
        if (path === null) await this.#turnOff(run);
        else await this.#turnOn(path, wanted, run);
      } catch (error) {
        if (!isChosen) return this.#fail(error);
        // Nobody is to go on trying what was refused.
        this.#wanted = before;
        throw path === null ? error : asUnusable(path, error);
      }
    });
  }

  /** Keeps it from now on, until the run ends. */
  attach(run: ServerRun): void {
    this.#run = run;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const next = (): void => {
      if (run.hasEnded) return;
      void this.#turns.take(() => this.#keep(run)).finally(schedule);
    };
    const schedule = (): void => {
      this.#timer = setTimeout(next, LOOK_MS).unref();
    };
    next();
  }

  async idle(): Promise<void> {
    await this.#turns.take(async () => {});
  }

  get #usedBytes(): number | null {
    return this.#seen?.sight.usedBytes ?? null;
  }

  get #limitBytes(): number {
    return this.#record?.limitBytes ?? 0;
  }

  #spec(): ClusterSpec {
    return this.#wanted ?? this.#context.spec();
  }

  async #prepare(spec: ClusterSpec): Promise<void> {
    this.#record = await readRecord(this.#home.recordFile);
    const path = spec.optimizedReads.localStorage;
    if (this.#record === null && path !== null)
      await this.#setUp(path, spec).catch((error) => this.#fail(error));
    const record = this.#record;
    if (record !== null) {
      await this.#clearSubstitute(record);
      await makeHome(this.#home, this.#context.runAs, record.versionFolder);
      // Should the disk not answer, this is where the server finds its folder.
      await leadTo(this.#home, this.#home.substitute);
      this.#watch.isStale = false;
      const seen = await this.#look(record);
      this.#watch.isStale = seen.sight.lost !== null || seen.sight.failing !== null;
      const verdict = choosePlace(seen.sight, record.limitBytes, LOCAL);
      this.#verdict = path !== null && !record.hasTablespace && verdict.place === 'local' ? NOT_YET : verdict;
    }
    const place = record === null || path === null ? 'data' : this.#verdict.place;
    await this.#settings.write(place, this.#limitBytes);
  }

  /** Nobody needs what is left there, but for what is permanent. */
  async #clearSubstitute({ versionFolder }: TempRecord): Promise<void> {
    const { substitute } = this.#home;
    if (versionFolder === null || hasPermanent(await readTempUse(join(substitute, versionFolder)))) return;
    await empty(substitute, this.#context.runAs);
  }

  async #keep(run: ServerRun): Promise<void> {
    if (run.hasEnded || run.isHushed) return;
    try {
      this.#record ??= await readRecord(this.#home.recordFile);
      const spec = this.#spec();
      const path = spec.optimizedReads.localStorage;
      if (path === null) {
        if (this.#record !== null && !this.#failedLately()) await this.#finishOff(run);
      } else if (this.#record !== null || !this.#failedLately()) {
        await this.#keepOn(path, spec, run);
      }
    } catch (error) {
      // One that ends while it is asked is no failure.
      if (!run.hasEnded && !run.isHushed) this.#fail(error);
    }
  }

  async #keepOn(path: string, spec: ClusterSpec, run: ServerRun): Promise<void> {
    const record = this.#record ?? (await this.#setUp(path, spec));
    const seen = await this.#look(record);
    if (run.hasEnded || run.isHushed) return;
    const isSound = seen.sight.lost === null && seen.sight.failing === null;
    if (this.#confirmed !== run && isSound && !this.#failedLately()) await this.#confirm(run);
    const verdict = choosePlace(seen.sight, record.limitBytes, this.#verdict);
    const isReady = this.#confirmed === run || verdict.place === 'data';
    await this.#become(isReady || record.hasTablespace ? verdict : NOT_YET, run);
    const mayGoOn = (): boolean => !run.hasEnded && !run.isHushed;
    await this.#tenants.apply(run.session, seen, record.limitBytes, mayGoOn);
    if (mayGoOn()) await this.#dataBytes.ask(run);
  }

  async #turnOn(path: string, wanted: ClusterSpec, run: ServerRun | null): Promise<void> {
    const known = this.#record;
    if (known !== null && known.path !== path) {
      if (known.hasTablespace)
        throw unusable(
          path,
          this.#context.spec().optimizedReads.localStorage === null
            ? `those in ${known.path} are not gone yet. Wait until no session has a temporary table there, then try again`
            : `they are in ${known.path} now. Switch that off first (--local-storage none), then choose another folder`,
        );
      await this.#forget();
    }
    const record = this.#record === null ? await this.#setUp(path, wanted) : await this.#setLimit(wanted);
    if (run === null) return;
    const seen = await this.#look(record);
    if (seen.sight.lost === null && seen.sight.failing === null) await this.#confirm(run);
    await this.#become(choosePlace(seen.sight, record.limitBytes, this.#verdict), run);
    if (this.#record !== null) await this.#look(this.#record);
  }

  async #turnOff(run: ServerRun | null): Promise<void> {
    if (this.#record === null) return;
    if (run === null) {
      await this.#settings.write('data', this.#limitBytes);
      return;
    }
    await this.#settings.tell('data', this.#limitBytes, run);
    await this.#finishOff(run).catch((error) => this.#fail(error));
  }

  /** Nothing is there after it, in the server and on disk, unless a session still has something in it. */
  async #finishOff(run: ServerRun): Promise<void> {
    const record = this.#record;
    if (record === null) return;
    const seen = await this.#look(record);
    const files = seen.use?.files ?? 0;
    const mayGoOn = (): boolean => !run.hasEnded && !run.isHushed;
    await this.#tenants.apply(run.session, seen, record.limitBytes, mayGoOn);
    if (files > 0 || !mayGoOn()) return;
    await this.#settings.tell('data', this.#limitBytes, run);
    if (await dropTablespace(this.#context.adminUrl())) await this.#forget();
    // It costs a checkpoint each time.
    else this.#failedAtMs = performance.now();
  }

  async #forget(): Promise<void> {
    const { runAs, spec } = this.#context;
    await removeFolders(this.#home, this.#record, spec().id, runAs);
    this.#record = null;
    this.#confirmed = null;
    this.#seen = null;
    this.#verdict = NOT_YET;
  }

  /** Raises LOCAL_STORAGE_UNUSABLE. */
  async #setUp(path: string, spec: ClusterSpec): Promise<TempRecord> {
    const { stateDir, runAs, guard, shape } = this.#context;
    const storage = await checkLocalStorage(path, stateDir, runAs);
    const limitBytes = await limitOn(storage.realPath, spec, shape, 0);
    await makeHome(this.#home, runAs, null);
    await this.#save({ ...storage, versionFolder: null, hasTablespace: false, limitBytes });
    const local = localFolders(storage.realPath, spec.id);
    guard?.watchFolder(local.path);
    await makeLocal(local, runAs, null).catch((error: unknown) => {
      throw unusable(path, `${saidOf(error)}. Remove what is in the way`);
    });
    await leadTo(this.#home, local.temp);
    return this.#record as TempRecord;
  }

  async #setLimit(spec: ClusterSpec): Promise<TempRecord> {
    const record = this.#record as TempRecord;
    // A disk that is not there has no say: the limit stays.
    const limitBytes = await limitOn(record.realPath, spec, this.#context.shape, this.#usedBytes ?? 0).catch(
      () => record.limitBytes,
    );
    if (limitBytes !== record.limitBytes) await this.#save({ ...record, limitBytes });
    return this.#record as TempRecord;
  }

  /** Makes sure that the server has the tablespace, and all that belongs to it. */
  async #confirm(run: ServerRun): Promise<void> {
    if (this.#confirmed === run) return;
    const { runAs, adminUrl, spec } = this.#context;
    const { exists, versionFolder } = await readTablespace(run.session);
    // Before it is there: who dies in between finds what has to be there.
    await this.#save({ ...(this.#record as TempRecord), versionFolder, hasTablespace: true });
    const local = localFolders((this.#record as TempRecord).realPath, spec().id);
    if (!exists) {
      await empty(local.temp, runAs);
      await createTablespace(adminUrl(), this.#home.place);
    }
    await makeHome(this.#home, runAs, versionFolder);
    await makeLocal(local, runAs, versionFolder);
    await grantTablespace(adminUrl());
    this.#confirmed = run;
  }

  async #look(record: TempRecord): Promise<StorageLook> {
    const seen = await this.#watch.look(record);
    this.#seen = seen;
    if (seen.wasRemade && record.versionFolder !== null) {
      const message = `The folder for temporary objects in ${record.path} was gone and has been made anew. Temporary tables that were in it are lost.`;
      this.#outbox.send({ kind: 'temp-space-lost', severity: 'warning', message, data: {} });
    }
    return seen;
  }

  async #become(verdict: PlaceVerdict, run: ServerRun): Promise<void> {
    const before = this.#verdict;
    await this.#settings.tell(verdict.place, this.#limitBytes, run);
    this.#verdict = verdict;
    const event = placeEvent(before, verdict, this.#record?.path ?? '');
    if (event !== null) this.#outbox.send(event);
  }

  async #save(record: TempRecord): Promise<void> {
    await writeRecord(this.#home.recordFile, record);
    this.#record = record;
  }

  #failedLately(): boolean {
    return performance.now() - this.#failedAtMs < TRY_AGAIN_MS;
  }

  #fail(error: unknown): void {
    this.#failedAtMs = performance.now();
    const reason = saidOf(error);
    if (this.#confirmed === null) this.#verdict = { ...NOT_YET, reason };
    const event = { kind: 'temp-space-failed', severity: 'warning', message: reason, data: {} } as const;
    this.#outbox.sendOnce(event, performance.now());
  }
}

function asUnusable(path: string, error: unknown): Error {
  const isOurs = error instanceof Error && 'code' in error && error.code === 'LOCAL_STORAGE_UNUSABLE';
  return isOurs ? error : unusable(path, `${saidOf(error)}. Look into the server's log`);
}
