import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlDigest } from '../../load/model.ts';
import { attach, logOf, protect, setFileAside } from './attach.ts';
import { Database, type Session } from './database.ts';
import { DayFile } from './day-file.ts';
import { dayFileName, dayOfFile } from './day.ts';
import { lastingFile, writeDigests } from './digests.ts';
import { kindOf } from './failure.ts';
import { Gate } from './gate.ts';
import type { Pending } from './pending.ts';
import { expiredDays } from './plan.ts';
import type { RollupsDone } from './rollup.ts';

export interface StoreOptions {
  readonly directory: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/** Days whose dictionary stays in memory: today and, around midnight, yesterday. */
const DICTIONARIES_KEPT = 2;

/** Hours of earlier versions that are rolled up by five minutes at a time, latest first: a second or two of work. */
const MOST_BELATED_HOURS = 24;

/** The files of a history: one per day and one that lasts. Whoever opens it holds the directory's lock. */
export class Store {
  readonly #options: StoreOptions;
  readonly #days = new Map<number, DayFile>();
  readonly #gate = new Gate();
  /** Writes are one after the other; reads go on beside them. */
  readonly #writes = new Gate();
  readonly #notices: string[] = [];
  #database: Database | null = null;
  /** Why it could not be opened again. */
  #whyClosed: unknown = null;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** What had to be set aside, one sentence each. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** Opens, or closes and opens again. Raises STORE_FULL, STORE_LOCKED, STORE_CORRUPT. */
  async open(): Promise<void> {
    await this.#writes.alone(() => this.#gate.alone(() => this.#open()));
  }

  async #open(): Promise<void> {
    this.#close();
    const { directory, memoryLimitMb, threads } = this.#options;
    const temporaryDirectory = join(directory, 'temporary');
    rmSync(temporaryDirectory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const database = await Database.open({ memoryLimitMb, threads, temporaryDirectory });
    try {
      await this.#attach(database.writer, lastingFile(directory));
      for (const dayMs of this.#dayStarts()) await this.#openDay(database.writer, dayMs);
    } catch (error) {
      database.close();
      this.#days.clear();
      this.#whyClosed = error;
      throw error;
    }
    this.#database = database;
  }

  /** Reads a state in which all queries of `work` agree. A damaged day is set aside and the rest read. */
  async read<T>(work: (session: Session, days: readonly DayFile[]) => Promise<T>): Promise<T> {
    const attempt = () =>
      this.#gate.together(() => this.#opened().read((session) => work(session, [...this.#days.values()])));
    try {
      return await attempt();
    } catch (error) {
      if (kindOf(error) !== 'corrupt') throw error;
      await this.#setDamagedAside();
      return attempt();
    }
  }

  /** Takes out of `pending` what is durable. After a failure the store must be opened again. */
  async write(pending: Pending): Promise<void> {
    await this.#writes.alone(async () => {
      const { writer } = this.#opened();
      for (const [dayMs, batch] of pending.days) {
        const day = this.#days.get(dayMs) ?? (await this.#openDay(writer, dayMs));
        const write = () => day.write(writer, batch);
        // Readers must not see a plan with rollups that are gone.
        await (day.outdatedHours(batch).length > 0 ? this.#gate.alone(write) : write());
        pending.days.delete(dayMs);
        protect(day.path);
      }
      await this.#writeDigests(writer, [...pending.digests.values()]);
      pending.digests.clear();
      this.#forgetOldDictionaries();
    });
  }

  async #writeDigests(writer: Session, digests: readonly SqlDigest[]): Promise<void> {
    if (digests.length === 0) return;
    const lasting = lastingFile(this.#options.directory);
    await writeDigests(writer, digests);
    protect(lasting.path);
  }

  /** Rolls up hours that are over; other writes go between the days. Returns how many held ticks. */
  async rollUp(nowMs: number): Promise<number> {
    let hours = 0;
    let mostBelated = MOST_BELATED_HOURS;
    for (const day of [...this.#days.values()].toSorted((a, b) => b.dayMs - a.dayMs))
      await this.#writes.alone(async () => {
        const done = await this.#rollUpDay(day, nowMs, mostBelated);
        hours += done.hoursWithTicks;
        mostBelated -= done.rolledFives.filter((hour) => !done.rolledHours.includes(hour)).length;
      });
    return hours;
  }

  async #rollUpDay(day: DayFile, nowMs: number, mostBelated: number): Promise<RollupsDone> {
    const { writer } = this.#opened();
    const done = await day.rollUp(writer, nowMs, mostBelated);
    if (done.rolledHours.length + done.rolledFives.length === 0) return done;
    await this.#gate.alone(async () => day.adopt(done));
    if (day.isDayRolled) await writer.run(`CHECKPOINT ${day.catalog}`);
    protect(day.path);
    return done;
  }

  /** Removes days that are older than the retention, with what was set aside of them. Works on a full disk too. */
  async dropExpired(nowMs: number, retentionDays: number): Promise<number> {
    return this.#writes.alone(() =>
      this.#gate.alone(async () => {
        const { directory } = this.#options;
        const isExpired = (dayMs: number) => expiredDays([dayMs], nowMs, retentionDays).length > 0;
        const expired = this.#dayStarts().filter(isExpired);
        for (const dayMs of expired) await this.#forgetDay(dayMs);
        for (const file of readdirSync(directory)) {
          const dayMs = dayOfFile(file.replace(/\.duckdb\..*$/, '.duckdb'));
          if (dayMs !== null && isExpired(dayMs)) rmSync(join(directory, file));
        }
        return expired.length;
      }),
    );
  }

  bytesOnDisk(): number {
    return readdirSync(this.#options.directory).reduce(
      (total, file) =>
        total + (statSync(join(this.#options.directory, file), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** Bytes that the disk has room for. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#options.directory);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    await this.#writes.alone(() => this.#gate.alone(async () => this.#close()));
  }

  #close(): void {
    this.#database?.close();
    this.#database = null;
    this.#days.clear();
  }

  #opened(): Database {
    if (this.#database) return this.#database;
    throw this.#whyClosed ?? new Error('the history is closed');
  }

  #dayStarts(): number[] {
    const starts = readdirSync(this.#options.directory).map((file) => dayOfFile(file));
    return starts.filter((dayMs) => dayMs !== null).toSorted((a, b) => a - b);
  }

  async #openDay(session: Session, dayMs: number): Promise<DayFile> {
    const day = new DayFile(dayMs, join(this.#options.directory, dayFileName(dayMs)));
    await this.#attach(session, day);
    this.#days.set(dayMs, day);
    return day;
  }

  async #attach(session: Session, file: Parameters<typeof attach>[1]): Promise<void> {
    this.#notices.push(...(await attach(session, file)));
  }

  async #forgetDay(dayMs: number): Promise<void> {
    const day = this.#days.get(dayMs);
    if (day) await this.#opened().writer.run(`DETACH ${day.catalog}`);
    this.#days.delete(dayMs);
  }

  #forgetOldDictionaries(): void {
    const old = [...this.#days.values()].toSorted((a, b) => b.dayMs - a.dayMs).slice(DICTIONARIES_KEPT);
    for (const day of old) day.forgetDictionary();
  }

  /** Reads every table of every day, to find the damaged ones. */
  async #setDamagedAside(): Promise<void> {
    await this.#writes.alone(() =>
      this.#gate.alone(async () => {
        const { writer } = this.#opened();
        for (const day of [...this.#days.values()]) {
          if (await isReadable(writer, day)) continue;
          await this.#forgetDay(day.dayMs);
          const notice = existsSync(day.path) || existsSync(logOf(day.path)) ? setFileAside(day.path) : null;
          if (notice !== null) this.#notices.push(notice);
        }
      }),
    );
  }
}

/** Whatever else fails is no damage: a file of an earlier version lacks tables. */
async function isReadable(session: Session, day: DayFile): Promise<boolean> {
  for (const table of Object.keys(day.tables))
    try {
      await session.run(`SELECT MAX(HASH(${table})) FROM ${day.catalog}.${table}`);
    } catch (error) {
      if (kindOf(error) === 'corrupt') return false;
    }
  return true;
}
