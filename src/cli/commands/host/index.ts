import { STATE_OPTION } from '../../arguments/state-dir.ts';
import type { CommandGroup } from '../../command.ts';
import { disable } from './disable.ts';
import { enable } from './enable.ts';
import { status } from './status.ts';

const tieredCache: CommandGroup = {
  name: 'tiered-cache',
  summary: 'a second cache tier on local storage for databases of this host',
  description:
    'Swap on local NVMe that only databases with --tiered-cache use: what does not fit their memory comes back from there instead ' +
    'of from slow storage. It is a matter of the whole host, so it is switched on separately, and needs root.',
  options: [STATE_OPTION],
  examples: [
    {
      command: 'airglow host tiered-cache enable --path /mnt/nvme --size 64',
      explanation: 'says what it means for the host, asks, and switches it on',
    },
    {
      command: 'airglow cluster modify shop --tiered-cache 16',
      explanation: 'gives 16 GiB of it to a database, from its next start on',
    },
    { command: 'airglow host tiered-cache status', explanation: 'who has how much of it' },
    { command: 'airglow host tiered-cache disable', explanation: 'gives everything back' },
  ],
  commands: [enable, status, disable],
};

export const host: CommandGroup = {
  name: 'host',
  summary: 'what databases of this host share',
  description:
    'Of the airglow up that runs with the same state folder. It is found by a socket in that folder, which only its owner can open.',
  options: [STATE_OPTION],
  examples: [{ command: 'airglow host tiered-cache status', explanation: 'the second cache tier' }],
  commands: [tieredCache],
};
