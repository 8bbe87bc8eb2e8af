import { createObserver } from '../../src/daemon/postgres-observer.ts';
import type { ObserverOptions } from '../../src/daemon/postgres-observer.ts';
import type { Observer } from '../../src/daemon/observer.ts';
import type { CounterPoint, HistoryEvent } from '../../src/history/history.ts';
import type { LoadTick, SqlDigest } from '../../src/load/model.ts';
import { summarise } from '../../src/load/summary.ts';
import type { LoadSummary } from '../../src/load/summary.ts';
import { waitFor } from './wait-for.ts';

/** An observer that keeps all it says. */
export interface Recording {
  readonly observer: Observer;
  readonly live: readonly LoadTick[];
  readonly settled: readonly LoadTick[];
  readonly events: readonly HistoryEvent[];
  readonly digests: ReadonlyMap<string, SqlDigest>;
  readonly counters: readonly CounterPoint[];
  /** Resolves once so many more live ticks have come. */
  ticks(count: number): Promise<void>;
  event(kind: string): Promise<HistoryEvent>;
  /** Drops what was kept, then observes for so many ticks and sums up the live ones. */
  measure(count: number): Promise<LoadSummary>;
  stop(): Promise<void>;
}

export function record(options: ObserverOptions): Recording {
  const observer = createObserver({ intervalMs: 100, ...options });
  const live: LoadTick[] = [];
  const settled: LoadTick[] = [];
  const events: HistoryEvent[] = [];
  const counters: CounterPoint[] = [];
  const digests = new Map<string, SqlDigest>();
  observer.subscribe((message) => {
    if (message.kind === 'live') live.push(message.tick);
    else if (message.kind === 'settled') settled.push(message.tick);
    else if (message.kind === 'event') events.push(message.event);
    else if (message.kind === 'counters') counters.push(...message.points);
    else for (const digest of message.digests) digests.set(digest.id, digest);
  });
  observer.start();
  const ticks = async (count: number): Promise<void> => {
    const wanted = live.length + count;
    await waitFor(() => live.length >= wanted, { what: `${count} ticks`, timeoutMs: 50_000 });
  };
  return {
    observer,
    live,
    settled,
    events,
    digests,
    counters,
    ticks,
    event: (kind) =>
      waitFor(() => events.find((event) => event.kind === kind), { what: `the event ${kind}` }),
    async measure(count) {
      await ticks(2);
      const from = live.length;
      await ticks(count);
      return summarise(live.slice(from));
    },
    stop: () => observer.stop(),
  };
}

/** Some kernels (user-mode Linux) count CPU in steps of 10 ms, and the proof that a process is ours often misses them. */
const MOST_PROOFS = 20;

/** An observer that has the kernel view, once it has ticked; the reason, where it cannot have it. */
export async function recordKernelView(options: ObserverOptions): Promise<Recording | string> {
  let reason = '';
  for (let attempt = 0; attempt < MOST_PROOFS; attempt++) {
    const recording = record(options);
    await recording.ticks(2);
    const { source, sourceReason } = recording.observer.status();
    if (source === 'kernel') return recording;
    reason = sourceReason ?? '';
    await recording.stop();
  }
  return `no kernel view: ${reason}`;
}

/** AAS of one value of a dimension. */
export function aasOf(summary: LoadSummary, dimension: keyof LoadSummary['by'], key: string): number {
  return summary.by[dimension].find((row) => row.key === key)?.aas ?? 0;
}
