import { DATABASE, ROLES } from './sessions.ts';
import type { Sessions } from './sessions.ts';

export const CUSTOMERS = 10_000;
export const PRODUCTS = 1_000;
export const ORDERS = 100_000;
export const STORES = 10;

/** Makes roles, the database and its tables anew; a second or two. Needs a superuser, on a server that is ours. */
export async function prepareDatabase(sessions: Sessions, seed: number): Promise<void> {
  const verifier = sessions.verifier();
  await sessions.administer([`drop database if exists ${DATABASE}`]);
  for (const role of ROLES) {
    await sessions.administer([
      `drop role if exists ${role}`,
      `create role ${role} login password '${verifier}'`,
    ]);
  }
  await sessions.administer([`create database ${DATABASE}`]);
  const reproducible = `select setseed(${((seed % 1000) / 1000).toFixed(3)})`;
  await sessions.administer([reproducible, ...TABLES], DATABASE);
}

/** The one table that grows; emptied once a round, so that a demo left running fills no disk. */
export async function emptyLedger(sessions: Sessions): Promise<void> {
  await sessions.administer(["set lock_timeout = '2s'", 'truncate ledger'], DATABASE);
}

const TABLES = [
  'create table stores (id int primary key, balance bigint not null) with (fillfactor = 50)',
  `insert into stores select n, 0 from generate_series(1, ${STORES}) as n`,

  `create table products (id int primary key, category int not null, name text not null, price int not null,
     stock int not null) with (fillfactor = 80)`,
  `insert into products select n, n % 20, 'product ' || n, 100 + (random() * 9900)::int, 1000
     from generate_series(1, ${PRODUCTS}) as n`,

  'create table customers (id int primary key, name text not null, city int not null)',
  `insert into customers select n, 'customer ' || n, (random() * 50)::int from generate_series(1, ${CUSTOMERS}) as n`,

  `create table orders (id int primary key, customer_id int not null, product_id int not null,
     placed_at timestamptz not null, total int not null, note text not null)`,
  `insert into orders select n, 1 + (random() * ${CUSTOMERS - 1})::int, 1 + (random() * ${PRODUCTS - 1})::int,
     timestamptz '2026-01-01' + n * interval '2 minutes', 100 + (random() * 20000)::int, md5(n::text)
     from generate_series(1, ${ORDERS}) as n`,
  'create index on orders (customer_id, placed_at desc)',

  `create table ledger (id bigint generated always as identity primary key, store_id int not null,
     amount int not null, booked_at timestamptz not null default now())`,

  'grant select, insert, update on all tables in schema public to app_shop, app_office',
  'vacuum analyze',
];
