import { readFileSync } from 'node:fs';
import { AirglowError } from '../../errors.ts';
import type { ConnectionOptions as TlsOptions } from 'node:tls';

/** Where a database is and how to get in. What is left out, pg takes from PGUSER, PGPASSWORD, ~/.pgpass and their like. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** Settings of the session, as in `-c name=value`. */
  readonly options?: string;
  /** Ways to encrypt, tried in turn; false is none. */
  readonly encryption: readonly (TlsOptions | false)[];
  /** For messages: no user, no password. */
  readonly label: string;
  /** What must not show up in any message. */
  readonly secrets: readonly string[];
}

export const POSTGRES_SCHEMES = ['postgres', 'postgresql'] as const;

const SHAPE = 'postgresql://user@host:5432/database, or postgresql://user@/database?host=/socket/folder';
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Raises INVALID_URL; the message repeats nothing of the URL, which may hold a password. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = parseUrl(text);
  const { searchParams: parameters } = url;
  const host = parameters.get('host') || decode(url.hostname.replace(/^\[(.+)\]$/, '$1')) || defaultHost();
  const port = portOf(parameters.get('port') || url.port || process.env['PGPORT'] || '5432');
  const user = parameters.get('user') || decode(url.username);
  const password = parameters.get('password') || decode(url.password);
  const options = parameters.get('options');
  const database = parameters.get('dbname') || decode(url.pathname.slice(1));
  return {
    host,
    port,
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ...(options && { options }),
    encryption: encryptionOf(parameters, isLocal(host)),
    label: `${host.includes(':') ? `[${host}]` : host}:${port}${database && `/${database}`}`,
    secrets: secretsOf([password, url.password, process.env['PGPASSWORD'] ?? '']),
  };
}

function parseUrl(text: string): URL {
  // The standard wants a host where a user is given; PostgreSQL does not, for Unix sockets.
  const [, head, tail = ''] = /^(postgres(?:ql)?:\/\/[^/?#]*@)?(.*)$/is.exec(text.trim()) ?? [];
  const missesHost = head !== undefined && /^(?:[/?]|$)/.test(tail);
  const whole = missesHost ? head + encodeURIComponent(defaultHost()) + tail : text.trim();
  if (!/^[a-z]+:\/\//i.test(whole) || !URL.canParse(whole))
    throw invalid(`This is not a URL of a database; it should read ${SHAPE}. Of several hosts, name one.`);
  const url = new URL(whole);
  if (!POSTGRES_SCHEMES.some((scheme) => url.protocol === `${scheme}:`)) {
    throw invalid(`The URL must begin with postgresql:// or postgres://; it should read ${SHAPE}.`);
  }
  if (url.hostname.includes(',')) throw invalid('Name one host only: each server is a target of its own.');
  return url;
}

function defaultHost(): string {
  return process.env['PGHOST'] || 'localhost';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('The URL holds a % that is not followed by two hexadecimal digits; write % as %25.');
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalid('The port must be a number from 1 to 65535.');
  return port;
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** As libpq reads sslmode, but on this host encryption is used only if the server insists: it costs CPU on every tick. */
function encryptionOf(parameters: URLSearchParams, local: boolean): readonly (TlsOptions | false)[] {
  const mode = parameters.get('sslmode') || process.env['PGSSLMODE'] || (local ? 'allow' : 'prefer');
  if (!SSL_MODES.includes(mode)) throw invalid(`sslmode must be one of ${SSL_MODES.join(', ')}.`);
  if (mode === 'disable') return [false];
  const files = certificates(parameters);
  if (mode === 'verify-full') return [files];
  if (mode === 'verify-ca' || files.ca) {
    if (!files.ca) throw invalid('sslmode=verify-ca needs the file of the authority: add sslrootcert=/path.');
    return [{ ...files, checkServerIdentity: () => undefined }];
  }
  const unverified = { ...files, rejectUnauthorized: false };
  if (mode === 'require') return [unverified];
  return mode === 'prefer' ? [unverified, false] : [false, unverified];
}

function certificates(parameters: URLSearchParams): TlsOptions {
  const read = (name: string): Buffer | undefined => {
    const path = parameters.get(name);
    if (!path || path === 'system') return undefined;
    try {
      return readFileSync(path);
    } catch {
      throw invalid(`The file that ${name} names cannot be read.`);
    }
  };
  const [ca, cert, key] = [read('sslrootcert'), read('sslcert'), read('sslkey')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function secretsOf(candidates: readonly string[]): readonly string[] {
  return [...new Set(candidates)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_URL', message);
}
