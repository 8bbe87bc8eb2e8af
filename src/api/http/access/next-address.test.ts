import { describe, expect, test } from 'vitest';
import { nextAddress, withoutToken } from './next-address.ts';

describe('where to go after signing in', () => {
  test.each([
    ['/', '/'],
    ['/db/shop/load?from=1&to=2&filter=db.user%3Aapp', '/db/shop/load?from=1&to=2&filter=db.user%3Aapp'],
    ['/db/caf%C3%A9', '/db/caf%C3%A9'],
    ['/db/shop#x', '/db/shop#x'],
  ])('%s is a page of ours', (given, next) => {
    expect(nextAddress(given)).toBe(next);
  });

  test.each([
    [undefined],
    [''],
    ['db/shop'],
    ['//evil.example'],
    ['//evil.example/%2f..'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['\u0000//evil.example'],
    ['/..//evil.example'],
    ['/.//evil.example'],
    ['/db/..//evil.example'],
    ['http://evil.example/'],
    ['https:evil.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    [' /db'],
    ['/a\r\nset-cookie: x=y'],
    ['/sign-in?next=/'],
    ['/sign-out'],
    [`/${'x'.repeat(5000)}`],
  ])('%j is not', (given) => {
    expect(nextAddress(given)).toBe('/');
  });
});

test('an address without its token is otherwise the same', () => {
  const at = (rest: string) => withoutToken(`http://localhost:8642${rest}`);
  expect(at('/?token=abc')).toBe('/');
  expect(at('/db/a%20b/load?from=1&token=abc&to=2')).toBe('/db/a%20b/load?from=1&to=2');
  expect(at('/db/x?filter=a%2Bb+c&token=abc&token=def&%74oken=g')).toBe('/db/x?filter=a%2Bb+c');
  expect(at('/db/x?tokens=1')).toBe('/db/x?tokens=1');
});
