import { isIP } from 'node:net';
import { z } from 'zod';
import { ACU_STEP, isOnGrid, MOST_ACU } from '../capacity/acu.ts';
import type { CreateRequest, ModifyRequest } from '../daemon/fleet.ts';
import { AirglowError } from '../errors.ts';

/**
 * What may be asked of databases that Airglow runs. The bodies are strict: a misspelt field is refused, never ignored.
 * The command line checks with the same rules, so that both say the same.
 */

export const DEFAULT_MIN_ACU = 0.5;
export const DEFAULT_MAX_ACU = 8;
/** Until a database can be paused. */
export const LEAST_ACU = ACU_STEP;
export const ENGINE_VERSIONS = { oldest: 13, newest: 18 } as const;
export const MOST_LOG_LINES = 10_000;

const MOST_PARAMETERS = 100;
const MOST_NETWORKS = 100;
const MAX_MESSAGE_LENGTH = 600;

const CLUSTER_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/;
/** A line break in a value would begin a setting of its own. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/;

type Fault = string | null;

function schemaOf<Value>(schema: z.ZodType<Value>, findFault: (value: Value) => Fault) {
  return schema.superRefine((value, context) => {
    const message = findFault(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

export function nameFault(name: string): Fault {
  if (CLUSTER_NAME.test(name)) return null;
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return `${JSON.stringify(shown)} cannot name a database: begin with a to z, go on with a to z, 0 to 9 and -, 63 characters at most`;
}

export function capacityFault(acu: number): Fault {
  if (acu === 0) {
    return `a capacity of 0 needs pausing, which this version of Airglow cannot do yet: use ${LEAST_ACU} or more`;
  }
  if (!Number.isFinite(acu) || acu < LEAST_ACU || acu > MOST_ACU) {
    return `a capacity of ${acu} ACU is not possible: choose from ${LEAST_ACU} to ${MOST_ACU}`;
  }
  return isOnGrid(acu)
    ? null
    : `a capacity of ${acu} ACU is not possible: it goes in steps of ${ACU_STEP}, as in 0.5, 1 or 2.5`;
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

const capacity = schemaOf(z.number(), capacityFault);

const parametersOf = <Value extends z.ZodType<string | null>>(value: Value) =>
  z.record(z.string(), value).superRefine((parameters, context) => {
    const entries = Object.entries(parameters);
    if (entries.length > MOST_PARAMETERS) {
      context.addIssue({ code: 'custom', message: `may be ${MOST_PARAMETERS} at most` });
    }
    for (const [name, setting] of entries) {
      const message = parameterFault(name, setting);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }
  });

/** On the daemon's host; relative to what would be a guess. */
const file = z
  .string()
  .regex(/^\/[^\0]{1,1000}$/, 'must be a whole path on the host of the daemon, as in /etc/...');

const network = {
  listen: z
    .string()
    .regex(/^[A-Za-z0-9.:*-]{1,255}$/, 'must be an address of this host, as in 127.0.0.1 or 0.0.0.0'),
  allow: z.array(schemaOf(z.string(), networkFault)).max(MOST_NETWORKS, `may be ${MOST_NETWORKS} at most`),
  tlsCertFile: file,
  tlsKeyFile: file,
};

const changeable = {
  minCapacity: capacity.optional(),
  maxCapacity: capacity.optional(),
  listen: network.listen.optional(),
  allow: network.allow.optional(),
  tlsCertFile: network.tlsCertFile.optional(),
  tlsKeyFile: network.tlsKeyFile.optional(),
};

const { oldest, newest } = ENGINE_VERSIONS;
const versionMessage = `must be a whole number from ${oldest} to ${newest}`;

const createFields = z.strictObject({
  ...changeable,
  name: schemaOf(z.string(), nameFault),
  port: z
    .int('must be a whole number')
    .min(1, 'must be from 1 to 65535')
    .max(65_535, 'must be from 1 to 65535')
    .optional(),
  engineVersion: z.int(versionMessage).min(oldest, versionMessage).max(newest, versionMessage).optional(),
  parameters: parametersOf(z.string()).optional(),
});

const modifyFields = z.strictObject({
  ...changeable,
  parameters: parametersOf(z.string().nullable()).optional(),
});

/** With both capacities: what was left out has its default. Raises INVALID_ARGUMENT. */
export function parseCreate(body: unknown): CreateRequest {
  const fields = parse(createFields, body);
  const request = { minCapacity: DEFAULT_MIN_ACU, maxCapacity: DEFAULT_MAX_ACU, ...withoutUndefined(fields) };
  requireRange(request.minCapacity, request.maxCapacity);
  requireKeyPair(fields);
  return request as CreateRequest;
}

/** Raises INVALID_ARGUMENT; whether the capacities fit those that stay is not known here. */
export function parseModify(body: unknown): ModifyRequest {
  const fields = parse(modifyFields, body);
  const request = withoutUndefined(fields) as ModifyRequest;
  if (Object.keys(request).length === 0) {
    throw new AirglowError('INVALID_ARGUMENT', 'nothing to modify was given');
  }
  if (request.minCapacity !== undefined && request.maxCapacity !== undefined) {
    requireRange(request.minCapacity, request.maxCapacity);
  }
  requireKeyPair(fields);
  return request;
}

/** Raises INVALID_ARGUMENT. */
export function requireRange(min: number, max: number): void {
  const fault = rangeFault(min, max);
  if (fault !== null) throw new AirglowError('INVALID_ARGUMENT', fault);
}

interface KeyPair {
  readonly tlsCertFile?: string | undefined;
  readonly tlsKeyFile?: string | undefined;
}

function requireKeyPair({ tlsCertFile, tlsKeyFile }: KeyPair): void {
  if ((tlsCertFile === undefined) === (tlsKeyFile === undefined)) return;
  throw new AirglowError('INVALID_ARGUMENT', 'TLS needs both, a certificate and its key');
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const faults = [...new Set(result.error.issues.map(describeIssue))].join('; ');
  throw new AirglowError('INVALID_ARGUMENT', faults.slice(0, MAX_MESSAGE_LENGTH));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return `unknown field ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_type') {
    const article = /^[aeiou]/.test(issue.expected) ? 'an' : 'a';
    return `${field === '' ? 'the body' : field} must be ${article} ${issue.expected}`;
  }
  // What is a whole sentence already names what is wrong.
  return field !== '' && /^(?:must|may)/.test(issue.message) ? `${field} ${issue.message}` : issue.message;
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
