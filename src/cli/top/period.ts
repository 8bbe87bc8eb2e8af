import { CPU, CPU_RUNNING, CPU_WAITING, type LoadTick } from '../../load/model.ts';

/** AAS of a period by the coarsest split; null where the period holds no tick. */
export interface PeriodLoad {
  readonly aas: number;
  readonly cpuRunning: number;
  readonly cpuWaiting: number;
  /** CPU that the session view cannot split. */
  readonly cpu: number;
  readonly waits: number;
  readonly idleInTransaction: number;
}

/** Load of the ticks that end within (endMs - periodMs, endMs]. */
export function periodLoad(ticks: readonly LoadTick[], endMs: number, periodMs: number): PeriodLoad | null {
  const sums = { cpuRunning: 0, cpuWaiting: 0, cpu: 0, waits: 0, idleInTransaction: 0 };
  let coveredMs = 0;
  for (const tick of ticks) {
    if (tick.atMs <= endMs - periodMs || tick.atMs > endMs) continue;
    coveredMs += tick.durationMs;
    for (const { activity, tuple, weightMs } of tick.samples) {
      if (activity === 'active') sums[partOf(tuple['db.wait_event'])] += weightMs;
      else if (activity === 'idle in transaction') sums.idleInTransaction += weightMs;
    }
  }
  if (coveredMs <= 0) return null;
  const { cpuRunning, cpuWaiting, cpu, waits, idleInTransaction } = sums;
  return {
    aas: (cpuRunning + cpuWaiting + cpu + waits) / coveredMs,
    cpuRunning: cpuRunning / coveredMs,
    cpuWaiting: cpuWaiting / coveredMs,
    cpu: cpu / coveredMs,
    waits: waits / coveredMs,
    idleInTransaction: idleInTransaction / coveredMs,
  };
}

function partOf(waitEvent: string): 'cpuRunning' | 'cpuWaiting' | 'cpu' | 'waits' {
  if (waitEvent === CPU_RUNNING) return 'cpuRunning';
  if (waitEvent === CPU_WAITING) return 'cpuWaiting';
  return waitEvent === CPU ? 'cpu' : 'waits';
}
