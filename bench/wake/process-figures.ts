import { readFileSync } from 'node:fs';

/** Of one process, from the kernel. */
export interface ProcessFigures {
  /** Cumulative, of all its threads, those that have ended, too; good to 10 ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Each page shared with others counts for a part; null where we may not look. */
  readonly pssBytes: number | null;
}

const TICK_MS = 10;

export function processFigures(pid: number): ProcessFigures {
  return {
    cpuMs: parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    rssBytes: kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') ?? 0,
    pssBytes: kilobytes(readOptional(`/proc/${pid}/smaps_rollup`), 'Pss'),
  };
}

/** User and system time. The name, in brackets, may hold anything. */
export function parseCpuMs(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function kilobytes(text: string, key: string): number | null {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return found === undefined ? null : Number(found) * 1024;
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
