import type { SwapArea } from '../../kernel/swap/swap-areas.ts';

/** What switching it on means for the whole host. `version` is that of the control groups. */
export function consequencesOf(version: 1 | 2): readonly string[] {
  return [
    'A swap file (airglow-tier.swap) takes the whole size on the disk at once and is turned on with the highest priority: whatever ' +
      'this host swaps out goes there first.',
    version === 1
      ? 'vm.swappiness of the host becomes 0, and memory.swappiness of every other control group, too: their processes are swapped ' +
        'out, to whatever swap there is, only when the whole host is in severe need of memory.'
      : "memory.swap.max becomes 0 in every control group beside those on the way to Airglow's: their processes swap nothing out any " +
        'more, to whatever swap there is. vm.swappiness stays as it is.',
    'vm.page-cluster of the host becomes 0: one page at a time comes back from swap, and not its neighbours.',
    'What databases have in memory is written to the disk unencrypted. Only root can read the file.',
    'All of it is noted before it is changed, comes back with airglow up after a reboot, and is given back by airglow host ' +
      'tiered-cache disable. That needs the databases that use it to be stopped, and memory for what lies there.',
  ];
}

export interface KeptOutFacts {
  readonly version: 1 | 2;
  readonly isOn: boolean;
  readonly otherSwap: readonly SwapArea[];
  /** How many control files could not be written. */
  readonly refused: number;
  /** How many groups are left alone, since they live with swap. */
  readonly spared: number;
}

/** What keeps other processes out of it, and what does not. */
export function keptOutOf({ version, isOn, otherSwap, refused, spared }: KeptOutFacts): readonly string[] {
  const [is, are] = isOn ? ['is', 'are'] : ['will be', 'will be'];
  const means =
    version === 1
      ? [
          `vm.swappiness, and memory.swappiness of every other control group, ${are} 0. Groups that are made later inherit that, and are looked after once a minute.`,
          'In severe need of the whole host the kernel may still swap out other processes.',
        ]
      : [
          `memory.swap.max ${is} 0 in every control group beside those on the way to Airglow's. Groups that are made later get it within a minute.`,
          "Processes in the root control group itself, and in those above Airglow's, cannot be kept out.",
        ];
  return [
    ...means,
    'Databases without a tiered cache are kept out by a limit of their own.',
    ...(refused === 0
      ? []
      : [
          `${refused} ${refused === 1 ? 'value' : 'values'} of other groups could not be set: they may use it.`,
        ]),
    ...(spared === 0
      ? []
      : [
          `${spared} other ${spared === 1 ? 'group lives' : 'groups live'} with swap, and could be killed without it: they may use it as long as that is so.`,
        ]),
    ...otherSwap.map(
      ({ path }) => `${path} is swap, too: pages of databases may go there when the tier is full.`,
    ),
  ];
}
