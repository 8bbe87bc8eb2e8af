import { describe, expect, it } from 'vitest';
import { intervalForMs, parseDurationMs, parseIntervalMs, parseSeconds, parseWhole } from './duration.ts';
import { parseListen } from './listen.ts';
import { parseNamedUrl, resolveTargetUrl, withoutPasswords } from './target-url.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['1s', 1000],
    ['1.5 s', 1500],
    ['5min', 300_000],
    ['2h', 7_200_000],
  ])('%s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each(['', '1', 's', '-1s', '1 day', '1s2s'])('refuses "%s" and says how to write it', (text) => {
    expect(() => parseDurationMs(text)).toThrow(/250ms, 1s or 5min/);
  });

  it('keeps intervals between 100 ms and a minute', () => {
    expect(parseIntervalMs('100ms')).toBe(100);
    expect(() => parseIntervalMs('99ms')).toThrow(/100ms to 1min/);
    expect(() => parseIntervalMs('61s')).toThrow(/100ms to 1min/);
  });

  it('takes seconds with and without the unit', () => {
    expect([parseSeconds('20'), parseSeconds('20s'), parseSeconds('0.5')]).toEqual([20, 20, 0.5]);
    expect(() => parseSeconds('0')).toThrow(/not possible/);
  });

  it('samples much finer than the period, within what is possible', () => {
    expect([2, 20, 60, 3600].map(intervalForMs)).toEqual([100, 200, 600, 1000]);
  });

  it('takes whole numbers in a range only', () => {
    expect(parseWhole('7', 1, 10)).toBe(7);
    for (const text of ['', '0', '11', '1.5', 'x'])
      expect(() => parseWhole(text, 1, 10)).toThrow(/whole number/);
  });
});

describe('parseListen', () => {
  it.each([
    ['127.0.0.1:8642', { host: '127.0.0.1', port: 8642 }],
    ['8642', { host: '127.0.0.1', port: 8642 }],
    [':0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['db.example:80', { host: 'db.example', port: 80 }],
  ])('reads %s', (text, address) => expect(parseListen(text)).toEqual(address));

  it.each(['', 'host', 'host:', 'host:99999', 'http://host:80'])('refuses "%s"', (text) => {
    expect(() => parseListen(text)).toThrow(/127\.0\.0\.1:8642/);
  });
});

describe('resolveTargetUrl', () => {
  it('prefers the argument, then AIRGLOW_URL, then the variables of psql', () => {
    const env = { AIRGLOW_URL: 'postgres://b@h/d', PGHOST: 'other' };
    expect(resolveTargetUrl('postgres://a@h/d', env)).toBe('postgres://a@h/d');
    expect(resolveTargetUrl(undefined, env)).toBe('postgres://b@h/d');
    expect(resolveTargetUrl(undefined, { PGHOST: 'db1', PGUSER: 'app' })).toBe('postgres://app@db1:5432/app');
  });

  it('leaves the password where it is', () => {
    const url = resolveTargetUrl(undefined, { PGHOST: 'db1', PGUSER: 'app', PGPASSWORD: 'secret' });
    expect(url).not.toContain('secret');
  });

  it('makes a URL of a socket folder, and escapes what has to be', () => {
    const env = { PGHOST: '/run/pg', PGPORT: '5433', PGUSER: 'a b', PGDATABASE: 'x/y', PGSSLMODE: 'require' };
    const url = new URL(resolveTargetUrl(undefined, env));
    expect(url.searchParams.get('host')).toBe('/run/pg');
    expect(url.searchParams.get('sslmode')).toBe('require');
    expect([url.port, url.username, url.pathname]).toEqual(['5433', 'a%20b', '/x%2Fy']);
  });

  it('says what to do when nothing names a database', () => {
    expect(() => resolveTargetUrl(undefined, {})).toThrow(/AIRGLOW_URL or PGHOST/);
  });

  it('takes no name for a URL, and says how a database of airglow up is given', () => {
    expect(() => resolveTargetUrl('shop', {})).toThrow(/no URL.*"\$\(airglow cluster url shop\)"/);
  });
});

describe('targets of watch', () => {
  it('may be given a name', () => {
    expect(parseNamedUrl('shop=postgres://a@h/d?x=y')).toEqual({ name: 'shop', url: 'postgres://a@h/d?x=y' });
    expect(parseNamedUrl('postgres://a@h/d?x=y')).toEqual({ url: 'postgres://a@h/d?x=y' });
  });
});

describe('withoutPasswords', () => {
  it.each([
    ['no route to postgres://app:s3cr:et@db1/shop now', 'no route to postgres://app@db1/shop now'],
    ['postgres://db1/shop?user=a&password=s3cret&x=1', 'postgres://db1/shop?user=a&password=…&x=1'],
    ['host=db1 password=s3cret', 'host=db1 password=…'],
  ])('%s', (text, expected) => expect(withoutPasswords(text)).toBe(expected));
});
