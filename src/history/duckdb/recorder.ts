import { AirglowError } from '../../errors.ts';
import type { HistoryHealth } from '../history.ts';
import { kindOf, messageOf } from './failure.ts';
import { Pending } from './pending.ts';
import type { Store } from './store.ts';

/** What may wait in memory; beyond it, it is written at once, and whoever appends waits for that. */
const MOST_PENDING_ROWS = 20_000;
/** Room that there must be before recording resumes after a full disk. */
const ROOM_TO_RESUME_BYTES = 1 << 20;

/** Collects what is accepted, writes it every now and then, and gets over failures. */
export class Recorder {
  readonly #store: Store;
  readonly #timer: NodeJS.Timeout;
  #pending = new Pending();
  #failure: AirglowError | null = null;
  #lostTicks = 0;
  #writing: Promise<void> = Promise.resolve();
  #bytesOnDisk: number;

  constructor(store: Store, flushIntervalMs: number) {
    this.#store = store;
    this.#bytesOnDisk = store.bytesOnDisk();
    this.#timer = setInterval(() => void this.#tryWrite(), flushIntervalMs);
    this.#timer.unref();
  }

  /** Takes in what `fill` adds; while recording is stopped, it is dropped and the ticks are counted as lost. */
  async accept(tickCount: number, fill: (pending: Pending) => void): Promise<void> {
    if (this.#failure) {
      this.#lostTicks += tickCount;
      return;
    }
    fill(this.#pending);
    if (this.#pending.rowCount >= MOST_PENDING_ROWS) await this.#tryWrite();
  }

  /** Raises STORE_FULL or STORE_CORRUPT where what was accepted could not be made durable. */
  async flush(): Promise<void> {
    await this.#tryWrite();
    if (this.#failure) throw this.#failure;
  }

  /** Writes what a reader of the window would miss; failing that, what is on disk has to do. */
  async flushFor(window: { readonly fromMs: number; readonly toMs: number } | null): Promise<void> {
    const isWanted =
      window === null ? !this.#pending.isEmpty : this.#pending.touches(window.fromMs, window.toMs);
    if (this.#failure === null && isWanted) await this.#tryWrite();
    else await this.#writing;
  }

  /** After a failure of the store outside of writing. */
  async failed(error: unknown): Promise<void> {
    this.#fail(error);
    await this.#reopen();
  }

  health(): HistoryHealth {
    const notices = this.#store.notices.map((notice) => `; ${notice}`).join('');
    const isFull = this.#failure?.code === 'STORE_FULL';
    return {
      status: this.#failure === null ? 'recording' : isFull ? 'full' : 'failed',
      message: (this.#failure?.message ?? 'recording') + notices,
      bytesOnDisk: this.#bytesOnDisk,
      lostTicks: this.#lostTicks,
    };
  }

  measure(): void {
    this.#bytesOnDisk = this.#store.bytesOnDisk();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tryWrite();
    this.#lostTicks += this.#pending.tickCount;
  }

  /** One after the other; each writes all that was accepted before it began. */
  async #tryWrite(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write()).catch((error: unknown) => this.#fail(error));
    await this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#failure !== null && !(await this.#canResume())) return;
    if (this.#pending.isEmpty) return;
    const written = this.#pending;
    this.#pending = new Pending();
    try {
      await this.#store.write(written);
      this.#failure = null;
    } catch (error) {
      this.#putBack(written, error);
      this.#fail(error);
      await this.#reopen();
    }
    this.measure();
  }

  /** What could not be written goes first when recording resumes; unless it is itself what makes writing fail. */
  #putBack(written: Pending, error: unknown): void {
    if (this.#failure !== null && kindOf(error) !== 'full') {
      this.#lostTicks += written.tickCount;
      return;
    }
    written.absorb(this.#pending);
    this.#pending = written;
  }

  async #canResume(): Promise<boolean> {
    if (this.#failure?.code === 'STORE_FULL' && this.#store.freeBytes() < ROOM_TO_RESUME_BYTES) return false;
    const isOpen = await this.#reopen();
    if (isOpen && this.#pending.isEmpty) this.#failure = null;
    return isOpen;
  }

  /** A failed DuckDB may refuse everything from then on, so it is opened anew, for readers too. */
  async #reopen(): Promise<boolean> {
    try {
      await this.#store.open();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    const resumes = 'Ticks are dropped until then; recording resumes by itself';
    this.#failure =
      kindOf(error) === 'full'
        ? new AirglowError('STORE_FULL', `The disk of the history is full: free some room. ${resumes}.`, {
            cause: error,
          })
        : new AirglowError(
            'STORE_CORRUPT',
            `The history cannot be written: ${messageOf(error)}. ${resumes}.`,
            {
              cause: error,
            },
          );
  }
}
