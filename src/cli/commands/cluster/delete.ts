import { createInterface } from 'node:readline/promises';
import { AirglowError } from '../../../errors.ts';
import { parseName } from '../../arguments/cluster-arguments.ts';
import { clientOf, COMMON_OPTIONS, NAME_ARGUMENT, print, type CommonOptions } from '../../cluster/answer.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { Declined } from '../../failure.ts';

interface DeleteOptions extends CommonOptions {
  readonly yes?: boolean;
}

export const remove = defineCommand<DeleteOptions>({
  name: 'delete',
  summary: 'delete a database with all its data',
  description:
    'Stops the database and removes its data, its log and its settings. Nothing brings them back. In a terminal the name has ' +
    'to be typed once more. The record of its load stays until it is too old.',
  arguments: [NAME_ARGUMENT],
  options: [{ flags: '-y, --yes', description: 'do not ask' }, ...COMMON_OPTIONS],
  examples: [
    { command: 'airglow cluster delete shop', explanation: 'asks for the name' },
    { command: 'airglow cluster delete shop --yes', explanation: 'in a script' },
  ],
  run: runDelete,
});

async function runDelete(
  { arguments: [name = ''], options }: Input<DeleteOptions>,
  context: Context,
): Promise<void> {
  const client = await clientOf(options, context);
  // Nobody is asked to confirm what cannot be done.
  await client.cluster(parseName(name));
  if (options.yes !== true) await confirm(name, context);
  print(await client.deleteCluster(name), options, context, () => [`${name} is deleted`]);
}

/** Raises INVALID_ARGUMENT. */
async function confirm(name: string, { stdin, stderr }: Context): Promise<void> {
  if (!stdin.isTTY) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `deleting ${name} deletes all its data: say --yes where there is no terminal to ask on`,
    );
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const typed = await terminal.question(`This deletes ${name} and all its data. Type its name to go on: `);
    if (typed.trim() === name) return;
  } finally {
    terminal.close();
  }
  throw new Declined(`${name} is not deleted: another name was typed`);
}
