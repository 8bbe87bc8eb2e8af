import { BY_SHELL, commandOf, MARKER, SERVICE_NAME } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';

/**
 * The same service for other managers, to be put in place by hand. Each ends Airglow's own process only, so that
 * databases run on.
 */
export const OTHER_MANAGERS: Readonly<Record<'openrc' | 'runit' | 'launchd', OtherManager>> = {
  openrc: {
    path: `/etc/init.d/${SERVICE_NAME}`,
    render: renderOpenrc,
    enable: [
      `chmod 755 /etc/init.d/${SERVICE_NAME}`,
      `rc-update add ${SERVICE_NAME} default`,
      `rc-service ${SERVICE_NAME} start`,
    ],
  },
  runit: {
    path: `/etc/sv/${SERVICE_NAME}/run`,
    render: renderRunit,
    enable: [`chmod 755 /etc/sv/${SERVICE_NAME}/run`, `ln -s /etc/sv/${SERVICE_NAME} /var/service/`],
  },
  launchd: {
    path: '/Library/LaunchDaemons/airglow.plist (or ~/Library/LaunchAgents/, for one user)',
    render: renderLaunchd,
    enable: ['launchctl load -w FILE'],
  },
};

export interface OtherManager {
  /** Where it belongs. */
  readonly path: string;
  readonly render: (plan: ServicePlan) => string;
  /** What is to be run then. */
  readonly enable: readonly string[];
}

function renderOpenrc(plan: ServicePlan): string {
  // The arguments are put through `eval`: they are quoted for that, and then as one word for here.
  const [shell, ...rest] = BY_SHELL;
  const words = [...rest, ...commandOf(plan)].map(quoteForShell).join(' ');
  return `#!/sbin/openrc-run
${MARKER}
description='Airglow: PostgreSQL whose capacity follows its load'
supervisor=supervise-daemon
command=${shell}
command_args=${quoteForShell(words)}
respawn_delay=1
respawn_max=0
retry=TERM/60
rc_ulimit='-n 524288'

depend() {
	need localmount
	after net
}
`;
}

function renderRunit(plan: ServicePlan): string {
  return `#!/bin/sh
${MARKER}
exec 2>&1
ulimit -n 524288 2>/dev/null
exec ${commandOf(plan).map(quoteForShell).join(' ')}
`;
}

function renderLaunchd(plan: ServicePlan): string {
  const words = commandOf(plan).map((word) => `    <string>${escapeXml(word)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARKER.slice(2)} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${SERVICE_NAME}</string>
  <key>ProgramArguments</key>
  <array>
${words.join('\n')}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>1</integer>
  <key>ExitTimeOut</key>
  <integer>60</integer>
  <!-- Databases run on when Airglow ends. -->
  <key>AbandonProcessGroup</key>
  <true/>
</dict>
</plist>
`;
}

/** One word of a POSIX shell. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
