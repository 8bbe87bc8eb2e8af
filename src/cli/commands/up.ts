import { DEFAULT_SHAPE, type AcuShape } from '../../capacity/acu.ts';
import type { ListenAddress } from '../../daemon/listen-address.ts';
import type { Up } from '../../daemon/up.ts';
import { AirglowError } from '../../errors.ts';
import { parseIntervalMs, parseWhole } from '../arguments/duration.ts';
import { parseListen } from '../arguments/listen.ts';
import { STATE_OPTION, stateDirOf } from '../arguments/state-dir.ts';
import { firstLines, lastLines, UpNews } from '../cluster/up-lines.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { dashboardLines } from '../dashboard-address.ts';
import { listenForInterruption } from '../interruption.ts';

interface UpOptions {
  readonly state?: string;
  readonly listen: ListenAddress;
  readonly interval: number;
  readonly retentionDays: number;
  readonly price: number;
  readonly currency: string;
  readonly acuMemory: number;
  readonly acuCpus: number;
  readonly acuNetwork: number;
  /** False for --no-limits. */
  readonly limits: boolean;
  readonly sharedUser?: boolean;
}

const GIB = 1024 ** 3;
const MEGABYTE = 1e6;
const DEFAULT_PRICE = 0.12;

export const up = defineCommand<UpOptions>({
  name: 'up',
  summary: 'run databases whose capacity follows their load',
  description:
    'Runs the databases that airglow cluster create makes, lets their capacity follow their load, records both, and serves ' +
    'the record: the dashboard, a JSON API, server-sent events and metrics for Prometheus. Databases that should run are started. Ctrl-C ends ' +
    'Airglow only: databases run on, and the next airglow up finds them. Limits need root.',
  arguments: [],
  options: [
    {
      ...STATE_OPTION,
      description: STATE_OPTION.description.replace('state folder of airglow up', 'where everything is kept'),
    },
    {
      flags: '-l, --listen <address>',
      description: 'where to serve; changes, SQL and passwords need a token there',
      parse: parseListen,
      default: { value: { host: '127.0.0.1', port: 8642 }, text: '127.0.0.1:8642' },
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
    {
      flags: '--price <amount>',
      description: 'price of an ACU for an hour',
      parse: (text) => parseAmount(text, 0, 1e6),
      default: { value: DEFAULT_PRICE, text: String(DEFAULT_PRICE) },
    },
    {
      flags: '--currency <code>',
      description: 'what the price is in',
      parse: parseCurrency,
      default: { value: 'USD', text: 'USD' },
    },
    {
      flags: '--acu-memory <GiB>',
      description: 'memory of an ACU',
      parse: (text) => parseAmount(text, 0.25, 64),
      default: { value: DEFAULT_SHAPE.memoryBytes / GIB, text: String(DEFAULT_SHAPE.memoryBytes / GIB) },
    },
    {
      flags: '--acu-cpus <number>',
      description: 'processors of an ACU',
      parse: (text) => parseAmount(text, 0.05, 8),
      default: { value: DEFAULT_SHAPE.cpus, text: String(DEFAULT_SHAPE.cpus) },
    },
    {
      flags: '--acu-network <MB/s>',
      description: 'network of an ACU, which raises capacity and is not limited',
      parse: (text) => parseAmount(text, 1, 10_000),
      default: {
        value: DEFAULT_SHAPE.networkBytesPerSecond / MEGABYTE,
        text: String(DEFAULT_SHAPE.networkBytesPerSecond / MEGABYTE),
      },
    },
    { flags: '--no-limits', description: 'decide on capacity, and enforce nothing' },
    { flags: '--shared-user', description: 'make no system user for each database (as root)' },
  ],
  examples: [
    {
      command: 'airglow up',
      explanation: 'until Ctrl-C; airglow cluster create makes databases, from elsewhere',
    },
    {
      command: 'airglow up --state /srv/airglow --listen 0.0.0.0:8642',
      explanation: 'another folder; reachable from a network, where every request needs the token',
    },
    { command: 'airglow up --price 0.2 --currency EUR', explanation: 'costs in your own money' },
  ],
  run: runUpCommand,
});

async function runUpCommand({ options }: Input<UpOptions>, context: Context): Promise<void> {
  const { stdout, env } = context;
  const { runUp } = await import('../../daemon/up.ts');
  const interruption = listenForInterruption();
  const write = (lines: readonly string[]): void => {
    for (const line of lines) stdout.write(`${line}\n`);
  };
  try {
    const running = await runUp({
      stateDir: stateDirOf(options.state, env),
      listen: options.listen,
      intervalMs: options.interval,
      retentionDays: options.retentionDays,
      shape: shapeOf(options),
      price: { currency: options.currency, perAcuHour: options.price },
      limits: options.limits ? 'auto' : 'none',
      osUsers: options.sharedUser === true ? 'shared' : 'own',
      log: (line) => write([line]),
    });
    const shown = { isShort: options.state === undefined, isTerminal: stdout.isTTY };
    await follow(running, shown, write, interruption.happened);
  } finally {
    interruption.release();
  }
}

async function follow(
  running: Up,
  { isShort, isTerminal }: { readonly isShort: boolean; readonly isTerminal: boolean },
  write: (lines: readonly string[]) => void,
  interrupted: Promise<void>,
): Promise<void> {
  const { fleet } = running;
  const option = isShort ? '' : ` --state ${running.stateDir}`;
  const dashboard = dashboardLines(running, { isTerminal, option });
  write(firstLines(running, dashboard, fleet.list(), fleet.host.enforcementNote, option));
  const news = new UpNews();
  const leave = fleet.subscribe((message) => write(news.linesOf(message, Date.now())));
  await interrupted;
  leave();
  const left = fleet.list();
  write(['stopping']);
  await running.stop();
  write(lastLines(left, option));
}

function shapeOf({ acuMemory, acuCpus, acuNetwork }: UpOptions): AcuShape {
  return {
    memoryBytes: Math.round(acuMemory * GIB),
    cpus: acuCpus,
    networkBytesPerSecond: acuNetwork * MEGABYTE,
  };
}

function parseAmount(text: string, least: number, most: number): number {
  const amount = /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (amount >= least && amount <= most) return amount;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is not possible; choose a number from ${least} to ${most}`,
  );
}

function parseCurrency(text: string): string {
  if (/^\p{L}{1,8}$|^\p{Sc}$/u.test(text)) return text;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no currency; write it like USD or EUR`,
  );
}
