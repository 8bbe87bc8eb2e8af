import { isIP, SocketAddress } from 'node:net';
import type { IgnoreRule } from '../daemon/fleet.ts';
import type { Fault } from './cluster-rules.ts';

/** How long nobody may have used a database before it is paused, and whose activity does not count. */

/** As in Aurora. */
export const DEFAULT_SECONDS_UNTIL_AUTO_PAUSE = 300;
export const MOST_SECONDS_UNTIL_AUTO_PAUSE = 86_400;
export const MOST_IGNORE_RULES = 100;
export const IGNORE_FIELDS = ['user', 'application', 'database', 'host'] as const;

/** PostgreSQL cuts names at this length, so a longer one would fit no session. */
const MOST_NAME_BYTES = 63;
/** How the host of a session over a Unix socket is written. */
const UNIX_SOCKET = '[local]';
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

export function autoPauseFault(seconds: number): Fault {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS_UNTIL_AUTO_PAUSE
    ? null
    : `pausing after ${seconds} seconds is not possible: choose a whole number from 1 to ${MOST_SECONDS_UNTIL_AUTO_PAUSE}`;
}

export function ignoreRuleFault({ field, value }: IgnoreRule): Fault {
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  if (value === '')
    return `${field} of the activity to ignore is empty: write it like ${field}=${EXAMPLES[field]}`;
  if (field === 'host') return isHost(value) ? null : `${shown} is no host to ignore: write ${HOST_SHAPES}`;
  if (CONTROL_CHARACTERS.test(value))
    return `the ${field} to ignore holds a line break or the like: ${shown}`;
  return Buffer.byteLength(value) <= MOST_NAME_BYTES
    ? null
    : `the ${field} to ignore, ${shown}, is longer than ${MOST_NAME_BYTES} bytes, where PostgreSQL cuts names: give the cut one`;
}

const EXAMPLES: Readonly<Record<IgnoreRule['field'], string>> = {
  user: 'exporter',
  application: 'healthcheck',
  database: 'metrics',
  host: '10.0.0.7',
};
const HOST_SHAPES = `an address such as 10.0.0.7 or fd00::7, or ${UNIX_SOCKET} for clients on a Unix socket`;

function isHost(text: string): boolean {
  return text === UNIX_SOCKET || isIP(text) !== 0;
}

/** Each rule once, addresses as PostgreSQL writes them. */
export function tidyIgnoreRules(rules: readonly IgnoreRule[]): readonly IgnoreRule[] {
  const tidied = rules.map(({ field, value }) => ({
    field,
    value: field === 'host' ? tidyHost(value) : value,
  }));
  return [...new Map(tidied.map((rule) => [`${rule.field}=${rule.value}`, rule])).values()];
}

function tidyHost(host: string): string {
  // One with a zone (`fe80::1%eth0`) would lose it.
  return isIP(host) === 6 && !host.includes('%')
    ? new SocketAddress({ address: host, family: 'ipv6' }).address
    : host;
}
