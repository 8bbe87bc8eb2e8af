import { z } from 'zod';
import type { CreateRequest, EnableTierRequest, ModifyRequest } from '../daemon/fleet.ts';
import { AirglowError } from '../errors.ts';
import {
  DEFAULT_MAX_ACU,
  DEFAULT_MIN_ACU,
  ENGINE_VERSIONS,
  maxCapacityFault,
  minCapacityFault,
  nameFault,
  networkFault,
  parameterFault,
  rangeFault,
} from './cluster-rules.ts';
import type { Fault } from './cluster-rules.ts';
import {
  autoPauseFault,
  IGNORE_FIELDS,
  ignoreRuleFault,
  MOST_IGNORE_RULES,
  tidyIgnoreRules,
} from './pause-rules.ts';

/**
 * What may be asked of databases that Airglow runs. The bodies are strict: a misspelt field is refused, never ignored.
 */

const MOST_PARAMETERS = 100;
const MOST_NETWORKS = 100;
const MAX_MESSAGE_LENGTH = 600;

function schemaOf<Value>(schema: z.ZodType<Value>, findFault: (value: Value) => Fault) {
  return schema.superRefine((value, context) => {
    const message = findFault(value);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

const ignoreRule = schemaOf(
  z.strictObject({
    field: z.enum(IGNORE_FIELDS, `must be one of ${IGNORE_FIELDS.join(', ')}`),
    value: z.string(),
  }),
  ignoreRuleFault,
);

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
  minCapacity: schemaOf(z.number(), minCapacityFault).optional(),
  maxCapacity: schemaOf(z.number(), maxCapacityFault).optional(),
  secondsUntilAutoPause: schemaOf(z.number(), autoPauseFault).optional(),
  ignoreActivity: z
    .array(ignoreRule)
    .max(MOST_IGNORE_RULES, `may be ${MOST_IGNORE_RULES} at most`)
    .transform(tidyIgnoreRules)
    .optional(),
  listen: network.listen.optional(),
  allow: network.allow.optional(),
  tlsCertFile: network.tlsCertFile.optional(),
  tlsKeyFile: network.tlsKeyFile.optional(),
};

const MIB = 1024 ** 2;
const LEAST_TEMP_SPACE_BYTES = 64 * MIB;
/** Shared memory that is smaller than this needs no second tier. */
const LEAST_TIER_BYTES = 128 * MIB;
const MOST_BYTES = 2 ** 50;

const tempSpaceBytes = z
  .int('must be whole bytes')
  .min(LEAST_TEMP_SPACE_BYTES, 'must be 0.0625 GiB at least')
  .max(MOST_BYTES, 'must be a petabyte at most');

const tieredCacheBytes = z
  .int('must be whole bytes')
  .max(MOST_BYTES, 'must be a petabyte at most')
  .refine((bytes) => bytes === 0 || bytes >= LEAST_TIER_BYTES, 'must be 0.125 GiB at least, or 0 for none')
  .optional();

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
  localStorage: file.optional(),
  tempSpaceBytes: tempSpaceBytes.optional(),
  tieredCacheBytes,
});

const modifyFields = z.strictObject({
  ...changeable,
  parameters: parametersOf(z.string().nullable()).optional(),
  localStorage: file.nullable().optional(),
  tempSpaceBytes: tempSpaceBytes.nullable().optional(),
  tieredCacheBytes,
});

const tierFields = z.strictObject({
  path: file,
  sizeBytes: z
    .int('must be whole bytes')
    .min(LEAST_TIER_BYTES, 'must be 0.125 GiB at least')
    .max(MOST_BYTES, 'must be a petabyte at most'),
  dryRun: z.boolean().optional(),
});

/** Raises INVALID_ARGUMENT. */
export function parseEnableTier(body: unknown): EnableTierRequest {
  return withoutUndefined(parse(tierFields, body)) as EnableTierRequest;
}

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
