import { isIP } from 'node:net';
import { ACU_STEP, isOnGrid, MOST_ACU } from '../capacity/acu.ts';

/**
 * What names, capacities, networks and parameters of a database look like, for the API and the command line alike, so
 * that both say the same.
 */

export const DEFAULT_MIN_ACU = 0.5;
export const DEFAULT_MAX_ACU = 8;
export const ENGINE_VERSIONS = { oldest: 13, newest: 18 } as const;
export const MOST_LOG_LINES = 10_000;

const CLUSTER_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_$]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_$]{0,62}){0,3}$/;
/** A line break in a value would begin a setting of its own. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

/** What is wrong and the way out; null where nothing is. */
export type Fault = string | null;

export function nameFault(name: string): Fault {
  if (CLUSTER_NAME.test(name)) return null;
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return `${JSON.stringify(shown)} cannot name a database: begin with a to z, go on with a to z, 0 to 9 and -, 63 characters at most`;
}

export function minCapacityFault(acu: number): Fault {
  return acu === 0 ? null : capacityFault('minimum', acu, `0, or from ${ACU_STEP} to ${MOST_ACU}`);
}

export function maxCapacityFault(acu: number): Fault {
  return capacityFault('maximum', acu, `from ${ACU_STEP} to ${MOST_ACU}`);
}

function capacityFault(what: 'minimum' | 'maximum', acu: number, range: string): Fault {
  const impossible = `a ${what} capacity of ${acu} ACU is not possible`;
  if (!Number.isFinite(acu) || acu < ACU_STEP || acu > MOST_ACU) return `${impossible}: choose ${range}`;
  return isOnGrid(acu) ? null : `${impossible}: it goes in steps of ${ACU_STEP}, as in 0.5, 1 or 2.5`;
}

/** Both are possible by themselves. */
export function rangeFault(min: number, max: number): Fault {
  return min <= max
    ? null
    : `the minimum capacity (${min} ACU) is above the maximum (${max} ACU): lower one or raise the other`;
}

export function networkFault(cidr: string): Fault {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return prefix !== '' && Number(prefix) <= bits
    ? null
    : `${JSON.stringify(cidr)} is no network: write it like 10.0.0.0/8 or 192.0.2.7/32`;
}

export function parameterFault(name: string, value: string | null): Fault {
  if (!PARAMETER_NAME.test(name)) return `${JSON.stringify(name)} cannot name a parameter of PostgreSQL`;
  if (value === null) return null;
  if (value.length > 1000) return `the value of ${name} is longer than 1000 characters`;
  return CONTROL_CHARACTERS.test(value) ? `the value of ${name} holds a line break or the like` : null;
}
