/** So many of the lines that came while the log was held are kept. */
const MOST_HELD = 20;

/** Lines for people, kept back while the live view has the terminal. */
export class HeldLog {
  readonly #write: (line: string) => void;
  #held: string[] | null = null;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  add(line: string): void {
    if (this.#held === null) this.#write(line);
    else this.#held = [...this.#held, line].slice(-MOST_HELD);
  }

  hold(): void {
    this.#held ??= [];
  }

  /** Says what was held back. */
  release(): void {
    const lines = this.#held ?? [];
    this.#held = null;
    for (const line of lines) this.#write(line);
  }
}
