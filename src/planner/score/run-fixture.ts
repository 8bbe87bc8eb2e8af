import type { RunSecond } from '../model.ts';

/** A second in which capacity stays as it is, unless told otherwise. */
export function secondOf(
  index: number,
  demandAcu: number,
  capacityAcu: number,
  rest: Partial<RunSecond> = {},
): RunSecond {
  return {
    index,
    demandAcu,
    capacityAcu,
    endCapacityAcu: capacityAcu,
    shortfallAcuSeconds: Math.max(0, demandAcu - capacityAcu),
    cpuUsed: 0,
    running: 0,
    waiting: 0,
    ioSessions: 0,
    tierSessions: 0,
    lockSessions: 0,
    backlogCpuSeconds: 0,
    isPaused: capacityAcu === 0,
    coldStartSeconds: 0,
    ...rest,
  };
}
