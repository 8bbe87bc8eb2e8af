import { parseName } from '../../arguments/cluster-arguments.ts';
import { clientOf, COMMON_OPTIONS, NAME_ARGUMENT, print, type CommonOptions } from '../../cluster/answer.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

interface UrlOptions extends CommonOptions {
  readonly database?: string;
}

export const url = defineCommand<UrlOptions>({
  name: 'url',
  summary: 'print how to connect to a database, with the password',
  description:
    'Prints a connection string for psql and drivers, and nothing else. It holds the password of the superuser: keep it out of ' +
    'logs, and out of the command lines of programs that others can list.',
  arguments: [NAME_ARGUMENT],
  options: [
    { flags: '-d, --database <name>', description: 'another database of the server (default: postgres)' },
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'psql "$(airglow cluster url shop)"', explanation: 'a session' },
    { command: 'AIRGLOW_URL="$(airglow cluster url shop)" airglow top', explanation: 'its load, live' },
  ],
  run: runUrl,
});

async function runUrl(
  { arguments: [name = ''], options }: Input<UrlOptions>,
  context: Context,
): Promise<void> {
  const client = await clientOf(options, context);
  const answer = await client.clusterUrl(parseName(name), options.database);
  print(answer, options, context, ({ url: text }) => [text]);
}
