const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As shells say it. */
const INTERRUPTED = 130;

/** What a bench has to take down, the newest first: at its end, and where it is interrupted. */
export class TakeDown {
  readonly #steps: (() => Promise<unknown> | void)[] = [];
  readonly #interrupted = (): void => {
    // What can be taken down is, whatever of it fails.
    void this.run()
      .catch(() => {})
      .finally(() => process.exit(INTERRUPTED));
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#interrupted);
  }

  add(step: () => Promise<unknown> | void): void {
    this.#steps.push(step);
  }

  /** All of it, even where a part fails; raises the first failure. Has nothing to do the second time. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    for (const signal of SIGNALS) process.off(signal, this.#interrupted);
    if (failures.length > 0) throw failures[0];
  }
}
