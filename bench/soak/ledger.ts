/** What clients know of the rows that they wrote. */
export class Ledger {
  readonly #committed = new Set<number>();
  readonly #takenBack = new Set<number>();
  #next = 1;

  get committed(): number {
    return this.#committed.size;
  }

  /** A row that nobody has yet. Until its client has heard what became of it, both is right. */
  next(): number {
    return this.#next++;
  }

  /** The server has confirmed it: it must be there for ever. */
  confirm(id: number): void {
    this.#committed.add(id);
  }

  takeBack(id: number): void {
    this.#takenBack.add(id);
  }

  /** Held against what is in the table. */
  compare(ids: Iterable<number>): { readonly lost: readonly number[]; readonly risen: readonly number[] } {
    const there = new Set(ids);
    return {
      lost: [...this.#committed].filter((id) => !there.has(id)),
      risen: [...this.#takenBack].filter((id) => there.has(id)),
    };
  }
}
