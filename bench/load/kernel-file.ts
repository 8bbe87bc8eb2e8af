import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.alloc(4096);

/** A small file of the kernel that is read again and again: it stays open, which is much cheaper. */
export class KernelFile {
  readonly #descriptor: number | null;

  constructor(path: string) {
    this.#descriptor = open(path);
  }

  /** Empty where there is no such file, or not any more. */
  read(): string {
    if (this.#descriptor === null) return '';
    try {
      return buffer.toString('latin1', 0, readSync(this.#descriptor, buffer, 0, buffer.length, 0));
    } catch {
      return '';
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
  }
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}
