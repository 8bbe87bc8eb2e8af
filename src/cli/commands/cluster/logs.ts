import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../api/client.ts';
import { MOST_LOG_LINES } from '../../../api/cluster-rules.ts';
import { AirglowError } from '../../../errors.ts';
import { parseName } from '../../arguments/cluster-arguments.ts';
import { parseWhole } from '../../arguments/duration.ts';
import { clientOf, COMMON_OPTIONS, NAME_ARGUMENT, print, type CommonOptions } from '../../cluster/answer.ts';
import { newLines } from '../../cluster/follow-lines.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { listenForInterruption } from '../../interruption.ts';
import { clean } from '../../terminal/text.ts';

interface LogsOptions extends CommonOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

const POLL_MS = 500;
/** Looked at each time; more than come in between. */
const FOLLOWED_LINES = 1000;

export const logs = defineCommand<LogsOptions>({
  name: 'logs',
  summary: "show the end of a database's log",
  description: 'The last lines of what PostgreSQL logs. --follow goes on with what comes, until Ctrl-C.',
  arguments: [NAME_ARGUMENT],
  options: [
    {
      flags: '-n, --lines <number>',
      description: 'how many',
      parse: (text) => parseWhole(text, 1, MOST_LOG_LINES),
      default: { value: 100, text: '100' },
    },
    { flags: '-f, --follow', description: 'go on with what comes' },
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'airglow cluster logs shop --lines 20', explanation: 'the last twenty lines' },
    { command: 'airglow cluster logs shop --follow', explanation: 'and all that come' },
  ],
  run: runLogs,
});

async function runLogs(
  { arguments: [name = ''], options }: Input<LogsOptions>,
  context: Context,
): Promise<void> {
  parseName(name);
  if (options.follow === true && options.json === true) {
    throw new AirglowError('INVALID_ARGUMENT', '--follow prints lines as they come: leave out --json');
  }
  const client = await clientOf(options, context);
  if (options.follow === true) return await follow(client, name, options.lines, context);
  print(await client.logs(name, options.lines), options, context, ({ lines }) => lines.map(printable));
}

async function follow(client: ApiClient, name: string, count: number, { stdout }: Context): Promise<void> {
  const interruption = listenForInterruption();
  const write = (lines: readonly string[]): void => {
    for (const line of lines) stdout.write(`${printable(line)}\n`);
  };
  try {
    let seen = (await client.logs(name, Math.max(count, FOLLOWED_LINES))).lines;
    write(seen.slice(-count));
    while (!interruption.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: interruption.signal }).catch(() => {});
      if (interruption.signal.aborted) return;
      const { lines } = await client.logs(name, FOLLOWED_LINES);
      write(newLines(seen, lines));
      seen = lines;
    }
  } finally {
    interruption.release();
  }
}

/** What a log holds may come from anybody who can send a statement; tabs and indents stay. */
function printable(line: string): string {
  const indent = /^[\t ]*/.exec(line)?.[0] ?? '';
  return indent + clean(line.slice(indent.length));
}
