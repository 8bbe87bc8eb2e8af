import { resolve } from 'node:path';
import {
  ENGINE_VERSIONS,
  maxCapacityFault,
  minCapacityFault,
  nameFault,
  networkFault,
  parameterFault,
} from '../../api/cluster-rules.ts';
import { AirglowError } from '../../errors.ts';
import { parseWhole } from './duration.ts';

/** What the commands about databases take. Each raises INVALID_ARGUMENT, in the words of the API. */

export function parseName(text: string): string {
  refuse(nameFault(text));
  return text;
}

export function parseMinCapacity(text: string): number {
  const acu = parseAcu(text);
  refuse(minCapacityFault(acu));
  return acu;
}

export function parseMaxCapacity(text: string): number {
  const acu = parseAcu(text);
  refuse(maxCapacityFault(acu));
  return acu;
}

function parseAcu(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text);
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no capacity: give a number of ACU, as in 0.5, 1 or 2.5`,
  );
}

export function parsePort(text: string): number {
  return parseWhole(text, 1, 65_535);
}

export function parseEngineVersion(text: string): number {
  return parseWhole(text, ENGINE_VERSIONS.oldest, ENGINE_VERSIONS.newest);
}

export type Parameter = readonly [name: string, value: string];

/** `work_mem=8MB` */
export function parseParameter(text: string): Parameter {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text)} is no parameter: write it like work_mem=8MB`,
    );
  }
  refuse(parameterFault(name.trim(), value));
  return [name.trim(), value];
}

export function parseParameterName(text: string): string {
  refuse(parameterFault(text, null));
  return text;
}

export function parseNetwork(text: string): string {
  refuse(networkFault(text));
  return text;
}

/** The daemon runs elsewhere in the tree, so it gets whole paths. */
export function parseFile(text: string): string {
  refuse(text.trim() === '' ? 'an empty text names no file' : null);
  return resolve(text);
}

/** As a whole path, too; an empty text would be the folder that one happens to be in. */
export function parseFolder(text: string): string {
  refuse(text.trim() === '' ? 'an empty text names no folder: write it as in /mnt/nvme' : null);
  return resolve(text);
}

function refuse(fault: string | null): void {
  if (fault !== null) throw new AirglowError('INVALID_ARGUMENT', fault);
}
