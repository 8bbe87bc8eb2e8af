import type { WaitObservation } from '../../capacity/model.ts';
import { CPU, CPU_RUNNING, CPU_WAITING, TIER_READ } from '../../load/model.ts';
import type { LoadTick } from '../../load/model.ts';

/** What a tick tells the decision, in average active sessions; background processes count as well where they use CPU. */
export interface TickDemand {
  readonly running: number;
  readonly waitingForCpu: number;
  readonly waits: WaitObservation;
}

export function demandOfTick(tick: LoadTick): TickDemand {
  const sums = { running: 0, waitingForCpu: 0, io: 0, tier: 0, other: 0 };
  for (const { activity, tuple, weightMs } of tick.samples) {
    const wait = tuple['db.wait_event'];
    if (wait === CPU_RUNNING || wait === CPU) sums.running += weightMs;
    else if (wait === CPU_WAITING) sums.waitingForCpu += weightMs;
    else if (activity !== 'active') continue;
    else if (wait === TIER_READ) sums.tier += weightMs;
    else if (wait.startsWith('IO:')) sums.io += weightMs;
    else sums.other += weightMs;
  }
  const mean = (ms: number): number => (tick.durationMs > 0 ? ms / tick.durationMs : 0);
  return {
    running: mean(sums.running),
    waitingForCpu: mean(sums.waitingForCpu),
    waits: { io: mean(sums.io), tier: mean(sums.tier), other: mean(sums.other) },
  };
}
