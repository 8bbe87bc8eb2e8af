import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import {
  parseMaxCapacity,
  parseMinCapacity,
  parseName,
  parseParameter,
  parseParameterName,
  type Parameter,
} from '../../arguments/cluster-arguments.ts';
import { formatRange } from '../../cluster/amounts.ts';
import { clientOf, COMMON_OPTIONS, NAME_ARGUMENT, print, type CommonOptions } from '../../cluster/answer.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { clean } from '../../terminal/text.ts';
import { NETWORK_OPTIONS, networkRequest, type NetworkOptions } from './create.ts';
import { PAUSE_OPTIONS, pauseRemark, pauseRequest, type PauseOptions } from './pause-options.ts';

interface ModifyOptions extends CommonOptions, NetworkOptions, PauseOptions {
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  readonly parameter?: readonly Parameter[];
  readonly resetParameter?: readonly string[];
}

export const modify = defineCommand<ModifyOptions>({
  name: 'modify',
  summary: 'change capacity bounds, pausing, settings or network of a database',
  description:
    'Changes what is named and leaves the rest. Capacity bounds hold at once and close no connection; what needs a restart ' +
    'is said, and takes effect with airglow cluster stop and start.',
  arguments: [NAME_ARGUMENT],
  options: [
    {
      flags: '--min-capacity <acu>',
      description: 'the least capacity; 0 lets it be paused',
      parse: parseMinCapacity,
    },
    { flags: '--max-capacity <acu>', description: 'the most capacity', parse: parseMaxCapacity },
    ...PAUSE_OPTIONS,
    {
      flags: '--parameter <name=value>',
      description: 'a setting as in postgresql.conf; may be repeated',
      parse: parseParameter,
      isRepeatable: true,
    },
    {
      flags: '--reset-parameter <name>',
      description: 'take a setting back to its default; may be repeated',
      parse: parseParameterName,
      isRepeatable: true,
    },
    ...NETWORK_OPTIONS,
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'airglow cluster modify shop --max-capacity 16', explanation: 'more room upwards' },
    {
      command: 'airglow cluster modify shop --min-capacity 0 --seconds-until-auto-pause 600',
      explanation: 'paused after 10 minutes without activity',
    },
    {
      command: 'airglow cluster modify shop --ignore-activity none',
      explanation: 'every session holds it awake again',
    },
    {
      command: 'airglow cluster modify shop --parameter work_mem=32MB --reset-parameter random_page_cost',
      explanation: 'settings',
    },
  ],
  run: runModify,
});

async function runModify(
  { arguments: [name = ''], options }: Input<ModifyOptions>,
  context: Context,
): Promise<void> {
  const { parseModify } = await import('../../../api/cluster-requests.ts');
  const { minCapacity, maxCapacity, parameter = [], resetParameter = [] } = options;
  const settings = [...parameter, ...resetParameter.map((one) => [one, null] as const)];
  const request = parseModify({
    minCapacity,
    maxCapacity,
    ...pauseRequest(options),
    parameters: settings.length === 0 ? undefined : Object.fromEntries(settings),
    ...networkRequest(options),
  });
  const client = await clientOf(options, context);
  const modified = await client.modifyCluster(parseName(name), request);
  print(modified, options, context, (cluster) => summaryOf(cluster, options));
}

function summaryOf(cluster: ClusterAnswer, options: PauseOptions & CommonOptions): readonly string[] {
  const { name, capacity, pendingRestart, notes } = cluster;
  const restart = `after a restart (airglow cluster stop and start): ${pendingRestart.join(', ')}`;
  return [
    `${name} is modified: ${formatRange(capacity)} ACU`,
    ...pauseRemark(cluster, options),
    ...(pendingRestart.length > 0 ? [clean(restart)] : []),
    ...notes.map((note) => clean(note)),
  ];
}
