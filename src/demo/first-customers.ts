import { together } from './actor.ts';
import type { Actor } from './actor.ts';
import { upTo } from '../random.ts';
import { PRODUCTS } from './schema.ts';

/** The morning: one query over a connection that nobody has used all night. Whoever got no answer does not ask again. */
export const firstCustomers: Actor = async ({ sessions, strength, random, onAnswer }) => {
  const pool = sessions.of('shop-web');
  await together(strength, async () => {
    const client = await pool.connect();
    const [askedAtMs, startedAt] = [Date.now(), performance.now()];
    try {
      await client.query('select name, price, stock from products where id = $1', [upTo(PRODUCTS, random)]);
      onAnswer({ askedAtMs, tookMs: performance.now() - startedAt });
    } finally {
      client.release();
    }
  });
};
