import { pause, repeat, together } from './actor.ts';
import type { Actor } from './actor.ts';
import { upTo } from '../random.ts';
import { STORES } from './schema.ts';

/** Keeps a fast disk from being asked for more than shows. */
const PAUSE_MS = 4;
/** One after the other: all at once they would be a spike, which is another phase. */
const ARRIVAL_MS = 700;

/** IO: a row, a commit, the next row: what they wait for is the disk that makes each durable. */
export const imports: Actor = async ({ sessions, signal, strength, random }) => {
  const pool = sessions.of('stock-import');
  await together(strength, async (index) => {
    await pause(index * ARRIVAL_MS, signal);
    await repeat(signal, async () => {
      await pool.query('insert into ledger (store_id, amount) values ($1, $2)', [upTo(STORES, random), 1]);
      await pause(PAUSE_MS, signal);
    });
  });
};
