import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** What is waited for, as it reads after "waited in vain for". */
  readonly what: string;
  /** 30 s unless told otherwise: a slow machine must not fail a test. */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

/** Asks until the answer is truthy and returns it. A condition that throws is asked again; its last error is shown. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited in vain for ${options.what} (${timeoutMs} ms)`, { cause });
    }
    await sleep(options.pollMs ?? 50);
  }
}
