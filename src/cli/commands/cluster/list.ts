import { clientOf, COMMON_OPTIONS, print, stateHint, type CommonOptions } from '../../cluster/answer.ts';
import { renderClusterTable } from '../../cluster/cluster-table.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const list = defineCommand<CommonOptions>({
  name: 'list',
  summary: 'list the databases with capacity, load and cost',
  description:
    'One line for each database: status, engine, capacity now and its bounds in ACU, average active sessions of the ' +
    'last minute, what was used so far and what that cost, and where it listens.',
  arguments: [],
  options: COMMON_OPTIONS,
  examples: [
    { command: 'airglow cluster list', explanation: 'as a table' },
    { command: "airglow cluster list --json | jq '.[].name'", explanation: 'for a script' },
  ],
  run: runList,
});

async function runList({ options }: Input<CommonOptions>, context: Context): Promise<void> {
  const client = await clientOf(options, context);
  const { clusters } = await client.clusters();
  print(clusters, options, context, (all) =>
    all.length === 0
      ? [`There is no database yet: airglow cluster create NAME${stateHint(options)} makes one.`]
      : renderClusterTable(all, context),
  );
}
