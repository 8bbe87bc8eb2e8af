import { parseName } from '../../arguments/cluster-arguments.ts';
import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  NAME_ARGUMENT,
  print,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { endpointOf } from '../../cluster/cluster-table.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const start = defineCommand<CommonOptions>({
  name: 'start',
  summary: 'start a database that is stopped, or resume one that is paused',
  description:
    'Starts the database and returns when it takes connections. A paused one is resumed; one that runs is left as it is.',
  arguments: [NAME_ARGUMENT],
  options: COMMON_OPTIONS,
  examples: [{ command: 'airglow cluster start shop', explanation: 'at its endpoint of before' }],
  run: runStart,
});

async function runStart(
  { arguments: [name = ''], options }: Input<CommonOptions>,
  context: Context,
): Promise<void> {
  announce(`starting ${parseName(name)}`, options, context);
  const client = await clientOf(options, context);
  const started = await client.startCluster(name);
  print(started, options, context, ({ status, endpoint }) => [
    `${name} is ${status} at ${endpointOf(endpoint)}`,
  ]);
}
