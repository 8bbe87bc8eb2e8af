import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import {
  parseCapacity,
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

interface ModifyOptions extends CommonOptions, NetworkOptions {
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  readonly parameter?: readonly Parameter[];
  readonly resetParameter?: readonly string[];
}

export const modify = defineCommand<ModifyOptions>({
  name: 'modify',
  summary: 'change capacity bounds, settings or network of a database',
  description:
    'Changes what is named and leaves the rest. Capacity bounds hold at once and close no connection; what needs a restart ' +
    'is said, and takes effect with airglow cluster stop and start.',
  arguments: [NAME_ARGUMENT],
  options: [
    { flags: '--min-capacity <acu>', description: 'the least capacity', parse: parseCapacity },
    { flags: '--max-capacity <acu>', description: 'the most capacity', parse: parseCapacity },
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
    parameters: settings.length === 0 ? undefined : Object.fromEntries(settings),
    ...networkRequest(options),
  });
  const client = await clientOf(options, context);
  const modified = await client.modifyCluster(parseName(name), request);
  print(modified, options, context, summaryOf);
}

function summaryOf({ name, capacity, pendingRestart, notes }: ClusterAnswer): readonly string[] {
  const restart = `after a restart (airglow cluster stop and start): ${pendingRestart.join(', ')}`;
  return [
    `${name} is modified: ${formatRange(capacity)} ACU`,
    ...(pendingRestart.length > 0 ? [clean(restart)] : []),
    ...notes.map((note) => clean(note)),
  ];
}
