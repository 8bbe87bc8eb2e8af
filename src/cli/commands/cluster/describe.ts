import { parseName } from '../../arguments/cluster-arguments.ts';
import {
  clientOf,
  COMMON_OPTIONS,
  NAME_ARGUMENT,
  print,
  widthOf,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { dashboardLine } from '../../cluster/dashboard-line.ts';
import { renderDescription } from '../../cluster/description-report.ts';
import { clusterWithState } from '../../cluster/state-in-commands.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const describe = defineCommand<CommonOptions>({
  name: 'describe',
  summary: 'show everything about a database',
  description: 'Status, endpoint, engine, capacity and whether it is enforced, load, use and cost, settings.',
  arguments: [NAME_ARGUMENT],
  options: COMMON_OPTIONS,
  examples: [
    { command: 'airglow cluster describe shop', explanation: 'for people' },
    { command: 'airglow cluster describe shop --json | jq .capacity.current', explanation: 'for a script' },
  ],
  run: runDescribe,
});

async function runDescribe(
  { arguments: [name = ''], options }: Input<CommonOptions>,
  context: Context,
): Promise<void> {
  const client = await clientOf(options, context);
  const description = await client.cluster(parseName(name));
  const link = await dashboardLine({ database: name }, options, context);
  print(description, options, context, (cluster) => [
    ...renderDescription(clusterWithState(cluster, options), {
      width: widthOf(context),
      color: context.color,
      now: Date.now(),
    }),
    ...link,
  ]);
}
