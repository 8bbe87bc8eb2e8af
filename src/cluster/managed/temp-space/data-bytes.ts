import type { ServerRun } from '../server-run.ts';
import { spilledBytes } from './tablespace.ts';

const ASK_AGAIN_MS = 10_000;

/** What sorts and hashes take where the data is, asked for now and then. */
export class DataBytes {
  /** Null where the server does not say. */
  bytes: number | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  async ask(run: ServerRun): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs < ASK_AGAIN_MS) return;
    this.#askedAtMs = nowMs;
    this.bytes = await spilledBytes(run.session).catch(() => null);
  }
}
