import type { CommandGroup } from '../../command.ts';
import { install } from './install.ts';
import { status } from './status.ts';
import { uninstall } from './uninstall.ts';

export const service: CommandGroup = {
  name: 'service',
  summary: 'run airglow up as a service, so that databases come back after a reboot',
  description:
    'A service of systemd: of the machine for root, else of the user. It starts airglow up with the machine and again ' +
    'whenever it ends; databases that should run are started, and paused ones are woken by their clients.',
  examples: [
    {
      command: 'sudo airglow service install --now',
      explanation: 'a service of the machine, started at once',
    },
    { command: 'airglow service install --print', explanation: 'only shows the unit' },
    { command: 'airglow service status', explanation: 'whether it is installed, enabled and running' },
  ],
  commands: [install, uninstall, status],
};
