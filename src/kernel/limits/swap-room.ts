import type { ControlFiles, ControlReader } from './control-files.ts';
import { statNumber } from './control-stat.ts';

/** What others of the host take of swap is looked at this often: accounts are read many times a second. */
const LOOK_EVERY_MS = 1_000;

/** What a group may still put on swap: no more than its bound, and no more than the host has. */
export class SwapRoom {
  readonly #host: ControlReader;
  readonly #now: () => number;
  #freeBytes = 0;
  #lookAt = Number.NEGATIVE_INFINITY;

  constructor(files: ControlFiles, now: () => number = () => performance.now()) {
    // Not the list of areas: one that is being turned off is in there to the end, and takes nothing any more.
    this.#host = files.reader('/proc/meminfo');
    this.#now = now;
  }

  /** `boundBytes` is null where nobody has said how much; nothing is promised then. */
  bytes(boundBytes: number | null, swapBytes: number): number {
    if (boundBytes === null || boundBytes <= swapBytes) return 0;
    return Math.min(boundBytes - swapBytes, this.#hostFreeBytes());
  }

  close(): void {
    this.#host.close();
  }

  #hostFreeBytes(): number {
    const now = this.#now();
    if (now - this.#lookAt < LOOK_EVERY_MS) return this.#freeBytes;
    this.#lookAt = now;
    this.#freeBytes = (statNumber(this.#host.read() ?? '', 'SwapFree:') ?? 0) * 1024;
    return this.#freeBytes;
  }
}
