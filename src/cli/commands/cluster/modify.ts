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
import { isTierOther, restartReasons, TIER } from '../../cluster/restart-reasons.ts';
import { clusterWithState } from '../../cluster/state-in-commands.ts';
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
    'is said, and takes effect with --restart, now or later: without anything else it restarts what waits for it.',
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
      command: 'airglow cluster modify shop --restart',
      explanation: 'what waits for a restart comes into force',
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
  const body = {
    minCapacity,
    maxCapacity,
    ...pauseRequest(options),
    parameters: settings.length === 0 ? undefined : Object.fromEntries(settings),
    ...optimizedReadsRequest(options),
    ...networkRequest(options),
  };
  const request = options.restart === true && isEmpty(body) ? null : parseModify(body);
  const client = await clientOf(options, context);
  const modified = request === null ? null : await client.modifyCluster(parseName(name), request);
  const before = modified ?? (await client.cluster(parseName(name)));
  const reasons = await reasonsOf(client, before);
  const isRestarted = options.restart === true && reasons.length > 0;
  const after = isRestarted ? await restarted(client, before, reasons, options, context) : before;
  const outcome: Outcome = {
    cluster: clusterWithState(after, options),
    isModified: modified !== null,
    isRestarted,
    waiting: isRestarted ? await reasonsOf(client, after) : reasons,
  };
  print(after, options, context, () => summaryOf(outcome, options));
}

/** A restart may be all that is asked for. */
function isEmpty(body: object): boolean {
  return Object.values(body).every((value) => value === undefined);
}

/** What waits for a restart. */
async function reasonsOf(client: ApiClient, cluster: ClusterAnswer): Promise<readonly string[]> {
  return restartReasons(cluster, isTierOther(cluster) ? await client.hostTier() : null);
}

/** Only where a change waits for it: a restart closes every connection. */
async function restarted(
  client: ApiClient,
  { name }: ClusterAnswer,
  reasons: readonly string[],
  options: ModifyOptions,
  context: Context,
): Promise<ClusterAnswer> {
  announce(`restarting ${name} for ${clean(reasons.join(', '))}`, options, context);
  await client.stopCluster(name);
  return client.startCluster(name);
}

interface Outcome {
  readonly cluster: ClusterAnswer;
  readonly isModified: boolean;
  readonly isRestarted: boolean;
  /** What waits for a restart still. */
  readonly waiting: readonly string[];
}

function summaryOf(
  { cluster, isModified, isRestarted, waiting }: Outcome,
  options: ModifyOptions,
): readonly string[] {
  const { name, capacity, notes } = cluster;
  if (!isModified && !isRestarted) {
    const { reason = null } = cluster.optimizedReads.tieredCache ?? {};
    // Somebody may have expected a restart to bring it.
    const why = reason === null ? [] : [`Its tiered cache: ${clean(reason)}`];
    return [`Nothing of ${name} waits for a restart: it is not restarted`, ...why];
  }
  const restart =
    `Waits for a restart, which closes all connections: ${waiting.join(', ')}. When that suits: ` +
    `airglow cluster modify ${name} --restart${stateHint(options)}`;
  const isTierWaiting = waiting.includes(TIER);
  return [
    `${name} is ${[...(isModified ? ['modified'] : []), ...(isRestarted ? ['restarted'] : [])].join(' and ')}: ${formatRange(capacity)} ACU`,
    ...(isModified ? pauseRemark(cluster, options) : []),
    ...optimizedReadsRemark(isTierWaiting ? withoutTierReason(cluster) : cluster, options),
    ...(waiting.length > 0 ? [clean(restart)] : []),
    ...notes.map((note) => clean(note)),
  ];
}

/** That it waits for a restart is said once. */
function withoutTierReason(cluster: ClusterAnswer): ClusterAnswer {
  const { tieredCache } = cluster.optimizedReads;
  if (tieredCache === null) return cluster;
  return {
    ...cluster,
    optimizedReads: { ...cluster.optimizedReads, tieredCache: { ...tieredCache, reason: null } },
  };
}
