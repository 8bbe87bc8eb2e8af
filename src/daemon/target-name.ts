import { createHash } from 'node:crypto';
import { AirglowError } from '../errors.ts';

const MAX_LENGTH = 63;
const DEFAULT_PORT = '5432';
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);

/**
 * Names for the targets, in their order: the name given, else host and database of the URL (`db1-shop`, and
 * `db1-5433-shop` for another port). A name depends on its own URL only, so that the record goes on under it
 * whatever else is watched. Raises INVALID_ARGUMENT when two are alike, INVALID_URL when there is no host to see.
 */
export function nameTargets(targets: readonly { readonly name?: string; readonly url: string }[]): string[] {
  const names = targets.map(({ name, url }) => (name === undefined ? nameFromUrl(url) : requireName(name)));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `two targets would be called ${twice}; give one of them another name`,
  );
}

function requireName(name: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(name)} cannot name a target: use a to z, 0 to 9 and -, at most ${MAX_LENGTH} characters`,
  );
}

function nameFromUrl(text: string): string {
  const url = parse(text);
  const parameters = url.searchParams;
  // As in the driver, the parameter wins over the host of the URL; a folder means a Unix socket.
  const asked = parameters.get('host') || url.hostname;
  const host = asked === '' || asked.startsWith('/') ? 'local' : asked;
  const port = url.port || parameters.get('port') || DEFAULT_PORT;
  const database =
    decode(url.pathname.slice(1)) || parameters.get('dbname') || decode(url.username) || 'postgres';
  const parts = [
    LOOPBACK_HOSTS.has(host) ? 'localhost' : decode(host),
    ...(port === DEFAULT_PORT ? [] : [port]),
    database,
  ];
  return shorten(
    parts
      .map(toWord)
      .filter((word) => word !== '')
      .join('-'),
    parts.join('\0'),
  );
}

/** The URL holds a password, so it is never part of a message. */
function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new AirglowError(
      'INVALID_URL',
      'a target is not a URL; it looks like postgres://user@host:5432/database (special characters as %XX)',
    );
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toWord(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** A name that had to be cut, or of which nothing is left, is told apart by a hash. */
function shorten(name: string, identity: string): string {
  if (name !== '' && name.length <= MAX_LENGTH) return name;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_LENGTH - 9).replace(/-$/, '')}-${hash}`.replace(/^-/, '');
}
