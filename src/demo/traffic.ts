import type { Pool } from 'pg';
import { pause } from './actor.ts';
import type { Actor, Stage } from './actor.ts';
import { nextArrivalMs, upTo } from '../random.ts';
import type { Random } from '../random.ts';
import { CUSTOMERS, ORDERS, PRODUCTS, STORES } from './schema.ts';

/** When the database does not keep up, this many requests wait for a session; more are turned away. */
const LONGEST_QUEUE = 200;

/** The shop's pages: single rows and a customer's last orders. */
export const reads: Actor = async (stage) => {
  await openLoop(stage, stage.sessions.of('shop-web'), readPage);
};

/** The shop's search: what sold best in a part of the orders; each takes some milliseconds of CPU. */
export const searches: Actor = async (stage) => {
  await openLoop(stage, stage.sessions.of('shop-search'), search);
};

/** The shop's till: four small statements in a transaction, on few stores, so that now and then one waits for another. */
export const writes: Actor = async (stage) => {
  await openLoop(stage, stage.sessions.of('shop-checkout'), checkOut);
};

/** Requests arrive when they arrive, answered or not, as those of real users do. */
async function openLoop(
  { random, signal, strength }: Stage,
  pool: Pool,
  serve: (pool: Pool, random: Random) => Promise<unknown>,
): Promise<void> {
  let dueAt = performance.now();
  while (!signal.aborted) {
    dueAt += nextArrivalMs(strength, random);
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 1) await pause(earlyMs, signal);
    // After the laptop was asleep nobody catches up on what was missed.
    if (earlyMs < -1_000) dueAt = performance.now();
    if (pool.waitingCount < LONGEST_QUEUE) serve(pool, random).catch(() => {});
  }
}

async function readPage(pool: Pool, random: Random): Promise<void> {
  if (random() < 0.6) {
    await pool.query('select name, price, stock from products where id = $1', [upTo(PRODUCTS, random)]);
  } else {
    const sql = `select o.id, o.placed_at, o.total, p.name from orders o join products p on p.id = o.product_id
      where o.customer_id = $1 order by o.placed_at desc limit 10`;
    await pool.query(sql, [upTo(CUSTOMERS, random)]);
  }
}

const SEARCHED_ORDERS = 8_000;

async function search(pool: Pool, random: Random): Promise<void> {
  const sql = `select p.category, count(*) as sold, sum(o.total) as turnover
    from orders o join products p on p.id = o.product_id
    where o.id between $1 and $2 group by 1 order by 3 desc limit 5`;
  const first = upTo(ORDERS - SEARCHED_ORDERS, random);
  await pool.query(sql, [first, first + SEARCHED_ORDERS]);
}

async function checkOut(pool: Pool, random: Random): Promise<void> {
  const [store, order] = [upTo(STORES, random), upTo(ORDERS, random)];
  // The first product is the one that the lock pile-up is about.
  const product = 1 + upTo(PRODUCTS - 1, random);
  const amount = upTo(5_000, random);
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('update orders set total = $1 where id = $2', [amount, order]);
    await client.query('update products set stock = greatest(stock - 1, 0) where id = $1', [product]);
    await client.query('update stores set balance = balance + $1 where id = $2', [amount, store]);
    await client.query('insert into ledger (store_id, amount) values ($1, $2)', [store, amount]);
    await client.query('commit');
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}
