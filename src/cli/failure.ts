import { AirglowError } from '../errors.ts';
import { withoutPasswords } from './arguments/target-url.ts';

export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;

export interface Failure {
  /** What was wrong and the way out, then the stack where it was asked for. */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** Somebody was asked, and did not want it: no error, but not done either. The message says that nothing was changed. */
export class Declined extends Error {}

/** What to tell about an error that ended a command. */
export function describeFailure(error: unknown, isDebug: boolean): Failure {
  const stack =
    isDebug && error instanceof Error && error.stack !== undefined ? [withoutPasswords(error.stack)] : [];
  if (error instanceof AirglowError) {
    const isUsage = error.code === 'INVALID_ARGUMENT' || error.code === 'INVALID_URL';
    return {
      lines: [`airglow: ${withoutPasswords(error.message)} (${error.code})`, ...stack],
      exitCode: isUsage ? EXIT_USAGE : EXIT_FAILURE,
    };
  }
  if (error instanceof Declined) return { lines: [error.message], exitCode: EXIT_USAGE };
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'airglow: this is a fault in airglow; AIRGLOW_DEBUG=1 shows where';
  return {
    lines: [`airglow: ${withoutPasswords(message)}`, ...(isDebug ? stack : [hint])],
    exitCode: EXIT_FAILURE,
  };
}
