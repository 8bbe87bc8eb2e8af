import { BY_SHELL, commandOf, MARKER } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';

/** The unit of systemd. Keys that an older systemd does not know it names in its log and ignores. */
export function renderSystemdUnit(plan: ServicePlan): string {
  const command = commandOf(plan);
  // These systemd takes in no name of a program.
  const [program, ...rest] = /["'\\]/.test(command[0]) ? ([...BY_SHELL, ...command] as const) : command;
  // No variable is ever put into the program itself, so a `$` stays as it is there.
  const start = [quoteValue(program), ...rest.map(quoteArgument)].join(' ');
  const sections = [
    `${MARKER}\n# Changes of your own belong into a drop-in: systemctl ${plan.scope === 'user' ? '--user ' : ''}edit airglow`,
    unitSection(plan),
    serviceSection(plan, start),
    `[Install]\nWantedBy=${plan.scope === 'user' ? 'default.target' : 'multi-user.target'}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function unitSection({ scope, stateDir }: ServicePlan): string {
  const ofSystem = [
    'After=network.target',
    // A state folder on a disk of its own has to be there first.
    `RequiresMountsFor=${quoteValue(stateDir)}`,
  ];
  return [
    '[Unit]',
    'Description=Airglow: PostgreSQL whose capacity follows its load',
    ...(scope === 'system' ? ofSystem : []),
    '# It is tried again for ever: databases wait for it.',
    'StartLimitIntervalSec=0',
  ].join('\n');
}

function serviceSection({ scope }: ServicePlan, start: string): string {
  return [
    '[Service]',
    'Type=exec',
    `ExecStart=${start}`,
    'Restart=always',
    'RestartSec=1',
    '# What was typed cannot be run: that does not mend itself.',
    'RestartPreventExitStatus=2',
    '# Databases, and the sentinel that wakes them, run on when Airglow is stopped or restarted; the next one finds them.',
    'KillMode=process',
    'TimeoutStopSec=60',
    '# Capacity is enforced by control groups of our own.',
    'Delegate=cpu memory',
    ...(scope === 'user' ? OF_USER : OF_SYSTEM),
    '# A session that the kernel ends for want of memory is no reason to stop everything.',
    'OOMPolicy=continue',
    '# Descriptors of all sessions of all databases are held; their processes count as tasks of this unit.',
    'LimitNOFILE=524288',
    'TasksMax=infinity',
    'SyslogIdentifier=airglow',
  ].join('\n');
}

const OF_SYSTEM: readonly string[] = [
  '# Without Airglow no capacity follows its load, so the kernel is to end it last.',
  'OOMScoreAdjust=-900',
  '# It makes a system user for each database and changes to it, writes /etc/passwd, control groups and the state folder,',
  '# and duplicates sockets of paused databases. So nothing of ProtectSystem=, ProtectHome= (where Node.js may be),',
  '# ProtectControlGroups=, NoNewPrivileges= or PrivateUsers= can be had. Filters of system calls would be inherited by the',
  '# databases and cost them time in every call. What neither needs is taken from both:',
  'CapabilityBoundingSet=~CAP_SYS_MODULE CAP_SYS_RAWIO CAP_SYS_BOOT CAP_SYS_TIME CAP_SYSLOG CAP_MAC_ADMIN',
  'CapabilityBoundingSet=~CAP_MAC_OVERRIDE CAP_LINUX_IMMUTABLE CAP_SYS_TTY_CONFIG CAP_WAKE_ALARM CAP_BLOCK_SUSPEND',
];

const OF_USER: readonly string[] = [
  '# Groups below the unit leave no room for processes in it, so Airglow itself has to live in one of them. Before systemd',
  '# 254, which does not know this, it cannot be restarted while databases run: stop them first.',
  'DelegateSubgroup=airglow-daemon',
];

/** In an argument `$` would begin the name of a variable. */
function quoteArgument(text: string): string {
  return quoteValue(text.replaceAll('$', '$$$$'));
}

/** `%` begins a specifier everywhere; the rest are C's escapes within quotes. */
function quoteValue(text: string): string {
  const escaped = text.replaceAll('%', '%%');
  if (/^[\w@%+=:,./$[\]-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
