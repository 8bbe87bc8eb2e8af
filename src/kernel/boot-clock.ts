import { readText } from './process-reader.ts';

/** Linux shows clock ticks of 1/100 s to user space on every architecture that PostgreSQL runs on. */
export const CLOCK_TICKS_PER_SECOND = 100;

/** Wall-clock time of boot in milliseconds, or null off Linux. Moves when the clock is set, as start times do. */
export function readBootTimeMs(): number | null {
  const line = /^btime (\d+)$/m.exec(readText('/proc/stat') ?? '');
  return line === null ? null : Number(line[1]) * 1000;
}

export function ticksToMs(ticks: number): number {
  return (ticks * 1000) / CLOCK_TICKS_PER_SECOND;
}
