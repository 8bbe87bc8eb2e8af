import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from '../../daemon/observer.ts';
import { AirglowError, type ErrorCode } from '../../errors.ts';
import { parseIntervalMs } from '../arguments/duration.ts';
import { nameOf, resolveTargetUrl } from '../arguments/target-url.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { renderTop } from '../top/render-top.ts';
import { runTop, TopFeed } from '../top/run-top.ts';
import { INITIAL_VIEW } from '../top/view.ts';

interface TopCommandOptions {
  readonly interval: number;
  readonly once?: boolean;
}

export const top = defineCommand<TopCommandOptions>({
  name: 'top',
  summary: 'watch the load of a database live in the terminal',
  description:
    'Shows average active sessions over the last minutes by wait event, the number of processors as a line, the SQL ' +
    'that loads the database with its waits, sessions, and who blocks whom. Press ? for the keys.',
  arguments: [{ syntax: '[url]', description: 'the database, e.g. postgres://user@host:5432/database' }],
  options: [
    {
      flags: '-i, --interval <time>',
      description: 'time between ticks, 100ms to 1min',
      parse: parseIntervalMs,
      default: { value: 1000, text: '1s' },
    },
    { flags: '--once', description: 'print one picture after a few seconds and end; needs no terminal' },
  ],
  examples: [
    { command: 'airglow top postgres://app@localhost/shop', explanation: 'a tick every second' },
    { command: 'airglow top --interval 250ms', explanation: 'finer, the database that AIRGLOW_URL names' },
    { command: 'airglow top --once > picture.txt', explanation: 'a picture to send to somebody' },
  ],
  run: runTopCommand,
});

async function runTopCommand(input: Input<TopCommandOptions>, context: Context): Promise<void> {
  const {
    arguments: [argument],
    options,
  } = input;
  const url = resolveTargetUrl(argument, context.env);
  if (options.once !== true) requireTerminal(context);
  const { createObserver } = await import('../../daemon/postgres-observer.ts');
  const observer = createObserver({ url, target: nameOf(url), intervalMs: options.interval });
  try {
    await (options.once === true ? printOnce(observer, context) : runTop(observer, context));
  } finally {
    await observer.stop();
  }
}

function requireTerminal({ stdout }: Context): void {
  if (stdout.isTTY) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    'top draws on a terminal and the output is none; use airglow load, or airglow top --once for one picture',
  );
}

const ONCE_TICKS = 5;

/** Raises the error of the connection when there is none within the first attempt. */
async function printOnce(observer: Observer, { stdout, color, env }: Context): Promise<void> {
  const feed = new TopFeed(
    observer,
    () => null,
    () => {},
  );
  observer.start();
  while (feed.tickCount < ONCE_TICKS) {
    const { lastError } = observer.status();
    if (lastError !== null) throw new AirglowError(lastError.code as ErrorCode, lastError.message);
    await sleep(50);
  }
  const width = stdout.columns ?? sizeOf(env['COLUMNS'], 80);
  const height = stdout.rows ?? sizeOf(env['LINES'], 24);
  const lines = renderTop(feed.model(INITIAL_VIEW), { width, height, now: Date.now(), depth: color });
  stdout.write(`${lines.join('\n')}\n`);
  feed.stop();
}

function sizeOf(text: string | undefined, otherwise: number): number {
  const size = Number(text);
  return Number.isInteger(size) && size > 0 ? size : otherwise;
}
