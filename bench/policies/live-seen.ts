import type { CpuExplanation, Observation } from '../../src/capacity/model.ts';
import { SeenFigures } from '../../src/planner/seen-figures.ts';

/** What a policy of the planner sees of a look at a real database. */
export class LiveSeen extends SeenFigures {
  fill(seen: Observation, cpu: CpuExplanation, capacityAcu: number): void {
    this.durationMs = seen.durationMs;
    this.capacityAcu = capacityAcu;
    this.cpuUsed = cpu.used;
    this.cpuWaiting = cpu.waitingForLimit;
    this.throttled = seen.cpu?.throttled ?? 0;
    this.ioSessions = seen.waits?.io ?? 0;
    // With waits for clients, time-outs and the like: a real look does not tell them from locks.
    this.lockSessions = seen.waits?.other ?? 0;
    this.activeSessions = cpu.used + (seen.cpu?.waiting ?? 0) + this.ioSessions + this.lockSessions;
    this.connections = seen.connections ?? 0;
    this.networkBytesPerSecond = seen.networkBytesPerSecond ?? 0;
    // Not known is not idle.
    this.isActive = seen.activity?.isActive ?? true;
    this.#fillMemory(seen);
  }

  /**
   * What was not seen stays as it was. Nobody estimates the working set here, and a page cache fills whatever there is: only
   * what cannot be evicted, shared buffers among it, counts as wanted.
   */
  #fillMemory({ memory }: Observation): void {
    if (memory === null) return;
    this.unevictableBytes = memory.unevictableBytes;
    this.cacheBytes = memory.cacheBytes;
    this.wantedMemoryBytes = memory.unevictableBytes;
    this.refaultBytesPerSecond = memory.refaultBytesPerSecond;
  }
}
