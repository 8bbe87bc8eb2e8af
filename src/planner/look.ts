import type { Database } from './database/database.ts';
import { SeenFigures } from './seen-figures.ts';

/** What is seen over a look at the virtual database: sums while it lasts, means when it is read. */
export class Look extends SeenFigures {
  clear(): void {
    this.durationMs = 0;
    this.cpuUsed = 0;
    this.cpuWaiting = 0;
    this.throttled = 0;
    this.ioSessions = 0;
    this.tierSessions = 0;
    this.refaultBytesPerSecond = 0;
    this.tierReadBytesPerSecond = 0;
  }

  /** Takes in a stretch that was just served. */
  add({ processors, memory }: Database, seconds: number): void {
    this.durationMs += seconds * 1000;
    this.cpuUsed += processors.usedCpus * seconds;
    this.cpuWaiting += processors.waiting * seconds;
    this.throttled += processors.throttled * seconds;
    this.ioSessions += memory.ioSessions * seconds;
    this.tierSessions += memory.tierSessions * seconds;
    this.refaultBytesPerSecond += memory.refaultBytesPerSecond * seconds;
    this.tierReadBytesPerSecond += memory.tierReadBytesPerSecond * seconds;
  }

  /** From sums to means, and what is as it is at the end. */
  conclude({ memory }: Database): void {
    const perSecond = this.durationMs > 0 ? 1000 / this.durationMs : 0;
    this.cpuUsed *= perSecond;
    this.cpuWaiting *= perSecond;
    this.throttled *= perSecond;
    this.ioSessions *= perSecond;
    this.tierSessions *= perSecond;
    this.refaultBytesPerSecond *= perSecond;
    this.tierReadBytesPerSecond *= perSecond;
    this.unevictableBytes = memory.unevictableBytes;
    this.cacheBytes = memory.cacheBytes;
    this.wantedMemoryBytes = memory.wantedBytes;
  }
}
