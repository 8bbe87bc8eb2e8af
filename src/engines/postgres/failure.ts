import { AirglowError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import type { PostgresAddress } from './address.ts';

/** What the driver and the server say when something fails: SQLSTATE or a code of Node in `code`. */
interface Failure {
  readonly code: string;
  readonly message: string;
}

const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
/** Connection exceptions, shutdown, and time-outs that end a session. */
const ENDS_SESSION = /^(?:08|57P|25P03)/;

/** An error's code: SQLSTATE, one of Node's, or empty. */
export function codeOf(error: unknown): string {
  return failureOf(error).code;
}

/** What a failed attempt to connect means. Driver errors are not kept as cause: they may hold the connection string. */
export function connectFailure(error: unknown, address: PostgresAddress): AirglowError {
  if (error instanceof AirglowError) return error;
  const { code, message } = failureOf(error);
  const said = scrub(message, address);
  const found = CONNECT_RULES.find((rule) => rule.test?.test(code) || rule.says?.test(message));
  const rule = found ?? (SQLSTATE.test(code) ? OTHER_REFUSAL : UNREACHABLE);
  return new AirglowError(rule.code, `${address.label}: ${rule.remedy} (${said})`);
}

/** What a failed statement means. */
export function statementFailure(error: unknown, address: PostgresAddress): AirglowError {
  if (error instanceof AirglowError) return error;
  const { code, message } = failureOf(error);
  const said = scrub(message, address);
  if (code === '57014' || code === '55P03')
    return new AirglowError(
      'STATEMENT_TIMEOUT',
      `${address.label}: the server cancelled the statement (${said}).`,
    );
  if (code === '42501')
    return new AirglowError(
      'INSUFFICIENT_PRIVILEGE',
      `${address.label}: ${said}; grant pg_monitor to this role.`,
    );
  const lost = !SQLSTATE.test(code) || ENDS_SESSION.test(code);
  if (lost) return new AirglowError('CONNECTION_LOST', `${address.label}: the connection is gone (${said}).`);
  return new AirglowError('DATABASE_REFUSED', `${address.label}: ${said} (${code}).`);
}

interface ConnectRule {
  readonly code: ErrorCode;
  /** Either the code or the message tells. */
  readonly test?: RegExp;
  readonly says?: RegExp;
  readonly remedy: string;
}

const UNREACHABLE: ConnectRule = {
  code: 'DATABASE_UNREACHABLE',
  remedy: 'no PostgreSQL answers there; check host, port and firewall, and that the server runs',
};
const OTHER_REFUSAL: ConnectRule = { code: 'DATABASE_REFUSED', remedy: 'the server refuses' };

const CONNECT_RULES: readonly ConnectRule[] = [
  { code: 'AUTHENTICATION_FAILED', test: /^28P01$/, remedy: 'wrong user or password' },
  {
    code: 'AUTHENTICATION_FAILED',
    says: /client password must be a (?:non-empty )?string/i,
    remedy: 'the server wants a password; give it in PGPASSWORD or ~/.pgpass',
  },
  {
    code: 'AUTHENTICATION_FAILED',
    test: /^28000$/,
    remedy: 'the server does not let this user in from here; check the user, pg_hba.conf and sslmode',
  },
  {
    code: 'TOO_MANY_CONNECTIONS',
    test: /^53300$/,
    remedy:
      'no connection is left; raise max_connections, or give the role a reserved one (reserved_connections)',
  },
  { code: 'DATABASE_REFUSED', test: /^3D000$/, remedy: 'there is no such database' },
  { code: 'DATABASE_REFUSED', test: /^57P0/, remedy: 'the server is starting or stopping; try again soon' },
  {
    code: 'DATABASE_REFUSED',
    says: /does not support SSL/i,
    remedy:
      'the server does not encrypt, but sslmode asks for it; use sslmode=disable if the network is safe',
  },
  {
    code: 'DATABASE_REFUSED',
    test: /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/,
    remedy:
      'the certificate of the server is not accepted; name its authority with sslrootcert, or use sslmode=require',
  },
  {
    code: 'DATABASE_UNREACHABLE',
    test: /^(?:ENOTFOUND|EAI_AGAIN)$/,
    remedy: 'the name of the host is not known',
  },
  { code: 'DATABASE_UNREACHABLE', test: /^EACCES$/, remedy: 'the socket may not be opened by this user' },
  { code: 'DATABASE_UNREACHABLE', test: /^ENOENT$/, remedy: 'there is no such socket; check host and port' },
];

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node reports a host with several addresses as an aggregate without a message of its own.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  return { code, message: error.message || (first instanceof Error ? first.message : code) };
}

/** No word of the password, of whatever origin. */
function scrub(message: string, address: PostgresAddress): string {
  return address.secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message).replace(/\.$/, '');
}
