import type { Pool } from 'pg';
import { pause, together } from './actor.ts';
import type { Actor } from './actor.ts';

const CONTESTED_PRODUCT = 1;
/** Waiters come one after the other, so that the pile is seen to grow. */
const ARRIVAL_MS = 400;
const FIRST_ARRIVAL_MS = 500;

/**
 * Lock: one session changes a product and does not commit; the others want the same row, until each has waited as long
 * as its application lets it. So they leave one after the other, too: all at once they would be a load of their own.
 */
export const lockPileUp: Actor = async ({ sessions, signal, strength }) => {
  const waiters = sessions.of('shop-checkout');
  const holding = holdRow(sessions.of('product-editor'), signal);
  await together(strength, async (index) => {
    await pause(FIRST_ARRIVAL_MS + index * ARRIVAL_MS, signal);
    if (signal.aborted) return;
    const sql = 'update products set stock = stock + 1 where id = $1';
    await waiters.query(sql, [CONTESTED_PRODUCT]).catch(() => {});
  });
  await holding;
};

async function holdRow(pool: Pool, signal: AbortSignal): Promise<void> {
  try {
    const client = await pool.connect();
    let failure: unknown;
    try {
      await client.query('begin');
      await client.query('update products set price = price + 1 where id = $1', [CONTESTED_PRODUCT]);
      await untilAborted(signal);
      await client.query('commit');
    } catch (error) {
      failure = error;
    } finally {
      // A connection in the middle of a transaction is no use to the next one.
      client.release(failure !== undefined);
    }
  } catch {
    // Without the holder there is no pile, and the next round tries again.
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
