import type { SqlDigest } from '../load/model.ts';

/**
 * Digests that the store has not taken yet. A database tells the text of a digest once, so they are kept longer than
 * ticks; beyond the capacity (characters of text) the oldest give way.
 */
export class PendingDigests {
  readonly #capacityChars: number;
  readonly #digests = new Map<string, SqlDigest>();
  #chars = 0;

  constructor(capacityChars: number) {
    this.#capacityChars = capacityChars;
  }

  get size(): number {
    return this.#digests.size;
  }

  add(digests: readonly SqlDigest[]): void {
    for (const digest of digests) {
      const known = this.#digests.get(digest.id);
      if (known && !known.truncated) continue;
      this.#remove(digest.id);
      this.#digests.set(digest.id, digest);
      this.#chars += digest.text.length;
    }
    for (const id of this.#digests.keys()) {
      if (this.#chars <= this.#capacityChars) break;
      this.#remove(id);
    }
  }

  all(): SqlDigest[] {
    return [...this.#digests.values()];
  }

  /** Forgets what the store has taken, unless a better text came meanwhile. */
  taken(digests: readonly SqlDigest[]): void {
    for (const digest of digests) if (this.#digests.get(digest.id) === digest) this.#remove(digest.id);
  }

  #remove(id: string): void {
    this.#chars -= this.#digests.get(id)?.text.length ?? 0;
    this.#digests.delete(id);
  }
}
