import { pause, repeat, together } from './actor.ts';
import type { Actor } from './actor.ts';
import { upTo } from './random.ts';
import { STORES } from './schema.ts';

/** Keeps a fast disk from being asked for more than shows. */
const PAUSE_MS = 4;

/** IO: a row, a commit, the next row: what they wait for is the disk that makes each durable. */
export const imports: Actor = async ({ sessions, signal, strength, random }) => {
  const pool = sessions.of('stock-import');
  await together(strength, () =>
    repeat(signal, async () => {
      await pool.query('insert into ledger (store_id, amount) values ($1, $2)', [upTo(STORES, random), 1]);
      await pause(PAUSE_MS, signal);
    }),
  );
};
