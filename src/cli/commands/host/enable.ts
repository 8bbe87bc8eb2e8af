import { createInterface } from 'node:readline/promises';
import type { ApiClient } from '../../../api/client.ts';
import type { EnableTierRequest, HostTierStatus } from '../../../daemon/fleet.ts';
import { AirglowError } from '../../../errors.ts';
import { parseFolder } from '../../arguments/cluster-arguments.ts';
import { formatSize } from '../../cluster/amounts.ts';
import {
  announce,
  clientOf,
  COMMON_OPTIONS,
  print,
  stateHint,
  widthOf,
  type CommonOptions,
} from '../../cluster/answer.ts';
import { renderConsequences } from '../../cluster/host-tier-report.ts';
import { tierWithState } from '../../cluster/state-in-commands.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { Declined } from '../../failure.ts';
import { parseGib } from '../cluster/optimized-reads-options.ts';

const PROGRESS_MS = 2000;

interface EnableOptions extends CommonOptions {
  readonly path?: string;
  readonly size?: number;
  readonly yes?: boolean;
}

export const enable = defineCommand<EnableOptions>({
  name: 'enable',
  summary: 'make a swap file on local storage and keep all but databases out of it',
  description:
    'Says first what it means for the whole host, and asks. Everything that is changed is noted before, comes back after a reboot with ' +
    'airglow up, and is given back by disable. Needs an airglow up that runs as root.',
  arguments: [],
  options: [
    {
      flags: '--path <folder>',
      description: 'an existing folder on local storage; needed',
      parse: parseFolder,
    },
    { flags: '--size <GiB>', description: 'what databases may have of it together; needed', parse: parseGib },
    { flags: '-y, --yes', description: 'do not ask' },
    ...COMMON_OPTIONS,
  ],
  examples: [
    { command: 'airglow host tiered-cache enable --path /mnt/nvme --size 64', explanation: 'asks' },
    {
      command: 'airglow host tiered-cache enable --path /mnt/nvme --size 64 --yes',
      explanation: 'in a script',
    },
  ],
  run: runEnable,
});

async function runEnable({ options }: Input<EnableOptions>, context: Context): Promise<void> {
  const request = requestOf(options);
  const client = await clientOf(options, context);
  const before = await client.hostTier();
  // Nobody is asked to confirm what cannot be done, or what is there already; the daemon answers both.
  if (before.state === 'off' || before.state === 'lost') {
    await client.enableHostTier({ ...request, dryRun: true });
    const lines = renderConsequences(request, tierWithState(before, options), widthOf(context));
    context.stderr.write(`${lines.join('\n')}\n`);
    if (options.yes !== true) await confirm(context);
    announce('Switching the tiered cache on', options, context);
  }
  const enabled = await withProgress(client, context, client.enableHostTier(request));
  print(enabled, options, context, ({ path, sizeBytes }) => [
    `The tiered cache of this host is on: ${formatSize(sizeBytes)} in ${path ?? request.path}`,
    `To give a database some of it, which restarts it: airglow cluster modify NAME --tiered-cache GiB --restart${stateHint(options)}`,
  ]);
}

function requestOf({ path, size }: EnableOptions): EnableTierRequest {
  if (path !== undefined && size !== undefined) return { path, sizeBytes: size };
  const missing = path === undefined ? '--path, a folder on local storage' : '--size, in GiB';
  throw new AirglowError('INVALID_ARGUMENT', `say where and how large it is to be: ${missing}, is missing`);
}

/** Says on a terminal how much of the file is written, where it has to be written. */
async function withProgress<Answer>(
  client: ApiClient,
  { stderr }: Context,
  work: Promise<Answer>,
): Promise<Answer> {
  if (!stderr.isTTY) return await work;
  let said: string | null = null;
  const timer = setInterval(() => {
    const tell = ({ state, reason }: HostTierStatus): void => {
      if (state !== 'off' || reason === null || reason === said) return;
      stderr.write(`${reason}\n`);
      said = reason;
    };
    void client.hostTier().then(tell, () => {});
  }, PROGRESS_MS);
  return await work.finally(() => clearInterval(timer));
}

/** Raises INVALID_ARGUMENT. */
async function confirm({ stdin, stderr }: Context): Promise<void> {
  if (!stdin.isTTY) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      'this changes the whole host: say --yes where there is no terminal to ask on',
    );
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await terminal.question('Go on? [y/N] ');
    if (/^y(?:es)?$/i.test(answer.trim())) return;
  } finally {
    terminal.close();
  }
  throw new Declined('Nothing is changed');
}
