import { closeSync, openSync, readSync } from 'node:fs';
import { readPageBytes } from './page-size.ts';
import { readText } from './process-reader.ts';

/** Memory of one process, in bytes. */
export interface ProcessMemory {
  /** Private memory that it fills (RssAnon). */
  readonly privateBytes: number;
  /** Private memory that it has mapped, filled or not: what RLIMIT_DATA is held against (VmData), and its stack. */
  readonly mappedBytes: number;
  /** Everything else that it has mapped: shared memory, programs, files. */
  readonly otherBytes: number;
}

const buffer = Buffer.alloc(256);

/**
 * Reads the memory of many processes, look after look. Descriptors stay open: that is ten times cheaper than opening
 * them each time, and a descriptor keeps to its process, so a recycled pid reads as gone.
 */
export class ProcessMemoryReader {
  readonly #open = new Map<number, number>();
  readonly #pageBytes = readPageBytes();

  /** Null where the process is gone. */
  read(pid: number): ProcessMemory | null {
    const descriptor = this.#descriptor(pid);
    if (descriptor === null) return null;
    const memory = parseStatm(readAt(descriptor), this.#pageBytes);
    if (memory === null) this.forget(pid);
    return memory;
  }

  forget(pid: number): void {
    const descriptor = this.#open.get(pid);
    if (descriptor === undefined) return;
    this.#open.delete(pid);
    closeSync(descriptor);
  }

  close(): void {
    for (const pid of [...this.#open.keys()]) this.forget(pid);
  }

  #descriptor(pid: number): number | null {
    const known = this.#open.get(pid);
    if (known !== undefined) return known;
    try {
      const descriptor = openSync(`/proc/${pid}/statm`, 'r');
      this.#open.set(pid, descriptor);
      return descriptor;
    } catch {
      return null;
    }
  }
}

/** `size resident shared text lib data dt`, in pages; null where the process is gone (a zombie has no memory). */
export function parseStatm(text: string, pageBytes: number): ProcessMemory | null {
  const [size = 0, resident = 0, shared = 0, , , data = 0] = text.split(' ').map(Number);
  if (!(size > 0)) return null;
  return {
    privateBytes: Math.max(resident - shared, 0) * pageBytes,
    mappedBytes: data * pageBytes,
    otherBytes: Math.max(size - data, 0) * pageBytes,
  };
}

function readAt(descriptor: number): string {
  try {
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } catch {
    return '';
  }
}

/** The soft RLIMIT_DATA in force, infinite where there is none; null where the process is gone. */
export function readDataLimit(pid: number): number | null {
  const line = /^Max data size\s+(\S+)/m.exec(readText(`/proc/${pid}/limits`) ?? '');
  if (line === null) return null;
  return line[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line[1]);
}
