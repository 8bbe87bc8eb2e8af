import type { Database } from './database/database.ts';
import type { Seen } from './model.ts';

/** What is seen over a look: sums while it lasts, means when it is read. Used again for the next one. */
export class Look implements Seen {
  durationMs = 0;
  capacityAcu = 0;
  cpuUsed = 0;
  cpuWaiting = 0;
  throttled = 0;
  ioSessions = 0;
  lockSessions = 0;
  activeSessions = 0;
  connections = 0;
  unevictableBytes = 0;
  cacheBytes = 0;
  wantedMemoryBytes = 0;
  refaultBytesPerSecond = 0;
  networkBytesPerSecond = 0;
  isActive = false;

  clear(): void {
    this.durationMs = 0;
    this.cpuUsed = 0;
    this.cpuWaiting = 0;
    this.throttled = 0;
    this.ioSessions = 0;
    this.refaultBytesPerSecond = 0;
  }

  /** Takes in a stretch that was just served. */
  add({ processors, memory }: Database, seconds: number): void {
    this.durationMs += seconds * 1000;
    this.cpuUsed += processors.usedCpus * seconds;
    this.cpuWaiting += processors.waiting * seconds;
    this.throttled += processors.throttled * seconds;
    this.ioSessions += memory.ioSessions * seconds;
    this.refaultBytesPerSecond += memory.refaultBytesPerSecond * seconds;
  }

  /** From sums to means, and what is as it is at the end. */
  conclude({ memory }: Database): void {
    const perSecond = this.durationMs > 0 ? 1000 / this.durationMs : 0;
    this.cpuUsed *= perSecond;
    this.cpuWaiting *= perSecond;
    this.throttled *= perSecond;
    this.ioSessions *= perSecond;
    this.refaultBytesPerSecond *= perSecond;
    this.unevictableBytes = memory.unevictableBytes;
    this.cacheBytes = memory.cacheBytes;
    this.wantedMemoryBytes = memory.wantedBytes;
  }
}
