import { describe, expect, it } from 'vitest';
import { parsePostgresUrl } from './address.ts';
import { connectFailure, statementFailure } from './failure.ts';

const address = parsePostgresUrl('postgresql://joe:hunter2%21@db.example:5432/shop');

function error(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), code === '' ? {} : { code });
}

describe('connectFailure', () => {
  it.each([
    ['28P01', 'AUTHENTICATION_FAILED'],
    ['28000', 'AUTHENTICATION_FAILED'],
    ['53300', 'TOO_MANY_CONNECTIONS'],
    ['3D000', 'DATABASE_REFUSED'],
    ['57P03', 'DATABASE_REFUSED'],
    ['42501', 'DATABASE_REFUSED'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'DATABASE_REFUSED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'DATABASE_REFUSED'],
    ['ECONNREFUSED', 'DATABASE_UNREACHABLE'],
    ['ECONNRESET', 'DATABASE_UNREACHABLE'],
    ['ENOTFOUND', 'DATABASE_UNREACHABLE'],
    ['ETIMEDOUT', 'DATABASE_UNREACHABLE'],
    ['EACCES', 'DATABASE_UNREACHABLE'],
    ['ENOENT', 'DATABASE_UNREACHABLE'],
    ['EPIPE', 'DATABASE_UNREACHABLE'],
    ['', 'DATABASE_UNREACHABLE'],
  ])('%s means %s', (code, expected) => {
    expect(connectFailure(error(code), address).code).toBe(expected);
  });

  it('asks for the password where there is none', () => {
    const failure = connectFailure(
      error('', 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      address,
    );
    expect(failure.code).toBe('AUTHENTICATION_FAILED');
    expect(failure.message).toContain('PGPASSWORD');
  });

  it('reads the first of several attempts', () => {
    const several = new AggregateError([error('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')], '');
    expect(connectFailure(several, address).message).toContain('::1:5432');
  });

  it('repeats no password, plain or encoded', () => {
    const failure = connectFailure(error('28P01', 'no hunter2! nor hunter2%21'), address);
    expect(failure.message).not.toContain('hunter2');
    expect(failure.cause).toBeUndefined();
  });
});

describe('statementFailure', () => {
  it.each([
    ['57014', 'STATEMENT_TIMEOUT'],
    ['55P03', 'STATEMENT_TIMEOUT'],
    ['57P01', 'CONNECTION_LOST'],
    ['57P05', 'CONNECTION_LOST'],
    ['08006', 'CONNECTION_LOST'],
    ['25P03', 'CONNECTION_LOST'],
    ['EPIPE', 'CONNECTION_LOST'],
    ['ECONNRESET', 'CONNECTION_LOST'],
    ['', 'CONNECTION_LOST'],
    ['42501', 'INSUFFICIENT_PRIVILEGE'],
    ['42883', 'DATABASE_REFUSED'],
  ])('%s means %s', (code, expected) => {
    expect(statementFailure(error(code), address).code).toBe(expected);
  });
});
