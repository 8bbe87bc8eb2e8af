/** Where an observer stands still while its database sleeps. Whatever it waits for is given up when the gate closes. */
export class PauseGate {
  #closing = new AbortController();
  #reached = newSignpost();
  #opened = newSignpost();

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborts when the gate closes; a new one after each opening. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves when the observer stands still, or need not any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reached.promise;
  }

  open(): void {
    if (!this.isClosed) return;
    this.#reached.pass();
    this.#opened.pass();
    this.#closing = new AbortController();
    this.#reached = newSignpost();
    this.#opened = newSignpost();
  }

  /** Stands still until the gate opens, or `signal` says that it never will. */
  async stand(signal: AbortSignal): Promise<void> {
    if (!this.isClosed || signal.aborted) return;
    const { promise, pass } = this.#opened;
    this.#reached.pass();
    signal.addEventListener('abort', pass, { once: true });
    await promise;
    signal.removeEventListener('abort', pass);
  }
}

interface Signpost {
  readonly promise: Promise<void>;
  readonly pass: () => void;
}

function newSignpost(): Signpost {
  let pass = (): void => {};
  const promise = new Promise<void>((resolve) => (pass = resolve));
  return { promise, pass };
}
