import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import { DEFAULT_MAX_ACU, DEFAULT_MIN_ACU } from '../../../api/cluster-rules.ts';
import {
  parseEngineVersion,
  parseFile,
  parseMaxCapacity,
  parseMinCapacity,
  parseName,
  parseNetwork,
  parseParameter,
  parsePort,
  type Parameter,
} from '../../arguments/cluster-arguments.ts';
import { formatRange } from '../../cluster/amounts.ts';
import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  print,
  stateHint,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { endpointOf } from '../../cluster/cluster-table.ts';
import { clusterWithState } from '../../cluster/state-in-commands.ts';
import { defineCommand, type Context, type Input, type Option } from '../../command.ts';
import { clean } from '../../terminal/text.ts';
import {
  OPTIMIZED_READS_OPTIONS,
  optimizedReadsRemark,
  optimizedReadsRequest,
  type OptimizedReadsOptions,
} from './optimized-reads-options.ts';
import { PAUSE_OPTIONS, pauseRemark, pauseRequest, type PauseOptions } from './pause-options.ts';

export interface NetworkOptions {
  readonly listen?: string;
  readonly allow?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

interface CreateOptions extends CommonOptions, NetworkOptions, PauseOptions, OptimizedReadsOptions {
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly port?: number;
  readonly engineVersion?: number;
  readonly parameter?: readonly Parameter[];
}

export const NETWORK_OPTIONS: readonly Option[] = [
  { flags: '--listen <address>', description: 'address that the database listens on (default: 127.0.0.1)' },
  {
    flags: '--allow <network>',
    description: 'who may connect from elsewhere, as in 10.0.0.0/8; may be repeated',
    parse: parseNetwork,
    isRepeatable: true,
  },
  { flags: '--tls-cert <file>', description: 'certificate, with --tls-key', parse: parseFile },
  { flags: '--tls-key <file>', description: 'key of the certificate', parse: parseFile },
];

export const create = defineCommand<CreateOptions>({
  name: 'create',
  summary: 'make a database and start it',
  description:
    'Makes a PostgreSQL whose capacity follows its load between a minimum and a maximum, in ACU (2 GiB of memory and a ' +
    'quarter of a processor each, unless airglow up was told otherwise), and starts it.',
  arguments: [{ syntax: '<name>', description: 'a to z, 0 to 9 and -, beginning with a letter' }],
  options: [
    {
      flags: '--min-capacity <acu>',
      description: 'the least capacity, from 0.5, in steps of 0.5; 0 lets it be paused while nobody uses it',
      parse: parseMinCapacity,
      default: { value: DEFAULT_MIN_ACU, text: String(DEFAULT_MIN_ACU) },
    },
    {
      flags: '--max-capacity <acu>',
      description: 'the most capacity, up to 256',
      parse: parseMaxCapacity,
      default: { value: DEFAULT_MAX_ACU, text: String(DEFAULT_MAX_ACU) },
    },
    ...PAUSE_OPTIONS,
    { flags: '--port <port>', description: 'port of the database (default: a free one)', parse: parsePort },
    {
      flags: '--engine-version <major>',
      description: 'PostgreSQL 13 to 18 (default: the newest installed)',
      parse: parseEngineVersion,
    },
    {
      flags: '--parameter <name=value>',
      description: 'a setting as in postgresql.conf; may be repeated',
      parse: parseParameter,
      isRepeatable: true,
    },
    ...OPTIMIZED_READS_OPTIONS,
    ...NETWORK_OPTIONS,
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'airglow cluster create shop', explanation: 'from 0.5 to 8 ACU, on loopback' },
    {
      command: 'airglow cluster create shop --min-capacity 0 --ignore-activity user=exporter',
      explanation: 'paused after 5 minutes in which only the exporter came, and woken by the next client',
    },
    {
      command: 'airglow cluster create shop --min-capacity 1 --max-capacity 16 --parameter work_mem=16MB',
      explanation: 'other bounds, and a setting of your own',
    },
    {
      command: 'airglow cluster create shop --local-storage /mnt/nvme --tiered-cache 32',
      explanation: 'spills and a second cache tier of 32 GiB on local NVMe',
    },
    {
      command:
        'airglow cluster create shop --listen 0.0.0.0 --allow 10.0.0.0/8 --tls-cert db.crt --tls-key db.key',
      explanation: 'reachable from a network, encrypted',
    },
  ],
  run: runCreate,
});

async function runCreate(
  { arguments: [name = ''], options }: Input<CreateOptions>,
  context: Context,
): Promise<void> {
  const { parseCreate } = await import('../../../api/cluster-requests.ts');
  const { minCapacity, maxCapacity, port, engineVersion, parameter } = options;
  // Checked here already, so that what was typed is refused before anybody is asked.
  const request = parseCreate({
    name: parseName(name),
    minCapacity,
    maxCapacity,
    ...pauseRequest(options),
    port,
    engineVersion,
    parameters: parameter && Object.fromEntries(parameter),
    ...withoutNull(optimizedReadsRequest(options)),
    ...networkRequest(options),
  });
  announce(`creating ${name}`, options, context);
  const client = await clientOf(options, context);
  const created = await client.createCluster(request);
  print(created, options, context, (cluster) => welcome(clusterWithState(cluster, options), options));
}

export function networkRequest({ listen, allow, tlsCert, tlsKey }: NetworkOptions) {
  return { listen, allow, tlsCertFile: tlsCert, tlsKeyFile: tlsKey };
}

/** What is new has its defaults already. */
function withoutNull(request: object): object {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null));
}

function welcome(cluster: ClusterAnswer, options: CreateOptions): readonly string[] {
  const { name, status, endpoint, engine, capacity, enforced, enforcementNote, notes } = cluster;
  const folder = stateHint(options);
  return [
    `${name} is ${status} at ${endpointOf(endpoint)}: PostgreSQL ${engine.version ?? engine.major}, ${formatRange(capacity)} ACU`,
    ...(enforced ? [] : [`Capacity is not enforced: ${clean(enforcementNote ?? '')}`]),
    ...pauseRemark(cluster, options),
    ...optimizedReadsRemark(cluster, options),
    ...notes.map((note) => clean(note)),
    `  psql "$(airglow cluster url ${name}${folder})"`,
    `  airglow cluster explain ${name}${folder}`,
  ];
}
