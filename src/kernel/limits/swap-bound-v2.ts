import { join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { noSwapAccount, refusal } from './refusal.ts';

/** How much of a v2 group may be on swap: memory.swap.max, which may be less than is there now. */
export class SwapBoundV2 {
  readonly #files: ControlFiles;
  readonly #max: string;
  readonly #isCounted: boolean;
  #bytes: number | null;

  constructor(files: ControlFiles, folder: string) {
    this.#files = files;
    this.#max = join(folder, 'memory.swap.max');
    this.#isCounted = files.exists(this.#max);
    this.#bytes = this.inForce();
  }

  /** As it was last set or found, without looking. */
  get bytes(): number | null {
    return this.#bytes;
  }

  /** What the file says. Raises the system's error. */
  inForce(): number | null {
    if (!this.#isCounted) return null;
    const text = this.#files.read(this.#max).trim();
    this.#bytes = text === 'max' ? null : Number(text);
    return this.#bytes;
  }

  /** Raises LIMIT_REFUSED, GROUP_GONE. */
  set(bytes: number | null): void {
    if (!this.#isCounted) {
      // A kernel without swap keeps everything out of it.
      if (bytes !== null && bytes > 0) throw noSwapAccount(this.#max);
      return;
    }
    const text = String(bytes ?? 'max');
    try {
      if (this.#files.read(this.#max).trim() !== text) this.#files.writeNow(this.#max, text);
    } catch (error) {
      throw refusal(this.#files, this.#max, text, error);
    }
    this.#bytes = bytes;
  }
}
