import { clientOf, COMMON_OPTIONS, print, widthOf, type CommonOptions } from '../../cluster/answer.ts';
import { renderHostTier } from '../../cluster/host-tier-report.ts';
import { tierWithState } from '../../cluster/state-in-commands.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';

export const status = defineCommand<CommonOptions>({
  name: 'status',
  summary: 'say whether it is on, who has how much of it, and who is kept out',
  description:
    'While it is off: whether it can be had here, and what switching it on would mean for the whole host.',
  arguments: [],
  options: COMMON_OPTIONS,
  examples: [{ command: 'airglow host tiered-cache status', explanation: 'for people' }],
  run: runStatus,
});

async function runStatus({ options }: Input<CommonOptions>, context: Context): Promise<void> {
  const client = await clientOf(options, context);
  const shown = { width: widthOf(context), color: context.color };
  print(await client.hostTier(), options, context, (tier) =>
    renderHostTier(tierWithState(tier, options), shown),
  );
}
