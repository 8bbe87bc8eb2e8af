interface Step {
  readonly name: string;
  readonly undo: () => void | Promise<void>;
}

/** What to undo when the daemon ends, last begun first. A step that fails is logged and keeps none from running. */
export class ShutdownSteps {
  readonly #log: (line: string) => void;
  readonly #steps: Step[] = [];
  #end: Promise<void> | null = null;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(name: string, undo: Step['undo']): void {
    this.#steps.push({ name, undo });
  }

  /** Runs once; later calls wait for the same end. */
  run(): Promise<void> {
    this.#end ??= this.#runAll();
    return this.#end;
  }

  async #runAll(): Promise<void> {
    for (const { name, undo } of this.#steps.toReversed()) {
      try {
        await undo();
      } catch (error) {
        this.#log(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
