import { DEFAULT_SECONDS_UNTIL_AUTO_PAUSE, MOST_SECONDS_UNTIL_AUTO_PAUSE } from '../../api/pause-rules.ts';
import { PATTERN_NAMES } from '../../planner/traces/synthetic.ts';
import { VALUE_UNITS } from '../../planner/traces/columns.ts';
import { parseMaxCapacity, parseMinCapacity } from '../arguments/cluster-arguments.ts';
import { parseWhole } from '../arguments/duration.ts';
import {
  parsePath,
  parsePattern,
  parsePolicies,
  parseQuantity,
  parseRegion,
  parseUnit,
  type Quantity,
} from '../arguments/plan-arguments.ts';
import type { Option } from '../command.ts';
import { DEFAULT_CORES } from './plan-traces.ts';

/** The options of `airglow plan`, in the order of its help. */

function quantity(flags: string, description: string, range: Quantity, value?: number): Option {
  const option = { flags, description, parse: (text: string) => parseQuantity(text, range) };
  return value === undefined ? option : { ...option, default: { value, text: String(value) } };
}

const POLICY_OPTIONS: readonly Option[] = [
  {
    flags: '--policy <names>',
    description:
      'policies to compare, as in airglow,neon or all; may be repeated; the first is planned for (default: all, airglow first)',
    parse: parsePolicies,
    isRepeatable: true,
  },
  {
    flags: '--min <acu>',
    description: 'the least capacity, 0 to let it be paused (default: as recommended)',
    parse: parseMinCapacity,
  },
  {
    flags: '--max <acu>',
    description: 'the most capacity (default: as recommended)',
    parse: parseMaxCapacity,
  },
  {
    flags: '--seconds-until-auto-pause <seconds>',
    description: 'with a minimum of 0: pause when nobody used it for so long',
    parse: (text) => parseWhole(text, 1, MOST_SECONDS_UNTIL_AUTO_PAUSE),
    default: { value: DEFAULT_SECONDS_UNTIL_AUTO_PAUSE, text: String(DEFAULT_SECONDS_UNTIL_AUTO_PAUSE) },
  },
];

const TRACE_OPTIONS: readonly Option[] = [
  quantity('--vcpus <n>', 'processors of the machine that CPU percentages are of', {
    what: '--vcpus',
    unit: 'processors',
    least: 0.01,
    most: 4096,
  }),
  {
    flags: '--unit <unit>',
    description: `what the column "value" is in: ${VALUE_UNITS.join(', ')}`,
    parse: parseUnit,
  },
  quantity('--period <seconds>', 'time from row to row, for a file without timestamps', {
    what: '--period',
    unit: 'seconds',
    least: 0.001,
    most: 31 * 86_400,
  }),
  quantity('--cores-per-request <x>', 'CPU-seconds that a request takes, for a column of requests', {
    what: '--cores-per-request',
    unit: 'CPU-seconds',
    least: 1e-6,
    most: 1000,
  }),
  {
    flags: '--history <folder>',
    description: 'a record of airglow watch or up, with --target',
    parse: parsePath,
  },
  { flags: '--target <name>', description: 'whose record' },
  {
    flags: '--synthetic <pattern>',
    description: `a made load: ${PATTERN_NAMES.join(', ')}; may be repeated`,
    parse: parsePattern,
    isRepeatable: true,
  },
  quantity('--hours <h>', 'how long the made load lasts (default: a day, or what shows the pattern)', {
    what: '--hours',
    unit: 'hours',
    least: 1 / 60,
    most: 366 * 24,
  }),
  quantity(
    '--cores <n>',
    `processors that the busiest second of the made load needs (default: ${DEFAULT_CORES})`,
    { what: '--cores', unit: 'processors', least: 0.001, most: 1024 },
  ),
];

const DATABASE_OPTIONS: readonly Option[] = [
  quantity('--working-set <gib>', 'memory that is worth having, where the load does not say it', {
    what: '--working-set',
    unit: 'GiB',
    least: 0.01,
    most: 4096,
  }),
  quantity(
    '--request-ms <ms>',
    'CPU time of a request, mean',
    { what: '--request-ms', unit: 'milliseconds', least: 0.01, most: 600_000 },
    5,
  ),
  {
    flags: '--connections <n>',
    description: 'connections that are open',
    parse: (text) => parseWhole(text, 1, 100_000),
    default: { value: 100, text: '100' },
  },
  quantity('--host-cpus <n>', 'processors of the host (default: enough for 256 ACU)', {
    what: '--host-cpus',
    unit: 'processors',
    least: 0.125,
    most: 4096,
  }),
];

const OPTIMIZED_READS_OPTIONS: readonly Option[] = [
  {
    flags: '--optimized-reads',
    description: 'what a second cache tier on local NVMe would change, and when it would not help',
  },
  quantity('--tiered-cache <gib>', 'its size (default: the working set, up to five times the memory)', {
    what: '--tiered-cache',
    unit: 'GiB',
    least: 0.01,
    most: 65_536,
  }),
  quantity(
    '--local-latency-us <n>',
    'a page of 4 KiB from local storage under load (default: as recorded, or 150)',
    {
      what: '--local-latency-us',
      unit: 'microseconds',
      least: 1,
      most: 1_000_000,
    },
  ),
  quantity(
    '--storage-latency-us <n>',
    'a block of 8 KiB from where the data is (default: as recorded, or 500)',
    {
      what: '--storage-latency-us',
      unit: 'microseconds',
      least: 1,
      most: 10_000_000,
    },
  ),
];

const WORLD_OPTIONS: readonly Option[] = [
  {
    flags: '--seed <n>',
    description: 'of everything that is made up: the same seed gives the same plan',
    parse: (text) => parseWhole(text, 0, 2 ** 31 - 1),
    default: { value: 1, text: '1' },
  },
  {
    flags: '--no-bursts',
    description: 'replay steps of more than a second flat, without the bursts that real load has',
  },
  { flags: '--noise', description: 'let requests arrive at random, and sessions be sampled once a second' },
  quantity(
    '--control-delay <ms>',
    'from a decision until it is in force, beside what a policy itself takes',
    { what: '--control-delay', unit: 'milliseconds', least: 0, most: 3_600_000 },
    0,
  ),
];

const PRICE_OPTIONS: readonly Option[] = [
  {
    flags: '--region <region>',
    description: 'whose prices',
    parse: parseRegion,
    default: { value: 'us-east-1', text: 'us-east-1' },
  },
  quantity(
    '--storage-gib <n>',
    'size of the data',
    { what: '--storage-gib', unit: 'GiB', least: 0, most: 262_144 },
    100,
  ),
  quantity(
    '--io-millions <n>',
    'millions of I/O requests a month',
    { what: '--io-millions', unit: 'millions', least: 0, most: 10_000_000 },
    0,
  ),
  quantity('--host-price <usd>', "a host of one's own, an hour for each ACU (default: the price list's)", {
    what: '--host-price',
    unit: 'US dollars',
    least: 0,
    most: 1000,
  }),
];

const OUTPUT_OPTIONS: readonly Option[] = [
  { flags: '--list-policies', description: 'say which policies there are and what each does' },
  { flags: '--json', description: 'print JSON' },
  { flags: '--charts', description: 'with --json: the points of the charts, too' },
  {
    flags: '--html <file>',
    description: 'write a page with pictures that needs nothing else',
    parse: parsePath,
  },
];

export const PLAN_OPTIONS: readonly Option[] = [
  ...POLICY_OPTIONS,
  ...TRACE_OPTIONS,
  ...DATABASE_OPTIONS,
  ...OPTIMIZED_READS_OPTIONS,
  ...WORLD_OPTIONS,
  ...PRICE_OPTIONS,
  ...OUTPUT_OPTIONS,
];
