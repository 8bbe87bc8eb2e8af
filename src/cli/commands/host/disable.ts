import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  print,
  stateHint,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { formatSize } from '../../cluster/amounts.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import type { HostTierStatus } from '../../../daemon/fleet.ts';

export const disable = defineCommand<CommonOptions>({
  name: 'disable',
  summary: 'switch it off and give everything back',
  description:
    'Turns the swap file off, removes it, and gives every value of the host back that was changed for it. Databases that run with ' +
    'it are in the way; what lies there has to fit memory. It may take minutes.',
  arguments: [],
  options: COMMON_OPTIONS,
  examples: [{ command: 'airglow host tiered-cache disable', explanation: 'as if it had never been there' }],
  run: runDisable,
});

async function runDisable({ options }: Input<CommonOptions>, context: Context): Promise<void> {
  const client = await clientOf(options, context);
  const before = await client.hostTier();
  announce('Switching the tiered cache off', options, context);
  print(await client.disableHostTier(), options, context, (after) => [
    before.state === 'on' || before.state === 'lost'
      ? 'The tiered cache of this host is off; what was changed for it is given back'
      : 'The tiered cache of this host is off',
    ...after.users.map((user) => stillAsked(user, options)),
  ]);
}

function stillAsked({ name, sizeBytes }: HostTierStatus['users'][number], options: CommonOptions): string {
  return (
    `${name} still asks for ${formatSize(sizeBytes)} of it and starts without; to take that back: airglow cluster modify ${name} ` +
    `--tiered-cache 0${stateHint(options)}`
  );
}
