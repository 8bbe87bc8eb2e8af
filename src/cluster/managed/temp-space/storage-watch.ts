import { join } from 'node:path';
import type { RunAs } from '../../run-as.ts';
import { diskTurns } from './disk-turns.ts';
import { inTime } from '../in-time.ts';
import { diskRoom, probe, saidOf, whyLost } from './local-storage.ts';
import { leadTo, makeLocal, removeFiles, unmakeLocal } from './temp-folders.ts';
import { findFiles, hasPermanent, readTempUse } from './temp-files.ts';
import type { FileOwner, TempUse } from './temp-files.ts';
import type { HomeFolders, LocalFolders } from './temp-layout.ts';
import { localFolders } from './temp-layout.ts';
import type { TempRecord } from './temp-record.ts';
import type { TempSight } from './temp-rules.ts';
import { UseCounter } from './use-counter.ts';

const PATIENCE_MS = 5_000;
const PROBE_MS = 5_000;

export interface StorageLook {
  readonly sight: TempSight;
  /** What is in the tablespace, wherever that is now; null while it was not counted. */
  readonly use: TempUse | null;
  /** Folders on local storage were missing and are there again. */
  readonly wasRemade: boolean;
}

/**
 * Looks at local storage and keeps what has to be there: folders, and the link to them. A disk that does not answer
 * holds up one look, and no more are begun before that one ends.
 */
export class StorageWatch {
  readonly #home: HomeFolders;
  readonly #runAs: RunAs;
  readonly #id: string;
  /** The server was started without local storage: what is left there is nobody's any more. */
  isStale = false;
  #looking: Promise<StorageLook> | null = null;
  #probedAtMs = Number.NEGATIVE_INFINITY;
  #probeFailure: string | null = null;
  readonly #counter = new UseCounter();

  constructor(home: HomeFolders, runAs: RunAs, id: string) {
    this.#home = home;
    this.#runAs = runAs;
    this.#id = id;
  }

  /** Never fails: what fails is what it saw. */
  async look(record: TempRecord): Promise<StorageLook> {
    this.#looking ??= this.#lookAndCount(record)
      .catch((error: unknown) => this.#whatFailed(record, error))
      .finally(() => {
        this.#looking = null;
      });
    const silent = failing(`${record.path} does not answer`);
    return inTime(this.#looking, PATIENCE_MS).catch(() => silent);
  }

  /** It may have gone while it was looked at. */
  async #whatFailed(record: TempRecord, error: unknown): Promise<StorageLook> {
    try {
      const lost = await whyLost(record);
      if (lost !== null) return await this.#withoutDisk(record, lost);
    } catch {
      // The first failure is what is told.
    }
    return failing(saidOf(error));
  }

  async #lookAndCount(record: TempRecord): Promise<StorageLook> {
    const turns = diskTurns(record.realPath);
    const seen = await turns.looks.take(() => this.#look(record));
    if (seen.sight.lost !== null || record.versionFolder === null) return seen;
    const folder = join(localFolders(record.realPath, this.#id).temp, record.versionFolder);
    const use = await this.#counter.read(folder, turns.counts);
    return { ...seen, use, sight: { ...seen.sight, usedBytes: use?.bytes ?? null } };
  }

  async #look(record: TempRecord): Promise<StorageLook> {
    const folders = localFolders(record.realPath, this.#id);
    const lost = (await whyLost(record)) ?? (await this.#whyNotBack(record));
    if (lost !== null) return this.#withoutDisk(record, lost);
    const isCleared = this.isStale;
    if (isCleared) await this.#clear(folders, record);
    const wasRemade = await makeLocal(folders, this.#runAs, record.versionFolder);
    // Was it pulled meanwhile, the folders were made on the disk below it.
    const pulled = await whyLost(record);
    if (pulled !== null) {
      if (wasRemade) await unmakeLocal(folders, this.#runAs, record.versionFolder);
      return this.#withoutDisk(record, pulled);
    }
    await leadTo(this.#home, folders.temp);
    if (wasRemade || isCleared) this.#counter.forget();
    const room = await diskRoom(folders.path);
    await this.#probe(folders);
    const failure = this.#probeFailure;
    const reason = failure === null ? null : `Nothing can be written to ${record.path}: ${failure}.`;
    return {
      sight: { lost: null, failing: reason, usedBytes: null, room },
      use: null,
      wasRemade: wasRemade && !isCleared,
    };
  }

  /**
   * Permanent objects of these databases that no catalog knows, from before the server was started: what a crash leaves
   * of a transaction, and what came back with a disk.
   */
  async removeOrphans(
    record: TempRecord,
    databases: ReadonlySet<number>,
    startedAtMs: number,
  ): Promise<void> {
    const folder = join(this.#home.place, record.versionFolder ?? '');
    const isMeant = (owner: FileOwner): boolean =>
      owner.kind === 'permanent' && databases.has(owner.database);
    await removeFiles(await findFiles(folder, isMeant, startedAtMs), this.#runAs);
  }

  async #clear({ temp }: LocalFolders, { versionFolder }: TempRecord): Promise<void> {
    if (versionFolder !== null) {
      // What is permanent may be the only copy.
      const isTemporary = ({ kind }: FileOwner): boolean => kind === 'spill' || kind === 'relation';
      const files = await findFiles(join(temp, versionFolder), isTemporary, Number.POSITIVE_INFINITY);
      await removeFiles(files, this.#runAs);
    }
    this.isStale = false;
  }

  /** What permanent objects were put into the substitute has to leave it before local storage takes over again. */
  async #whyNotBack({ versionFolder }: TempRecord): Promise<string | null> {
    if (versionFolder === null) return null;
    const use = await readTempUse(join(this.#home.substitute, versionFolder));
    return hasPermanent(use)
      ? 'permanent objects were put into temporary space, and are moved out of it'
      : null;
  }

  async #withoutDisk({ versionFolder }: TempRecord, lost: string): Promise<StorageLook> {
    await leadTo(this.#home, this.#home.substitute);
    this.#counter.forget();
    const use = versionFolder === null ? null : await readTempUse(join(this.#home.substitute, versionFolder));
    return { sight: { lost, failing: null, usedBytes: null, room: null }, use, wasRemade: false };
  }

  async #probe({ probe: file }: LocalFolders): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#probedAtMs < PROBE_MS) return;
    this.#probedAtMs = nowMs;
    this.#probeFailure = await probe(file).then(
      () => null,
      // Full is not broken: room is looked at besides.
      (error: NodeJS.ErrnoException) => (error.code === 'ENOSPC' ? null : saidOf(error)),
    );
  }
}

function failing(reason: string): StorageLook {
  const sight: TempSight = {
    lost: null,
    failing: `Local storage fails: ${reason}.`,
    usedBytes: null,
    room: null,
  };
  return { sight, use: null, wasRemade: false };
}
