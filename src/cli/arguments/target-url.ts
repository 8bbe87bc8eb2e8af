import { userInfo } from 'node:os';
import { nameTargets } from '../../daemon/target-name.ts';
import { AirglowError } from '../../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The database meant: the argument, else AIRGLOW_URL, else the PG* variables that psql reads. A password in PGPASSWORD
 * or ~/.pgpass stays there: the driver takes it. Raises INVALID_ARGUMENT when nothing says which database, INVALID_URL for a
 * name in place of a URL.
 */
export function resolveTargetUrl(argument: string | undefined, env: Environment): string {
  if (argument !== undefined && argument !== '') return requireUrl(argument);
  const url = env['AIRGLOW_URL'];
  if (url !== undefined && url !== '') return url;
  const fromVariables = urlOfVariables(env);
  if (fromVariables !== null) return fromVariables;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    'no database given; add its URL (postgres://user@host:5432/database), or set AIRGLOW_URL or PGHOST',
  );
}

/** Whether there is a database of such a name is not asked: measuring it would wake it, so it is to be asked for. */
function requireUrl(text: string): string {
  if (!/^[a-z][a-z0-9-]*$/i.test(text)) return text;
  throw new AirglowError(
    'INVALID_URL',
    `"${text}" is no URL (postgres://user@host:5432/database). If it is a database of airglow up, its URL is ` +
      `"$(airglow cluster url ${text})"; airglow dashboard ${text} shows its load without asking it`,
  );
}

const DECIDING = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER'];

function urlOfVariables(env: Environment): string | null {
  const value = (name: string): string => env[name] ?? '';
  if (DECIDING.every((name) => value(name) === '')) return null;
  const user = value('PGUSER') === '' ? userInfo().username : value('PGUSER');
  const host = value('PGHOST') || value('PGHOSTADDR') || 'localhost';
  const port = value('PGPORT') || '5432';
  const parameters = new URLSearchParams();
  const isSocket = host.startsWith('/');
  // A URL needs a host; the parameter wins over it.
  if (isSocket) parameters.set('host', host);
  if (value('PGSSLMODE') !== '') parameters.set('sslmode', value('PGSSLMODE'));
  const place = isSocket ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const database = encodeURIComponent(value('PGDATABASE') || user);
  const query = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  return `postgres://${encodeURIComponent(user)}@${place}:${port}/${database}${query}`;
}

/** Short name of the database at `url`. Raises INVALID_URL. */
export function nameOf(url: string): string {
  return nameTargets([{ url }])[0] ?? 'default';
}

export interface NamedUrl {
  readonly name?: string;
  readonly url: string;
}

/** `name=URL` or only a URL. */
export function parseNamedUrl(text: string): NamedUrl {
  const match = /^([a-z0-9][a-z0-9-]*)=(.+)$/s.exec(text);
  const [, name, url] = match ?? [];
  return name !== undefined && url !== undefined ? { name, url } : { url: text };
}

/** Text with the passwords of URLs and of `password=` taken out, for messages that quote what somebody typed. */
export function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/?#]*@/gi, '$1@')
    .replace(/\b(password|pgpassword)=[^\s&]*/gi, '$1=…');
}
