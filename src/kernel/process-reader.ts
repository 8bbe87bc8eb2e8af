import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseMajorFaults, parseProcessStat, parseProcessState, parseSchedstat } from './proc-parse.ts';
import type { ProcessStat, Schedstat } from './proc-parse.ts';

interface OpenFiles {
  schedstat: number;
  stat: number | null;
}

/** A process at one moment. */
export interface StateAndFaults {
  readonly state: string;
  readonly majorFaults: number;
}

const buffer = Buffer.alloc(1024);

/**
 * Reads the scheduler's account of many processes, tick after tick. Descriptors stay open: that is thirty times
 * cheaper than opening them each time, and a descriptor keeps to its process, so a recycled pid reads as gone.
 */
export class ProcessReader {
  readonly #open = new Map<number, OpenFiles>();

  /** Null where the process is gone. */
  schedstat(pid: number): Schedstat | null {
    const files = this.#files(pid);
    if (files === null) return null;
    const length = readAt(files.schedstat);
    const reading = length > 0 ? parseSchedstat(buffer, length) : null;
    if (reading === null) this.forget(pid);
    return reading;
  }

  /** The state letter of a process that schedstat was read of; null where it is gone. */
  state(pid: number): string | null {
    const length = this.#readStat(pid);
    return length > 0 ? parseProcessState(buffer, length) : null;
  }

  /** The same, with the page faults until then that had to wait for a device and are over. */
  stateAndFaults(pid: number): StateAndFaults | null {
    const length = this.#readStat(pid);
    if (length <= 0) return null;
    const majorFaults = parseMajorFaults(buffer.toString('latin1', 0, length));
    return { state: parseProcessState(buffer, length), majorFaults };
  }

  forget(pid: number): void {
    const files = this.#open.get(pid);
    if (files === undefined) return;
    this.#open.delete(pid);
    closeSync(files.schedstat);
    if (files.stat !== null) closeSync(files.stat);
  }

  close(): void {
    for (const pid of [...this.#open.keys()]) this.forget(pid);
  }

  #readStat(pid: number): number {
    const files = this.#files(pid);
    if (files === null) return 0;
    try {
      files.stat ??= openSync(`/proc/${pid}/stat`, 'r');
    } catch {
      return 0;
    }
    return readAt(files.stat);
  }

  #files(pid: number): OpenFiles | null {
    const known = this.#open.get(pid);
    if (known !== undefined) return known;
    try {
      const files = { schedstat: openSync(`/proc/${pid}/schedstat`, 'r'), stat: null };
      this.#open.set(pid, files);
      return files;
    } catch {
      return null;
    }
  }
}

function readAt(descriptor: number): number {
  try {
    return readSync(descriptor, buffer, 0, buffer.length, 0);
  } catch {
    return 0;
  }
}

/** One whole stat line; null where the process is gone. */
export function readProcessStat(pid: number): ProcessStat | null {
  const text = readText(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

/** Command line with its arguments separated by blanks; PostgreSQL keeps its process title there. */
export function readCommandLine(pid: number): string | null {
  return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? null;
}

/** Direct children as the kernel lists them; null where the process is gone or the kernel does not tell. */
export function readChildren(pid: number): string | null {
  return readText(`/proc/${pid}/task/${pid}/children`);
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
