const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly happened: Promise<void>;
  /** Gives the signals back their usual meaning. */
  release(): void;
}

/** Turns the signals that ask a program to end into an AbortSignal. A second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let resolve = (): void => {};
  const happened = new Promise<void>((done) => (resolve = done));
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, interrupt);
  };
  const interrupt = (): void => {
    release();
    controller.abort();
    resolve();
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return { signal: controller.signal, happened, release };
}
