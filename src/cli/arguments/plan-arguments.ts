import { resolve } from 'node:path';
import { AirglowError } from '../../errors.ts';
import { VALUE_UNITS, type ValueUnit } from '../../planner/traces/columns.ts';
import { PATTERN_NAMES, type Pattern } from '../../planner/traces/synthetic.ts';

/** What `airglow plan` takes. Each raises INVALID_ARGUMENT. */

export interface Quantity {
  /** As in "the length of a made load". */
  readonly what: string;
  readonly unit: string;
  readonly least: number;
  readonly most: number;
}

export function parseQuantity(text: string, { what, unit, least, most }: Quantity): number {
  const value = Number(text);
  const isNumber = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text.trim());
  if (isNumber && value >= least && value <= most) return value;
  const range = `from ${plain(least)} to ${plain(most)}`;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is not possible for ${what}: give a number of ${unit} ${range}`,
  );
}

function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6, useGrouping: false });
}

/** `airglow,neon`; whether there are such policies is for the planner to say. */
export function parsePolicies(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (names.every((name) => /^[a-z0-9][a-z0-9-]*$/.test(name))) return names;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} names no policies: write them like airglow,aurora-v2 or all; airglow plan --list-policies lists them`,
  );
}

/** What the column `value` of a trace is in. */
export function parseUnit(text: string): ValueUnit {
  return oneOf(VALUE_UNITS, text, 'unit of a trace');
}

/** A made load. */
export function parsePattern(text: string): Pattern {
  return oneOf(PATTERN_NAMES, text, 'pattern of a made load');
}

function oneOf<Name extends string>(names: readonly Name[], text: string, what: string): Name {
  const found = names.find((name) => name === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no ${what}: choose one of ${names.join(', ')}`,
  );
}

/** As in `us-east-1`. */
export function parseRegion(text: string): string {
  if (/^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/.test(text.trim())) return text.trim();
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no region: write it like us-east-1 or eu-central-1`,
  );
}

/** A whole path, so that it can be said where the file is. */
export function parsePath(text: string): string {
  if (text.trim() !== '') return resolve(text);
  throw new AirglowError('INVALID_ARGUMENT', 'an empty path names no file');
}
