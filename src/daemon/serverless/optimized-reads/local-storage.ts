import { statfs } from 'node:fs/promises';
import { DeviceReader, deviceOf } from '../../../kernel/block-device.ts';
import type { BlockDevice, DeviceGrowth } from '../../../kernel/block-device.ts';

const EVERY_MS = 10_000;

/** Looks at a folder on local storage: its file system in the background, which may take long to answer, and its device. */
export class LocalStorageReader {
  readonly #path: () => string | null;
  #freeBytes: number | null = null;
  #device: { readonly is: BlockDevice; readonly reader: DeviceReader } | null = null;
  #lookedAtMs: number | null = null;
  #looking: Promise<void> | null = null;
  #isClosed = false;

  /** `path`: null while there is no local storage. */
  constructor(path: () => string | null) {
    this.#path = path;
  }

  get path(): string | null {
    return this.#path();
  }

  /** As found last; null while it cannot be read. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  /** Since the last call; null where there is no device that can be named, and the first time. */
  look(nowMs: number): DeviceGrowth | null {
    const path = this.#path();
    if (path === null) this.#leave();
    else if (this.#looking === null && nowMs - (this.#lookedAtMs ?? -EVERY_MS) >= EVERY_MS) {
      this.#lookedAtMs = nowMs;
      this.#looking = this.#find(path).finally(() => (this.#looking = null));
    }
    return this.#device?.reader.look() ?? null;
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  /** Resolves when nothing is being looked at. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  async #find(path: string): Promise<void> {
    const found = await statfs(path).catch(() => null);
    // As any user may have them.
    this.#freeBytes = found === null ? null : found.bavail * found.bsize;
    const device = found === null ? null : deviceOf(path);
    if (this.#isClosed || device === null) this.#leave();
    else if (device.major !== this.#device?.is.major || device.minor !== this.#device.is.minor) {
      this.#leave();
      this.#device = { is: device, reader: new DeviceReader(device) };
    }
  }

  #leave(): void {
    this.#device?.reader.close();
    this.#device = null;
  }
}
