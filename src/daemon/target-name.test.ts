import { expect, test } from 'vitest';
import { nameTargets } from './target-name.ts';

const nameOf = (url: string): string | undefined => nameTargets([{ url }])[0];

test.each([
  ['postgres://bob:secret@db1/shop', 'db1-shop'],
  ['postgres://bob:secret@db1:5432/shop?sslmode=require', 'db1-shop'],
  ['postgres://bob@db1.example.com:5433/Shop_EU', 'db1-example-com-5433-shop-eu'],
  ['postgres://bob@127.0.0.1:6000/shop', 'localhost-6000-shop'],
  ['postgres://bob@[::1]/shop', 'localhost-shop'],
  ['postgres://bob@[2001:db8::7]/shop', '2001-db8-7-shop'],
  ['postgres:///shop?host=/var/run/postgresql', 'local-shop'],
  ['postgres://bob@localhost/shop?host=%2Ftmp', 'local-shop'],
  ['postgres:///shop?host=db1&port=5433', 'db1-5433-shop'],
  ['postgres://bob@db1', 'db1-bob'],
  ['postgres://db1', 'db1-postgres'],
  ['postgresql://db1/caf%C3%A9%20au%20lait', 'db1-caf-au-lait'],
])('%s is called %s', (url, name) => {
  expect(nameOf(url)).toBe(name);
});

test('a name does not depend on what else is watched, nor on user, password or parameters', () => {
  const [first] = nameTargets([{ url: 'postgres://a:1@db1/shop' }, { url: 'postgres://a:1@db1:5433/shop' }]);
  expect(first).toBe(nameOf('postgres://b:2@db1/shop?application_name=x'));
});

test('what is too long or has no letters gets a hash of its own', () => {
  const long = nameOf(`postgres://db1/${'x'.repeat(100)}`);
  expect(long).toMatch(/^db1-x+-[0-9a-f]{8}$/);
  expect(long?.length).toBeLessThanOrEqual(63);
  expect(long).not.toBe(nameOf(`postgres://db1/${'x'.repeat(101)}`));
});

test('names given are kept, and must be names', () => {
  expect(nameTargets([{ name: 'shop', url: 'postgres://db1/x' }])).toEqual(['shop']);
  expect(() => nameTargets([{ name: 'Shop 1', url: 'postgres://db1/x' }])).toThrow(/cannot name a target/);
});

test('two targets of one name are refused', () => {
  const url = 'postgres://db1/shop';
  expect(() => nameTargets([{ url }, { url }])).toThrow(/two targets would be called db1-shop/);
});

test('a URL that cannot be read is refused without showing it', () => {
  expect(() => nameOf('postgres://bob:geheim@db1:notaport/x')).toThrow(/not a URL/);
  expect(() => nameOf('postgres://bob:geheim@db1:notaport/x')).not.toThrow(/geheim/);
});
