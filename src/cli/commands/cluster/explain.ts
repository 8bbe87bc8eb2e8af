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
import { renderExplanation } from '../../cluster/explain-report.ts';
import { clusterWithState } from '../../cluster/state-in-commands.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const explain = defineCommand<CommonOptions>({
  name: 'explain',
  summary: 'say why a database has the capacity it has',
  description:
    'Why this capacity now: what CPU, memory, network and connections ask for, what keeps it from being lower and until ' +
    'when, what keeps it from being higher, and the last changes with their reasons.',
  arguments: [NAME_ARGUMENT],
  options: COMMON_OPTIONS,
  examples: [
    { command: 'airglow cluster explain shop', explanation: 'sentences, bars, changes' },
    {
      command: "airglow cluster explain shop --json | jq '.latest.decision.parts'",
      explanation: 'demand in ACU',
    },
  ],
  run: runExplain,
});

async function runExplain(
  { arguments: [name = ''], options }: Input<CommonOptions>,
  context: Context,
): Promise<void> {
  const client = await clientOf(options, context);
  const [explanation, cluster] = await Promise.all([client.explain(parseName(name)), client.cluster(name)]);
  const link = await dashboardLine({ database: name, page: 'capacity' }, options, context);
  print(explanation, options, context, (answer) => [
    ...renderExplanation(answer, clusterWithState(cluster, options), {
      width: widthOf(context),
      color: context.color,
      now: Date.now(),
    }),
    ...link,
  ]);
}
