import { isLoopback, type ListenAddress } from '../../daemon/listen-address.ts';
import type { Watch } from '../../daemon/watch.ts';
import { parseIntervalMs, parseWhole } from '../arguments/duration.ts';
import { parseListen } from '../arguments/listen.ts';
import { parseNamedUrl, resolveTargetUrl } from '../arguments/target-url.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { dashboardLines } from '../dashboard-address.ts';
import { listenForInterruption } from '../interruption.ts';

interface WatchOptions {
  readonly listen: ListenAddress;
  readonly data: string;
  readonly interval: number;
  readonly retentionDays: number;
}

export const watch = defineCommand<WatchOptions>({
  name: 'watch',
  summary: 'record the load of databases continuously and serve it',
  description:
    'Records every tick of one or more databases and serves the record: the dashboard, a JSON API, server-sent events and ' +
    'metrics for Prometheus. Ctrl-C stops it; what is recorded stays.',
  arguments: [{ syntax: '[url...]', description: 'databases, each a URL or name=URL' }],
  options: [
    {
      flags: '-l, --listen <address>',
      description: 'where to serve; SQL needs a token there, and off loopback everything does',
      parse: parseListen,
      default: { value: { host: '127.0.0.1', port: 8642 }, text: '127.0.0.1:8642' },
    },
    {
      flags: '-d, --data <folder>',
      description: 'where to keep the record',
      default: { value: 'airglow-data', text: './airglow-data' },
    },
    {
      flags: '-i, --interval <time>',
      description: 'time between ticks, 100ms to 1min',
      parse: parseIntervalMs,
      default: { value: 1000, text: '1s' },
    },
    {
      flags: '--retention-days <days>',
      description: 'how long to keep the record',
      parse: (text) => parseWhole(text, 1, 3650),
      default: { value: 7, text: '7' },
    },
  ],
  examples: [
    {
      command: 'airglow watch postgres://app@localhost/shop',
      explanation: 'one database, recorded in ./airglow-data',
    },
    {
      command:
        'airglow watch shop=postgres://app@db1/shop crm=postgres://app@db2/crm --data /var/lib/airglow',
      explanation: 'two, under names of your own',
    },
  ],
  run: runWatchCommand,
});

async function runWatchCommand(input: Input<WatchOptions>, { stdout, env }: Context): Promise<void> {
  const { arguments: urls, options } = input;
  const targets = (urls.length > 0 ? urls : [resolveTargetUrl(undefined, env)]).map(parseNamedUrl);
  const { runWatch } = await import('../../daemon/watch.ts');
  const watching = await runWatch({
    targets,
    listen: options.listen,
    dataDir: options.data,
    intervalMs: options.interval,
    retentionDays: options.retentionDays,
    log: (line) => stdout.write(`${line}\n`),
  });
  stdout.write(`${nextSteps(watching, options, stdout.isTTY).join('\n')}\n`);
  await listenForInterruption().happened;
  stdout.write('stopping\n');
  await watching.stop();
}

function nextSteps(watching: Watch, { listen, data }: WatchOptions, isTerminal: boolean): readonly string[] {
  const { url } = watching;
  const header = isLoopback(listen.host) ? '' : ` -H "Authorization: Bearer $(cat ${data}/token)"`;
  return [
    `watching; the record is in ${data}, served at ${url}`,
    ...dashboardLines(watching, { isTerminal, option: ` --data ${data}` }),
    `  curl${header} ${url}/api/targets`,
    `  curl${header} ${url}/metrics`,
    'Ctrl-C stops.',
  ];
}
