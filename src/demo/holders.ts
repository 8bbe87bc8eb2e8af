import type { Pool } from 'pg';
import { pause, repeat, together } from './actor.ts';
import type { Actor } from './actor.ts';
import { upTo } from './random.ts';
import { CUSTOMERS } from './schema.ts';

const CONTESTED_PRODUCT = 1;
/** Waiters come one after the other, so that the pile is seen to grow. */
const ARRIVAL_MS = 700;
/** Shorter than the phase: the pile is seen to dissolve, too. */
const HOLD_MS = 18_000;

/** Lock: one session changes a product and does not commit; the others want the same row. */
export const lockPileUp: Actor = async ({ sessions, signal, strength }) => {
  const profile = { user: 'app_shop', database: 'shop' } as const;
  const editor = sessions.open({ ...profile, applicationName: 'shop-editor', sessions: 1 });
  const waiters = sessions.open({ ...profile, applicationName: 'shop-checkout', sessions: strength });
  const holding = holdRow(editor, signal);
  await together(strength, async (index) => {
    await pause(1_000 + index * ARRIVAL_MS, signal);
    await repeat(signal, async () => {
      await waiters.query('update products set stock = stock + 1 where id = $1', [CONTESTED_PRODUCT]);
      await pause(500, signal);
    });
  });
  await holding;
  await Promise.all([editor.end(), waiters.end()]);
};

async function holdRow(pool: Pool, signal: AbortSignal): Promise<void> {
  try {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('update products set price = price + 1 where id = $1', [CONTESTED_PRODUCT]);
      await pause(HOLD_MS, signal);
      await client.query('commit');
    } finally {
      client.release(true);
    }
  } catch {
    // Without the holder there is no pile, and the next round tries again.
  }
}

/** Idle in transaction: they read something and then wait for a service that does not answer. */
export const forgottenTransactions: Actor = async ({ sessions, signal, strength, random }) => {
  const pool = sessions.open({
    user: 'app_billing',
    database: 'shop',
    applicationName: 'billing-job',
    sessions: strength,
  });
  await together(strength, () =>
    repeat(signal, async () => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('select name, city from customers where id = $1', [upTo(CUSTOMERS, random)]);
        await pause(60_000, signal);
        await client.query('commit');
      } finally {
        client.release(true);
      }
    }),
  );
  await pool.end();
};
