import { STATE_OPTION } from '../../arguments/state-dir.ts';
import type { CommandGroup } from '../../command.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { describe } from './describe.ts';
import { events } from './events.ts';
import { explain } from './explain.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { modify } from './modify.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { url } from './url.ts';

export const cluster: CommandGroup = {
  name: 'cluster',
  summary: 'make and run databases whose capacity follows their load',
  description:
    'Databases of the airglow up that runs with the same state folder. It is found by a socket in that folder, which only ' +
    'its owner can open.',
  options: [STATE_OPTION],
  examples: [
    { command: 'airglow up', explanation: 'runs the databases; leave it running' },
    { command: 'airglow cluster create shop', explanation: 'makes one, from another terminal' },
    { command: 'psql "$(airglow cluster url shop)"', explanation: 'uses it' },
    { command: 'airglow cluster explain shop', explanation: 'says why it has the capacity it has' },
  ],
  commands: [create, list, describe, modify, stop, start, remove, url, logs, explain, events],
};
