import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/random.ts';
import type { Random } from '../../src/random.ts';
import type { Addresses } from '../wake/sleepy.ts';
import type { Ledger } from './ledger.ts';
import { Hung, KINDS, SoakSession } from './soak-session.ts';

const AFTER_FAILURE_MS = 50;

/** Clients that come and go at random, and are killed at random. */
export class SoakClients {
  readonly hung: string[] = [];
  /** What the server or the network said to those who were not killed. */
  readonly refused = new Map<string, number>();
  sessions = 0;
  kills = 0;
  readonly #addresses: Addresses;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #living = new Set<SoakSession>();
  readonly #loops: Promise<void>[];
  #answeredBefore = 0;
  #quiet: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  #isEnding = false;

  constructor(addresses: Addresses, ledger: Ledger, clients: number, seed: number) {
    this.#addresses = addresses;
    this.#ledger = ledger;
    this.#random = seededRandom(seed, 'clients');
    this.#loops = Array.from({ length: clients }, () => this.#loop());
  }

  get answered(): number {
    return [...this.#living].reduce((sum, { answered }) => sum + answered, this.#answeredBefore);
  }

  /** Connections stay open, and nobody says a word. */
  beQuiet(): void {
    if (this.#quiet !== null) return;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#quiet = { over, end };
  }

  goOn(): void {
    this.#quiet?.end();
    this.#quiet = null;
  }

  killOne(): void {
    const victims = [...this.#living];
    const victim = victims[Math.floor(this.#random() * victims.length)];
    if (victim === undefined) return;
    this.kills++;
    victim.kill();
  }

  /** Resolves when every session has had its last answer. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.goOn();
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    while (!this.#isEnding) {
      await this.#quiet?.over;
      const kind = KINDS[Math.floor(this.#random() * KINDS.length)] ?? 'tcp';
      const url = kind === 'unix' ? this.#addresses.unix : this.#addresses.tcp;
      const quiet = async (): Promise<void> => this.#quiet?.over;
      const session = new SoakSession(kind, url, { ledger: this.#ledger, random: this.#random, quiet });
      this.#living.add(session);
      this.sessions++;
      await session.live().catch((error: unknown) => this.#failed(error));
      this.#living.delete(session);
      this.#answeredBefore += session.answered;
      if (kind === 'short') await sleep(this.#random() * AFTER_FAILURE_MS);
    }
  }

  async #failed(error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Hung) this.hung.push(message);
    else this.refused.set(message, (this.refused.get(message) ?? 0) + 1);
    await sleep(AFTER_FAILURE_MS);
  }
}
