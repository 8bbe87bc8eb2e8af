import { closeSync, openSync, readSync } from 'node:fs';
import { readPageBytes } from './page-size.ts';
import { parseMajorFaults } from './proc-parse.ts';
import { readText } from './process-reader.ts';
import { parseSwaps } from './swap/swap-areas.ts';

/** What processes had read for them since the look before. */
export interface ProcessReads {
  /** From storage devices, what came from swap left out where that is known. */
  readonly storageReadBytes: number;
  /** From swap; null where one fault may bring in more than one page (vm.page-cluster), which nobody counts. */
  readonly swapInBytes: number | null;
  readonly majorFaults: number;
}

interface Known {
  readonly io: number;
  readonly stat: number;
  last: Counters;
}

interface Counters {
  readonly readBytes: number;
  readonly majorFaults: number;
}

const buffer = Buffer.alloc(1024);

/**
 * Reads what many processes read from storage, look after look; of one that is new, from its first look on, and what one
 * read after the last look at it is lost. Descriptors stay open, which is cheaper, and keeps to the process.
 *
 * The kernel counts what comes from swap as read from storage (seen on 6.18: `read_bytes` of /proc/PID/io grows by a page
 * with every major fault on swapped memory), so that has to be taken off. A fault on a mapped file, as of a program, is taken
 * for one, too: that makes a page of difference each, while swap is on.
 */
export class ProcessIoReader {
  readonly #proc: string;
  readonly #pageBytes: number;
  readonly #known = new Map<number, Known>();

  constructor(options: { proc?: string; pageBytes?: number } = {}) {
    this.#proc = options.proc ?? '/proc';
    this.#pageBytes = options.pageBytes ?? readPageBytes();
  }

  /** Null where there are processes and we may read none of them. */
  look(pids: Iterable<number>): ProcessReads | null {
    let readBytes = 0;
    let majorFaults = 0;
    let denied = 0;
    const seen = new Set<number>();
    for (const pid of pids) {
      const growth = this.#growth(pid);
      if (growth === 'denied') denied++;
      if (typeof growth === 'string') continue;
      seen.add(pid);
      readBytes += growth.readBytes;
      majorFaults += growth.majorFaults;
    }
    for (const pid of [...this.#known.keys()]) if (!seen.has(pid)) this.#forget(pid);
    return denied > 0 && seen.size === 0 ? null : this.#divide(readBytes, majorFaults);
  }

  close(): void {
    for (const pid of [...this.#known.keys()]) this.#forget(pid);
  }

  #divide(readBytes: number, majorFaults: number): ProcessReads {
    const hasSwap = parseSwaps(readText(`${this.#proc}/swaps`) ?? '').length > 0;
    if (!hasSwap) return { storageReadBytes: readBytes, swapInBytes: 0, majorFaults };
    const isOnePageEach = readText(`${this.#proc}/sys/vm/page-cluster`)?.trim() === '0';
    if (!isOnePageEach) return { storageReadBytes: readBytes, swapInBytes: null, majorFaults };
    const swapInBytes = Math.min(readBytes, majorFaults * this.#pageBytes);
    return { storageReadBytes: readBytes - swapInBytes, swapInBytes, majorFaults };
  }

  #growth(pid: number): Counters | 'denied' | 'gone' {
    const known = this.#known.get(pid);
    try {
      if (known === undefined) return this.#meet(pid);
      const now = read(known);
      const { last } = known;
      known.last = now;
      return {
        readBytes: Math.max(0, now.readBytes - last.readBytes),
        majorFaults: Math.max(0, now.majorFaults - last.majorFaults),
      };
    } catch (error) {
      this.#forget(pid);
      return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'denied' : 'gone';
    }
  }

  #meet(pid: number): Counters {
    const io = openSync(`${this.#proc}/${pid}/io`, 'r');
    try {
      const files = { io, stat: openSync(`${this.#proc}/${pid}/stat`, 'r') };
      const known = { ...files, last: { readBytes: 0, majorFaults: 0 } };
      this.#known.set(pid, known);
      known.last = read(files);
      return { readBytes: 0, majorFaults: 0 };
    } catch (error) {
      if (!this.#known.has(pid)) closeSync(io);
      throw error;
    }
  }

  #forget(pid: number): void {
    const known = this.#known.get(pid);
    if (known === undefined) return;
    this.#known.delete(pid);
    closeSync(known.io);
    closeSync(known.stat);
  }
}

/** Raises the system's error. */
function read({ io, stat }: Pick<Known, 'io' | 'stat'>): Counters {
  return { readBytes: parseReadBytes(text(io)), majorFaults: parseMajorFaults(text(stat)) };
}

function text(descriptor: number): string {
  return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
}

/** From the text of /proc/PID/io: what was fetched from devices for the process. */
export function parseReadBytes(io: string): number {
  return Number(/^read_bytes: (\d+)/m.exec(io)?.[1] ?? 0);
}
