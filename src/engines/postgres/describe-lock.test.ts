import { expect, it } from 'vitest';
import { describeLock, relationsOf, type AwaitedLock } from './describe-lock.ts';

const NAMES = new Map([
  [16400, { kind: 'r', name: 'public.orders' }],
  [16401, { kind: 'r', name: 'public.customers' }],
  [16402, { kind: 'i', name: 'public.orders_pkey' }],
  [16403, { kind: 'p', name: 'public.parts' }],
]);

function lock(type: string, values: Partial<AwaitedLock> = {}): AwaitedLock {
  return {
    type,
    mode: 'ShareLock',
    relation: null,
    isHere: true,
    transaction: null,
    classId: null,
    objectId: null,
    objectSubId: null,
    rowOf: null,
    changing: [],
    ...values,
  };
}

it.each<[string, AwaitedLock]>([
  [
    'table public.orders (AccessExclusiveLock)',
    lock('relation', { relation: 16400, mode: 'AccessExclusiveLock' }),
  ],
  ['index public.orders_pkey (ShareLock)', lock('relation', { relation: 16402 })],
  ['table 16400 of another database (ShareLock)', lock('relation', { relation: 16400, isHere: false })],
  ['table 17000 (ShareLock)', lock('relation', { relation: 17000 })],
  ['row of public.orders', lock('tuple', { relation: 16400 })],
  ['row of table 16400 of another database', lock('tuple', { relation: 16400, isHere: false })],
  ['the extension of table public.orders', lock('extend', { relation: 16400 })],
  ['the end of transaction 3/41 (virtual)', lock('virtualxid', { transaction: '3/41' })],
  ['advisory lock 42', lock('advisory', { classId: 0, objectId: 42, objectSubId: 1 })],
  ['advisory lock -2', lock('advisory', { classId: 4294967295, objectId: 4294967294, objectSubId: 1 })],
  ['advisory lock 7, -1', lock('advisory', { classId: 7, objectId: 4294967295, objectSubId: 2 })],
  ['spectoken (ShareLock)', lock('spectoken')],
])('says %s', (words, awaited) => {
  expect(describeLock(awaited, NAMES)).toBe(words);
});

it('says which table the row is in that a transaction is waited for, where it can be no other', () => {
  const wait = (values: Partial<AwaitedLock>) =>
    describeLock(lock('transactionid', { transaction: '1234', ...values }), NAMES);
  expect(wait({ rowOf: 16401, changing: [16400, 16401] })).toBe('row of public.customers');
  expect(wait({ changing: [16400, 16402, 16403] })).toBe('row of public.orders');
  expect(wait({ changing: [16400, 16401] })).toBe('transaction 1234');
  expect(wait({ transaction: null })).toBe('a transaction');
});

it('asks for no name of another database', () => {
  expect(relationsOf(lock('relation', { relation: 16400, isHere: false }))).toEqual([]);
  expect(relationsOf(lock('tuple', { relation: 16400 }))).toEqual([16400]);
  expect(relationsOf(lock('transactionid', { rowOf: 1, changing: [2, 3] }))).toEqual([1, 2, 3]);
});
