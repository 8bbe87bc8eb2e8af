import { rm } from 'node:fs/promises';
import { advance, newMeter, readMeter, resumeMeter } from '../../capacity/meter.ts';
import type {
  InForce,
  Journalled,
  Metered,
  MeteredHour,
  MeterMoment,
  MeterReading,
  MeterState,
  Unmetered,
} from '../../capacity/meter.ts';
import { readBootId, readBootMs } from '../../kernel/host-facts.ts';
import { changedHours, fullPathOf, readRecords, writeRecord } from './meter-record.ts';

const WRITE_EVERY_MS = 1000;
const WRITE_ALL_EVERY_MS = 60_000;

/**
 * The meter of one database, on disk. A killed daemon loses nothing of a database that runs on: what was in force last is
 * on disk, and the time since then is counted when the meter is resumed. A disk that refuses to take it is said once;
 * the meter goes on in memory.
 */
export class MeterFile {
  readonly #path: string;
  readonly #log: (line: string) => void;
  readonly #now: () => MeterMoment;
  #state: MeterState;
  /** What the process before us left in force, until somebody says what became of it. */
  #left: InForce | null;
  /** The hours as the full file has them. */
  #fullHours: readonly MeteredHour[] = [];
  #writtenMs = Number.NEGATIVE_INFINITY;
  #fullWrittenMs = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | null = null;
  #hasNews = false;
  /** Why the disk does not take it; null while it does. */
  #trouble: string | null = null;
  #isClosed = false;

  private constructor(path: string, state: MeterState, log: (line: string) => void, now: () => MeterMoment) {
    this.#path = path;
    this.#state = { ...state, inForce: null };
    this.#left = state.inForce;
    this.#log = log;
    this.#now = now;
  }

  /**
   * The meter in that file; a new one where there is none. What cannot be used is set aside and said. Raises STATE_CORRUPT
   * where it is not ours to read.
   */
  static async open(path: string, log: (line: string) => void, now = momentNow): Promise<MeterFile> {
    const known = await readRecords(path, log);
    return new MeterFile(path, known ?? newMeter(now().wallMs), log, now);
  }

  /**
   * To be called once after opening, before anything else is told: whether the database has run ever since the meter was
   * written last. If so, the time between counts; else it does not, and that is said. `journal` has what was set
   * for this database meanwhile, oldest first.
   */
  async resume(isAlive: boolean, journal: readonly Journalled[] = []): Promise<void> {
    const left = { ...this.#state, inForce: this.#left };
    const { state, unmetered } = resumeMeter(left, isAlive, this.#now(), journal);
    this.#state = state;
    this.#left = null;
    if (unmetered !== null) this.#log(sentenceOf(this.#path, unmetered));
    await this.flush();
  }

  /**
   * What holds from now on. To be told at every change, and about once a second. What is heard of later than it happened
   * holds from the moment `at`, but never from before what was told last.
   */
  advance(metered: Metered, at?: MeterMoment): void {
    if (this.#isClosed) return;
    this.#left = null;
    const before = this.#state.inForce;
    const now = this.#now();
    this.#state = advance(this.#state, { ...(at ?? now), ...metered });
    // What is on disk is what a killed process is billed by.
    if (before === null || isChange(before, metered)) this.#write();
    else if (now.bootMs - this.#writtenMs >= WRITE_EVERY_MS && this.#writing === null) this.#write();
  }

  /** When the process before us wrote it last; null where there was none, or it was resumed already. */
  get leftAt(): MeterMoment | null {
    return this.#left;
  }

  /** As of now. */
  reading(): MeterReading {
    return readMeter(this.#state, this.#now());
  }

  /** Resolves when what was told is on disk, or the disk has refused it. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  /** Writes all of it. What is in force stays so, as it does for a database that runs on. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writing;
    const { inForce } = this.#state;
    if (inForce !== null) this.#state = advance(this.#state, { ...inForce, ...this.#now() });
    this.#fullWrittenMs = Number.NEGATIVE_INFINITY;
    this.#write();
    await this.#writing;
  }

  /** Deletes it, and counts no more. */
  async remove(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    for (const path of [this.#path, fullPathOf(this.#path)])
      for (const end of ['', '.new', '.corrupt']) await rm(`${path}${end}`, { force: true });
  }

  /** One at a time; what is told meanwhile is written after it. */
  #write(): void {
    // Until it is resumed, what is on disk is all that tells of the time before.
    if (this.#left !== null) return;
    this.#hasNews = true;
    this.#writing ??= this.#writeNews().finally(() => {
      this.#writing = null;
    });
  }

  async #writeNews(): Promise<void> {
    while (this.#hasNews) {
      this.#hasNews = false;
      const nowMs = this.#now().bootMs;
      this.#writtenMs = nowMs;
      try {
        await this.#save(nowMs);
        if (this.#trouble !== null) this.#log(`The meter ${this.#path} is on disk again.`);
        this.#trouble = null;
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  async #save(nowMs: number): Promise<void> {
    const state = this.#state;
    const hours = changedHours(state.hours, this.#fullHours);
    await writeRecord(this.#path, { ...state, hours }, false);
    if (nowMs - this.#fullWrittenMs < WRITE_ALL_EVERY_MS) return;
    await writeRecord(fullPathOf(this.#path), state, true);
    this.#fullWrittenMs = nowMs;
    this.#fullHours = state.hours;
  }

  #failed(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    const trouble = code ?? message;
    if (trouble !== this.#trouble) {
      const way = code === 'ENOSPC' ? 'Free some space: a' : 'A';
      this.#log(
        `The meter ${this.#path} cannot be written: ${message}. It goes on in memory. ${way} crash would lose that.`,
      );
    }
    this.#trouble = trouble;
  }
}

function momentNow(): MeterMoment {
  return { bootId: readBootId(), bootMs: readBootMs(), wallMs: Date.now() };
}

function isChange(before: Metered, now: Metered): boolean {
  return (
    before.capacityAcu !== now.capacityAcu || before.maxAcu !== now.maxAcu || before.running !== now.running
  );
}

function sentenceOf(path: string, { reason, fromWallMs, mostMs, capacityAcu }: Unmetered): string {
  const why = {
    rebooted: 'the host was started anew since',
    ended: 'the database ended while nobody watched',
    unknown: 'the database was started by somebody else',
  }[reason];
  const long = mostMs === null ? '' : `, ${(mostMs / 1000).toFixed(1)} s at most,`;
  return (
    `The meter ${path}: what was used after ${new Date(fromWallMs).toISOString()}${long} is not counted, ` +
    `because ${why}. The capacity was ${capacityAcu} ACU.`
  );
}
