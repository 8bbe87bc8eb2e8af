import { expect, it } from 'vitest';
import { TierReservations } from './tier-reservations.ts';

it('of two changes of one database each takes back its own', () => {
  const reservations = new TierReservations();
  const first = reservations.add('shop', 4);
  const second = reservations.add('shop', 8);
  reservations.add('crm', 2);
  expect(reservations.largest()).toEqual(
    new Map([
      ['shop', 8],
      ['crm', 2],
    ]),
  );
  first();
  first();
  expect(reservations.largest().get('shop')).toBe(8);
  second();
  expect([...reservations.largest().keys()]).toEqual(['crm']);
});

it('of two that ask for the same the other one stays', () => {
  const reservations = new TierReservations();
  reservations.add('shop', 4)();
  const release = reservations.add('shop', 4);
  reservations.add('shop', 4);
  release();
  expect(reservations.largest().get('shop')).toBe(4);
});
