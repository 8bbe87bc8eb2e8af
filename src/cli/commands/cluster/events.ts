import { parseName } from '../../arguments/cluster-arguments.ts';
import { parseWhole } from '../../arguments/duration.ts';
import { clientOf, COMMON_OPTIONS, NAME_ARGUMENT, print, type CommonOptions } from '../../cluster/answer.ts';
import { renderEvents } from '../../cluster/event-lines.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

interface EventsOptions extends CommonOptions {
  readonly from: string;
  readonly limit: number;
}

export const events = defineCommand<EventsOptions>({
  name: 'events',
  summary: 'show what happened to a database',
  description:
    'What the record knows: starts and stops, pauses and what woke it, failures, changes that could not be made, connections ' +
    'lost. Oldest first.',
  arguments: [NAME_ARGUMENT],
  options: [
    {
      flags: '--from <time>',
      description: 'since when: an offset such as -1h or -7d, or a time such as 2026-11-22T10:00',
      default: { value: '-1d', text: '-1d' },
    },
    {
      flags: '-n, --limit <number>',
      description: 'the newest so many',
      parse: (text) => parseWhole(text, 1, 1000),
      default: { value: 50, text: '50' },
    },
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'airglow cluster events shop', explanation: 'of the last day' },
    { command: 'airglow cluster events shop --from -7d --limit 500', explanation: 'of a week' },
  ],
  run: runEvents,
});

async function runEvents(
  { arguments: [name = ''], options }: Input<EventsOptions>,
  context: Context,
): Promise<void> {
  const { from, limit } = options;
  const client = await clientOf(options, context);
  const answer = await client.events(parseName(name), { from, limit });
  print(answer.events, options, context, (found) => renderEvents(found, context));
}
