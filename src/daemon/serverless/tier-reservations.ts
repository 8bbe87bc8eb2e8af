/** What is being promised of the host's tier right now; of one database several changes may be under way at once. */
export class TierReservations {
  readonly #all = new Set<{ readonly name: string; readonly bytes: number }>();

  /** Returns what takes this one back, and no other one. */
  add(name: string, bytes: number): () => void {
    const one = { name, bytes };
    this.#all.add(one);
    return () => void this.#all.delete(one);
  }

  /** By database; of several the largest, since any of them may come last. */
  largest(): Map<string, number> {
    const byName = new Map<string, number>();
    for (const { name, bytes } of this.#all) byName.set(name, Math.max(bytes, byName.get(name) ?? 0));
    return byName;
  }
}
