import { AirglowError } from '../../errors.ts';

/** What a service manager is to run. Every path is a whole one. */
export interface ServicePlan {
  /** Of the machine, or of one user. */
  readonly scope: 'system' | 'user';
  /** The program of Node.js, and that of Airglow which it runs. */
  readonly node: string;
  readonly main: string;
  readonly stateDir: string;
  /** `127.0.0.1:8642`; null leaves it to `airglow up`. */
  readonly listen: string | null;
}

export const SERVICE_NAME = 'airglow';
/** The first line of what we write, by which we know it again. */
export const MARKER = '# Made by airglow service install, which writes this file anew.';

/** Whether a file is one that we wrote. */
export function isOurs(text: string): boolean {
  return text.startsWith(MARKER);
}

/** The program and its arguments. Raises INVALID_ARGUMENT for what no manager could be told. */
export function commandOf({ node, main, stateDir, listen }: ServicePlan): readonly [string, ...string[]] {
  const command = [node, main, 'up', '--state', stateDir] as const;
  for (const word of command) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (!/[\u0000-\u001f\u007f]/.test(word)) continue;
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(word)} holds a line break or the like, which no service can be given: choose another path`,
    );
  }
  return listen === null ? [...command] : [...command, '--listen', listen];
}

/** Runs the words after it as a command, for managers that take no path with quotes for a program. */
export const BY_SHELL = ['/bin/sh', '-c', 'exec "$0" "$@"'] as const;
