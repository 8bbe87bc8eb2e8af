import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/random.ts';
import type { Random } from '../../src/random.ts';
import type { SoakClients } from './soak-clients.ts';
import type { SoakDaemon } from './soak-daemon.ts';

const CLIENT_EVERY_MS = 1_000;
const PROCESS_EVERY_MS = 20_000;
/** Sometimes the sentinel notices that nobody is there, sometimes it is over before. */
const LONGEST_ABSENCE_MS = 5_000;

/** Kills clients, sentinels, daemons, and both at once, at random times, until it is told to stop. */
export class Faults {
  sentinels = 0;
  daemons = 0;
  both = 0;
  /** What could not be done: a daemon that did not start again, most likely. */
  readonly failures: string[] = [];
  readonly #daemon: SoakDaemon;
  readonly #clients: SoakClients;
  readonly #random: Random;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[];

  constructor(daemon: SoakDaemon, clients: SoakClients, seed: number) {
    this.#daemon = daemon;
    this.#clients = clients;
    this.#random = seededRandom(seed, 'faults');
    this.#loops = [
      this.#repeat(CLIENT_EVERY_MS, async () => this.#clients.killOne()),
      this.#repeat(PROCESS_EVERY_MS, () => this.#killProcess()),
    ];
  }

  /** Resolves when everybody is there again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #repeat(meanMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await sleep(meanMs * (0.2 + 1.6 * this.#random()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await work().catch((error: unknown) => this.failures.push(String(error)));
    }
  }

  async #killProcess(): Promise<void> {
    const choice = Math.floor(this.#random() * 3);
    if (choice === 0) {
      if (this.#daemon.killSentinel()) this.sentinels++;
      return;
    }
    // In either order: the first one's death must not be all that the second one sees.
    const isBoth = choice === 2;
    if (isBoth && this.#random() < 0.5) this.#daemon.killSentinel();
    await this.#daemon.kill();
    if (isBoth) this.#daemon.killSentinel();
    if (isBoth) this.both++;
    else this.daemons++;
    await sleep(this.#random() * LONGEST_ABSENCE_MS);
    await this.#daemon.start();
  }
}
