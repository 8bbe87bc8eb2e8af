import { join } from 'node:path';
import { AirglowError } from '../errors.ts';
import type { History } from '../history/history.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { readEndpoint } from './endpoint-file.ts';

const DAY_MS = 86_400_000;
/** Without a folder everything is in memory, so the record does not reach far back. */
const MOST_MEMORY_MS = 3_600_000;
/** With the time that ticks take to settle and to get here, kill -9 loses less than 5 s. */
const FLUSH_INTERVAL_MS = 1500;

/** The record in the data folder, or in memory. Raises STORE_LOCKED, and says who holds the folder. */
export async function openHistory(options: {
  dataDir: string | null;
  retentionDays: number;
}): Promise<History> {
  const { dataDir, retentionDays } = options;
  if (dataDir === null)
    return createMemoryHistory({ retentionMs: Math.min(retentionDays * DAY_MS, MOST_MEMORY_MS) });
  // Loaded only where it is used: it is native and takes memory.
  const { openDuckDbHistory } = await import('../history/duckdb/duckdb-history.ts');
  try {
    return await openDuckDbHistory({
      directory: join(dataDir, 'history'),
      retentionDays,
      flushIntervalMs: FLUSH_INTERVAL_MS,
    });
  } catch (error) {
    const holder = await readEndpoint(dataDir);
    if (!(error instanceof AirglowError) || error.code !== 'STORE_LOCKED' || holder === null) throw error;
    const message = `process ${holder.pid} records into ${dataDir} already; ask it at ${holder.url}, or choose another folder`;
    throw new AirglowError('STORE_LOCKED', message, { cause: error });
  }
}
