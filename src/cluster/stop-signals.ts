import { setTimeout as sleep } from 'node:timers/promises';

/** `smart` waits for the clients to leave, `fast` sends them away, `immediate` does not even write a checkpoint. */
export type StopMode = 'smart' | 'fast' | 'immediate';

const STOP_SIGNALS: Readonly<Record<StopMode, NodeJS.Signals>> = {
  smart: 'SIGTERM',
  fast: 'SIGINT',
  immediate: 'SIGQUIT',
};
/** What is tried when a stop takes too long. */
const ESCALATION: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'];

/** A postmaster to be stopped. */
export interface StopTarget {
  hasEnded(): boolean;
  signal(signal: NodeJS.Signals): unknown;
  readonly exited: Promise<unknown>;
}

/** Resolves when it has ended; after `patienceMs` in one mode the next harsher one is used. */
export async function stopInTime(target: StopTarget, mode: StopMode, patienceMs: number): Promise<void> {
  for (const signal of ESCALATION.slice(ESCALATION.indexOf(STOP_SIGNALS[mode]))) {
    if (target.hasEnded()) break;
    target.signal(signal);
    await endsWithin(target.exited, patienceMs);
  }
  await target.exited;
}

async function endsWithin(exited: Promise<unknown>, timeoutMs: number): Promise<void> {
  const enough = new AbortController();
  const timer = sleep(timeoutMs, undefined, { signal: enough.signal }).catch(() => {});
  await Promise.race([exited, timer]);
  enough.abort();
}
