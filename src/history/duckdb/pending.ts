import type { LoadTick, SqlDigest } from '../../load/model.ts';
import type { CounterPoint, DecisionRecord, HistoryEvent } from '../history.ts';
import { dayOf } from './day.ts';

type Targeted<T> = readonly { readonly target: string; readonly entry: T }[];

/** What is to be written to one day's file. */
export interface DayBatch {
  readonly ticks: Targeted<LoadTick>;
  readonly counters: Targeted<CounterPoint>;
  readonly events: Targeted<HistoryEvent>;
  readonly decisions: Targeted<DecisionRecord>;
}

interface Entries {
  readonly ticks: LoadTick;
  readonly counters: CounterPoint;
  readonly events: HistoryEvent;
  readonly decisions: DecisionRecord;
}

/** What has been accepted and is not on disk yet. */
export class Pending {
  readonly days = new Map<number, { [K in keyof Entries]: { target: string; entry: Entries[K] }[] }>();
  readonly digests = new Map<string, SqlDigest>();
  /** A measure of its size: samples and everything else, one each. */
  rowCount = 0;
  fromMs = Number.POSITIVE_INFINITY;
  toMs = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return this.days.size === 0 && this.digests.size === 0;
  }

  get tickCount(): number {
    return [...this.days.values()].reduce((count, { ticks }) => count + ticks.length, 0);
  }

  add<K extends keyof Entries>(kind: K, target: string, entry: Entries[K]): void {
    const dayMs = dayOf(entry.atMs);
    let day = this.days.get(dayMs);
    if (!day) this.days.set(dayMs, (day = { ticks: [], counters: [], events: [], decisions: [] }));
    day[kind].push({ target, entry });
    this.rowCount += 1 + ('samples' in entry ? entry.samples.length : 0);
    this.fromMs = Math.min(this.fromMs, entry.atMs);
    this.toMs = Math.max(this.toMs, entry.atMs);
  }

  addDigest(digest: SqlDigest): void {
    const known = this.digests.get(digest.id);
    if (!known || (known.truncated && !digest.truncated)) this.digests.set(digest.id, digest);
    this.rowCount++;
  }

  /** Puts these after the ones here. */
  absorb(later: Pending): void {
    for (const day of later.days.values())
      for (const kind of ['ticks', 'counters', 'events', 'decisions'] as const)
        for (const { target, entry } of day[kind]) this.add(kind, target, entry);
    for (const digest of later.digests.values()) this.addDigest(digest);
  }

  touches(fromMs: number, toMs: number): boolean {
    return this.days.size > 0 && this.fromMs < toMs && this.toMs >= fromMs;
  }
}
