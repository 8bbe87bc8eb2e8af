import { AirglowError } from '../errors.ts';
import type { CommonOptions } from './cluster/answer.ts';
import { withState } from './cluster/state-in-commands.ts';

/** What the fields of the API are called on the command line. */
const OPTION_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['minCapacity', '--min-capacity'],
  ['maxCapacity', '--max-capacity'],
  ['secondsUntilAutoPause', '--seconds-until-auto-pause'],
  ['ignoreActivity', '--ignore-activity'],
  ['port', '--port'],
  ['engineVersion', '--engine-version'],
  ['parameters', '--parameter'],
  ['localStorage', '--local-storage'],
  ['tempSpaceBytes', '--temp-space'],
  ['tieredCacheBytes', '--tiered-cache'],
  ['listen', '--listen'],
  ['allow', '--allow'],
  ['tlsCertFile', '--tls-cert'],
  ['tlsKeyFile', '--tls-key'],
  ['path', '--path'],
  ['sizeBytes', '--size'],
]);

const FIELD_AT_FAULT = /(^|; )([A-Za-z]+)(?:\.\w+)*(?= (?:must|may) be )/g;

/** The API refuses fields; who sits here typed options. Anything but an {@link AirglowError} stays as it is. */
export function asTyped(error: unknown, options: Pick<CommonOptions, 'state'>): unknown {
  if (!(error instanceof AirglowError)) return error;
  const named = error.code === 'INVALID_ARGUMENT' ? withOptionNames(error.message) : error.message;
  const message = withState(named, options);
  return message === error.message ? error : new AirglowError(error.code, message, { cause: error });
}

function withOptionNames(message: string): string {
  return message.replace(FIELD_AT_FAULT, (fault, before: string, field: string) => {
    const option = OPTION_OF_FIELD.get(field);
    return option === undefined ? fault : before + option;
  });
}
