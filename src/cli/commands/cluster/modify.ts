import type { ApiClient } from '../../../api/client.ts';
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
import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  NAME_ARGUMENT,
  print,
  stateHint,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { isTierOther, restartReasons } from '../../cluster/restart-reasons.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { clean } from '../../terminal/text.ts';
import { NETWORK_OPTIONS, networkRequest, type NetworkOptions } from './create.ts';
import {
  MODIFIED_OPTIMIZED_READS_OPTIONS,
  optimizedReadsRemark,
  optimizedReadsRequest,
  type OptimizedReadsOptions,
} from './optimized-reads-options.ts';
import { PAUSE_OPTIONS, pauseRemark, pauseRequest, type PauseOptions } from './pause-options.ts';

interface ModifyOptions extends CommonOptions, NetworkOptions, PauseOptions, OptimizedReadsOptions {
  readonly restart?: boolean;
  readonly minCapacity?: number;
  readonly maxCapacity?: number;
  readonly parameter?: readonly Parameter[];
  readonly resetParameter?: readonly string[];
}

export const modify = defineCommand<ModifyOptions>({
  name: 'modify',
  summary: 'change capacity bounds, pausing, settings, local storage or network of a database',
  description:
    'Changes what is named and leaves the rest. Capacity bounds hold at once and close no connection; what needs a restart ' +
    'is said, and takes effect with --restart, or with airglow cluster stop and start whenever that suits.',
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
    ...MODIFIED_OPTIMIZED_READS_OPTIONS,
    ...NETWORK_OPTIONS,
    { flags: '--restart', description: 'restart it now where that is needed; closes all connections' },
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
      command: 'airglow cluster modify shop --local-storage /mnt/nvme --temp-space 50',
      explanation: 'spills go to local NVMe from now on, without a restart',
    },
    {
      command: 'airglow cluster modify shop --tiered-cache 32 --restart',
      explanation: 'a second cache tier of 32 GiB, in force at once',
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
    ...optimizedReadsRequest(options),
    ...networkRequest(options),
  });
  const client = await clientOf(options, context);
  const modified = await restarted(
    client,
    await client.modifyCluster(parseName(name), request),
    options,
    context,
  );
  print(modified, options, context, (cluster) => summaryOf(cluster, options));
}

/** Only where a change waits for it: a restart closes every connection. */
async function restarted(
  client: ApiClient,
  modified: ClusterAnswer,
  options: ModifyOptions,
  context: Context,
): Promise<ClusterAnswer> {
  if (options.restart !== true) return modified;
  const reasons = restartReasons(modified, isTierOther(modified) ? await client.hostTier() : null);
  if (reasons.length === 0) return modified;
  announce(`restarting ${modified.name} for ${clean(reasons.join(', '))}`, options, context);
  await client.stopCluster(modified.name);
  return client.startCluster(modified.name);
}

function summaryOf(cluster: ClusterAnswer, options: PauseOptions & CommonOptions): readonly string[] {
  const { name, capacity, pendingRestart, notes } = cluster;
  const restart =
    `Waits for a restart, which closes all connections: ${pendingRestart.join(', ')}. Restart it when that suits: ` +
    `airglow cluster stop ${name}${stateHint(options)}, then start; or now, with --restart`;
  return [
    `${name} is modified: ${formatRange(capacity)} ACU`,
    ...pauseRemark(cluster, options),
    ...optimizedReadsRemark(cluster),
    ...(pendingRestart.length > 0 ? [clean(restart)] : []),
    ...notes.map((note) => clean(note)),
  ];
}
