import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { Sessions } from './sessions.ts';

/**
 * Puts one kind of load on the database until `signal` is aborted, then resolves. Errors of the database are part of
 * life: an actor waits a little and goes on. The connections are those of its application, and stay.
 */
export type Actor = (stage: Stage) => Promise<void>;

export interface Stage {
  readonly sessions: Sessions;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** How many, or how many a second: what the cast says. */
  readonly strength: number;
  /** To be told of a query whose answer somebody waits for. */
  readonly onAnswer: (answer: Answer) => void;
}

/** A query and its answer, as its client saw them. */
export interface Answer {
  readonly askedAtMs: number;
  readonly tookMs: number;
}

const PAUSE_AFTER_ERROR_MS = 1_000;

/** Waits, but not longer than the play. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => {});
}

/** Does the same thing over and over until the end of the play. */
export async function repeat(signal: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await act();
    } catch {
      await pause(PAUSE_AFTER_ERROR_MS, signal);
    }
  }
}

/** Several of them at the same time. */
export async function together(count: number, act: (index: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => act(index)));
}
