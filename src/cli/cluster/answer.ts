import type { ApiClient } from '../../api/client.ts';
import { controlSocketOf } from '../../daemon/state-paths.ts';
import { STATE_OPTION, stateDirOf } from '../arguments/state-dir.ts';
import type { Argument, Context, Option } from '../command.ts';

/** What every command about databases takes. */
export interface CommonOptions {
  readonly state?: string;
  readonly json?: boolean;
}

export const COMMON_OPTIONS: readonly Option[] = [
  STATE_OPTION,
  { flags: '--json', description: 'print JSON' },
];

export const NAME_ARGUMENT: Argument = { syntax: '<name>', description: 'the database' };

/** What a command that is shown has to say of the folder, so that it works as it stands. */
export function stateHint({ state }: Pick<CommonOptions, 'state'>): string {
  if (state === undefined) return '';
  return ` --state ${/^[\w./-]+$/.test(state) ? state : `'${state.replaceAll("'", "'\\''")}'`}`;
}

/** Asks the `airglow up` of the state folder, over its control socket. */
export async function clientOf({ state }: CommonOptions, { env }: Context): Promise<ApiClient> {
  // Loaded only where it is used, so that help and refusals are quick.
  const { ApiClient } = await import('../../api/client.ts');
  return new ApiClient({ socketPath: controlSocketOf(stateDirOf(state, env)) });
}

/** The answer as JSON where that was asked for, else as lines for people. */
export function print<Answer>(
  answer: Answer,
  { json }: CommonOptions,
  { stdout }: Context,
  render: (answer: Answer) => readonly string[],
): void {
  const text = json === true ? JSON.stringify(answer, null, 2) : render(answer).join('\n');
  if (text !== '') stdout.write(`${text}\n`);
}

/** Wide tables are for wide terminals; what is printed into a file is as on a common one. */
export function widthOf({ stdout }: Context): number {
  return Math.max(60, Math.min(stdout.columns ?? 80, 120));
}

/** Says on a terminal that something takes a while. */
export function announce(text: string, { json }: CommonOptions, { stderr }: Context): void {
  if (json !== true && stderr.isTTY) stderr.write(`${text} ...\n`);
}
