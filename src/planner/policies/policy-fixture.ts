import type { Bounds, PlannedPolicy, PolicyContext, PolicyRun, Seen } from '../model.ts';
import { DATABASE, GIB } from '../planner-fixture.ts';

export { DATABASE, GIB };

/** Begins at `startAcu`: that is what the first second is said to need. */
export function contextOf(bounds: Partial<Bounds>, startAcu = 0): PolicyContext {
  return {
    bounds: { minAcu: 0.5, maxAcu: 32, autoPauseMs: null, ...bounds },
    database: DATABASE,
    demandAcu: Float32Array.of(startAcu),
  };
}

/** A second of load; whoever scripts it says only what matters. */
export interface Second {
  readonly cpus: number;
  readonly locks?: number;
  readonly connections?: number;
  readonly unevictableBytes?: number;
  readonly wantedMemoryBytes?: number;
  readonly cacheBytes?: number;
  readonly ioSessions?: number;
  readonly networkBytesPerSecond?: number;
}

export function seconds(count: number, second: Second | number): Second[] {
  const one = typeof second === 'number' ? { cpus: second } : second;
  return Array.from({ length: count }, () => one);
}

/** What is seen of a second in which so much capacity was there: work above it waits, and is forgotten after the second. */
export function seenOf(second: Second, capacityAcu: number): Seen {
  const { cpus, locks = 0, ioSessions = 0, unevictableBytes = 0 } = second;
  const cpuUsed = Math.min(cpus, capacityAcu * DATABASE.shape.cpus);
  const cpuWaiting = cpus - cpuUsed;
  return {
    durationMs: 1_000,
    capacityAcu,
    cpuUsed,
    cpuWaiting,
    throttled: cpuWaiting,
    ioSessions,
    tierSessions: 0,
    lockSessions: locks,
    activeSessions: cpus + ioSessions + locks,
    connections: second.connections ?? 10,
    unevictableBytes,
    cacheBytes: second.cacheBytes ?? 0,
    wantedMemoryBytes: second.wantedMemoryBytes ?? unevictableBytes,
    refaultBytesPerSecond: 0,
    tierReadBytesPerSecond: 0,
    networkBytesPerSecond: second.networkBytesPerSecond ?? 0,
    isActive: cpus > DATABASE.idleBelowCpus || locks > 0,
  };
}

/** A policy that is asked once a second, with what it answered in force at once; awake again with the next activity. */
export function play(policy: PlannedPolicy, context: PolicyContext, load: readonly Second[]): number[] {
  return playRun(policy.start(context), load);
}

export function playRun(run: PolicyRun, load: readonly Second[]): number[] {
  let acu = run.startAcu;
  return load.map((second, index) => {
    const nowMs = (index + 1) * 1_000;
    if (acu === 0 && !seenOf(second, 0).isActive) return 0;
    // Whoever woke it is seen, too.
    if (acu === 0) acu = run.wake?.(nowMs) ?? Number.NaN;
    acu = run.decide(seenOf(second, acu), nowMs);
    return acu;
  });
}

/** The first second, counted from 1, at the end of which so much is there; null where it never is. */
export function secondOf(path: readonly number[], isReached: (acu: number) => boolean): number | null {
  const index = path.findIndex(isReached);
  return index < 0 ? null : index + 1;
}
