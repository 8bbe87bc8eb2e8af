import type { Seen } from './model.ts';

/** What a policy sees, to be filled for each look and used again for the next one. */
export class SeenFigures implements Seen {
  durationMs = 0;
  capacityAcu = 0;
  cpuUsed = 0;
  cpuWaiting = 0;
  throttled = 0;
  ioSessions = 0;
  tierSessions = 0;
  lockSessions = 0;
  activeSessions = 0;
  connections = 0;
  unevictableBytes = 0;
  cacheBytes = 0;
  wantedMemoryBytes = 0;
  refaultBytesPerSecond = 0;
  tierReadBytesPerSecond = 0;
  networkBytesPerSecond = 0;
  isActive = false;
}
