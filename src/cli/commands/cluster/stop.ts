import { parseName } from '../../arguments/cluster-arguments.ts';
import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  NAME_ARGUMENT,
  print,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const stop = defineCommand<CommonOptions>({
  name: 'stop',
  summary: 'stop a database; its data stays',
  description:
    'Rolls back what is under way, closes all connections and stops the server. It stays stopped, also when airglow up is ' +
    'started anew, until airglow cluster start.',
  arguments: [NAME_ARGUMENT],
  options: COMMON_OPTIONS,
  examples: [
    { command: 'airglow cluster stop shop', explanation: 'uses no memory, no CPU and no ACU any more' },
  ],
  run: runStop,
});

async function runStop(
  { arguments: [name = ''], options }: Input<CommonOptions>,
  context: Context,
): Promise<void> {
  announce(`stopping ${parseName(name)}`, options, context);
  const client = await clientOf(options, context);
  const stopped = await client.stopCluster(name);
  print(stopped, options, context, ({ status }) => [`${name} is ${status}; its data stays`]);
}
