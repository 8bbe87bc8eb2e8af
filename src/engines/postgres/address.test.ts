import { afterEach, describe, expect, it, vi } from 'vitest';
import { AirglowError } from '../../errors.ts';
import { parsePostgresUrl } from './address.ts';

afterEach(() => vi.unstubAllEnvs());

function failure(url: string): AirglowError {
  try {
    parsePostgresUrl(url);
  } catch (error) {
    if (error instanceof AirglowError) return error;
  }
  throw new Error('It was accepted.');
}

describe('parsePostgresUrl', () => {
  it.each([
    ['postgres://h', { host: 'h', port: 5432 }],
    ['postgresql://u:p%40%2F@h:6000/d', { host: 'h', port: 6000, user: 'u', password: 'p@/', database: 'd' }],
    ['postgresql://[::1]:6000/d', { host: '::1', port: 6000, database: 'd', label: '[::1]:6000/d' }],
    ['postgresql://u:p@/d?host=/tmp', { host: '/tmp', user: 'u', database: 'd', label: '/tmp:5432/d' }],
    ['postgresql:///d?host=/tmp&port=6000', { host: '/tmp', port: 6000, database: 'd' }],
    ['postgresql://%2Ftmp%2Fx/d', { host: '/tmp/x', database: 'd' }],
    ['postgresql://h/?dbname=d&user=u&password=p', { host: 'h', user: 'u', password: 'p', database: 'd' }],
  ])('%s', (url, expected) => {
    vi.stubEnv('PGHOST', undefined);
    vi.stubEnv('PGPORT', undefined);
    expect(parsePostgresUrl(url)).toMatchObject(expected);
  });

  it('leaves to the driver what is not said', () => {
    const address = parsePostgresUrl('postgresql://h');
    expect(['user', 'password', 'database'].filter((name) => name in address)).toEqual([]);
  });

  it('takes the host from PGHOST', () => {
    vi.stubEnv('PGHOST', '/run/postgresql');
    expect(parsePostgresUrl('postgresql://u@/d')).toMatchObject({ host: '/run/postgresql', user: 'u' });
    expect(parsePostgresUrl('postgresql:///d').host).toBe('/run/postgresql');
  });

  it.each([
    ['postgresql://h/d?sslmode=disable', [false]],
    ['postgresql://h/d?sslmode=require', [{ rejectUnauthorized: false }]],
    ['postgresql://h/d?sslmode=prefer', [{ rejectUnauthorized: false }, false]],
    ['postgresql://h/d?sslmode=verify-full', [{}]],
    ['postgresql://h/d', [{ rejectUnauthorized: false }, false]],
    ['postgresql://localhost/d', [false, { rejectUnauthorized: false }]],
    ['postgresql:///d?host=/tmp', [false, { rejectUnauthorized: false }]],
  ])('encrypts %s', (url, expected) => {
    vi.stubEnv('PGSSLMODE', undefined);
    expect(parsePostgresUrl(url).encryption).toEqual(expected);
  });

  it.each([
    'mysql://u:zqsecret@h/d',
    'postgresql:u:zqsecret@h/d',
    'u:zqsecret@h/d',
    'postgresql://u:zqsecret@h1,h2/d',
    'postgresql://u:zqsecret@h:0/d',
    'postgresql://u:zqsecret@h:999999/d',
    'postgresql://u:zqsecret%zz@h/d',
    'postgresql://u:zqsecret@h/d?sslmode=zqsecret',
    'postgresql://u:zqsecret@h/d?sslmode=verify-ca',
    'postgresql://u:zqsecret@h/d?sslrootcert=/nowhere/zqsecret',
    '',
  ])('refuses %s and repeats nothing of it', (url) => {
    const error = failure(url);
    expect(error.code).toBe('INVALID_URL');
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain('zqsecret');
  });
});
