import { expect, it } from 'vitest';
import { clientOfTitle } from './newcomers.ts';

it.each([
  ['postgres: shop: app orders 10.0.0.7(49152) idle', { user: 'app', database: 'orders', host: '10.0.0.7' }],
  ['postgres: shop: app orders [local] SELECT', { user: 'app', database: 'orders', host: '[local]' }],
  ['postgres: app orders ::1(4915) authentication', { user: 'app', database: 'orders', host: '::1' }],
  [
    'postgres: shop: walsender app 10.0.0.7(4915) streaming 0/1',
    { user: 'app', database: 'replication', host: '10.0.0.7' },
  ],
])('%s is a client', (title, client) => {
  expect(clientOfTitle(title)).toEqual(client);
});

it.each([
  'postgres: shop: checkpointer ',
  'postgres: shop: autovacuum worker orders',
  'postgres: shop: logical replication launcher ',
  'postgres',
  '',
])('%s is none', (title) => {
  expect(clientOfTitle(title)).toBeNull();
});
