import type { ProcessLock } from '../../kernel/process-lock.ts';
import type { LoadTick, SqlDigest } from '../../load/model.ts';
import type {
  CounterPoint,
  CounterQuery,
  CounterSeries,
  DecisionRecord,
  EventQuery,
  History,
  HistoryEvent,
  HistoryHealth,
  LoadSeries,
  MaintenanceReport,
  PausedStretch,
  PauseQuery,
  RecordQuery,
  SeriesQuery,
  TargetSpan,
  TopQuery,
  TopResult,
} from '../history.ts';
import {
  checkCounterQuery,
  checkPauseQuery,
  checkRecordQuery,
  checkSeriesQuery,
  checkTopQuery,
} from '../window.ts';
import type { Session } from './database.ts';
import type { DayFile } from './day-file.ts';
import { readDigests } from './digests.ts';
import { takeStoreLock } from './lock.ts';
import { readPauses } from './pause-reader.ts';
import { readCounters, readDecisions, readEvents, readTargets } from './record-reader.ts';
import { Recorder } from './recorder.ts';
import { readSeries } from './series-reader.ts';
import { Store } from './store.ts';
import { readTop } from './top-reader.ts';

export interface DuckDbHistoryOptions {
  /** Holds one file per UTC day and one for what lasts; made where it is missing, for this user only. */
  readonly directory: string;
  /** Days that are kept besides today; 7 unless told otherwise. */
  readonly retentionDays?: number;
  /** What DuckDB may take; 192 unless told otherwise. */
  readonly memoryLimitMb?: number;
  /** 2 unless told otherwise. */
  readonly threads?: number;
  /** A killed process loses at most this much, and what was being written; 2000 unless told otherwise, at most 5000. */
  readonly flushIntervalMs?: number;
}

const LONGEST_FLUSH_INTERVAL_MS = 5000;

/**
 * Opens the history in a directory, or makes it. `appendTicks` takes long arrays too and is the way to load in bulk: it
 * writes whenever enough has come together, and returns when there is room for more.
 * Raises STORE_LOCKED when another process has it open, STORE_FULL, INVALID_ARGUMENT.
 */
export async function openDuckDbHistory(options: DuckDbHistoryOptions): Promise<History> {
  const { directory, retentionDays = 7, memoryLimitMb = 192, threads = 2, flushIntervalMs = 2000 } = options;
  const lock = takeStoreLock(directory);
  const store = new Store({ directory, memoryLimitMb, threads });
  try {
    await store.open();
  } catch (error) {
    lock.release();
    throw error;
  }
  const recorder = new Recorder(store, Math.min(flushIntervalMs, LONGEST_FLUSH_INTERVAL_MS));
  return new DuckDbHistory(store, recorder, lock, retentionDays);
}

class DuckDbHistory implements History {
  readonly #store: Store;
  readonly #recorder: Recorder;
  readonly #lock: ProcessLock;
  readonly #retentionDays: number;

  constructor(store: Store, recorder: Recorder, lock: ProcessLock, retentionDays: number) {
    this.#store = store;
    this.#recorder = recorder;
    this.#lock = lock;
    this.#retentionDays = retentionDays;
  }

  async appendTicks(target: string, ticks: readonly LoadTick[]): Promise<void> {
    for (const tick of ticks) await this.#recorder.accept(1, (pending) => pending.add('ticks', target, tick));
  }

  async appendCounters(target: string, points: readonly CounterPoint[]): Promise<void> {
    for (const point of points)
      await this.#recorder.accept(0, (pending) => pending.add('counters', target, point));
  }

  async appendEvents(target: string, events: readonly HistoryEvent[]): Promise<void> {
    for (const event of events)
      await this.#recorder.accept(0, (pending) => pending.add('events', target, event));
  }

  async appendDecisions(target: string, decisions: readonly DecisionRecord[]): Promise<void> {
    for (const record of decisions)
      await this.#recorder.accept(0, (pending) => pending.add('decisions', target, record));
  }

  async saveDigests(digests: readonly SqlDigest[]): Promise<void> {
    for (const digest of digests) await this.#recorder.accept(0, (pending) => pending.addDigest(digest));
  }

  async targets(): Promise<readonly TargetSpan[]> {
    return this.#read(null, readTargets);
  }

  async series(query: SeriesQuery): Promise<LoadSeries> {
    checkSeriesQuery(query);
    return this.#read(query, (session, days) => readSeries(session, days, query));
  }

  async top(query: TopQuery): Promise<TopResult> {
    checkTopQuery(query);
    return this.#read(query, (session, days) => readTop(session, days, query));
  }

  async pauses(query: PauseQuery): Promise<readonly PausedStretch[]> {
    checkPauseQuery(query);
    return this.#read(query, (session, days) => readPauses(session, days, query));
  }

  async counterSeries(query: CounterQuery): Promise<readonly CounterSeries[]> {
    checkCounterQuery(query);
    return this.#read(query, (session, days) => readCounters(session, days, query));
  }

  async events(query: EventQuery): Promise<readonly HistoryEvent[]> {
    checkRecordQuery(query);
    return this.#read(query, (session, days) => readEvents(session, days, query));
  }

  async decisions(query: RecordQuery): Promise<readonly DecisionRecord[]> {
    checkRecordQuery(query);
    return this.#read(query, (session, days) => readDecisions(session, days, query));
  }

  async digests(ids: readonly string[]): Promise<readonly SqlDigest[]> {
    return this.#read(null, (session) => readDigests(session, ids));
  }

  async flush(): Promise<void> {
    await this.#recorder.flush();
  }

  async maintain(nowMs: number): Promise<MaintenanceReport> {
    await this.#recorder.flush().catch(() => {});
    let droppedDays = 0;
    let rolledUpHours = 0;
    try {
      // Dropping first makes room on a full disk.
      droppedDays = await this.#store.dropExpired(nowMs, this.#retentionDays);
      rolledUpHours = await this.#store.rollUp(nowMs);
    } catch (error) {
      await this.#recorder.failed(error);
    }
    this.#recorder.measure();
    return { droppedDays, rolledUpHours };
  }

  health(): HistoryHealth {
    return this.#recorder.health();
  }

  async close(): Promise<void> {
    await this.#recorder.close();
    await this.#store.close();
    this.#lock.release();
  }

  /** A read sees all that was accepted before it; `null` is a window of all times. */
  async #read<T>(
    window: { readonly fromMs: number; readonly toMs: number } | null,
    work: (session: Session, days: readonly DayFile[]) => Promise<T>,
  ): Promise<T> {
    await this.#recorder.flushFor(window);
    return this.#store.read(work);
  }
}
