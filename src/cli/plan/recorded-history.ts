import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { readEndpoint } from '../../daemon/endpoint-file.ts';
import { AirglowError } from '../../errors.ts';
import type { History } from '../../history/history.ts';

/** What is read of a record for a plan. */
export type ReadHistory = Pick<History, 'targets' | 'series' | 'top' | 'counterSeries' | 'close'>;

/**
 * The record of a data folder, beside a daemon that records into it too: that one is asked. Raises STORE_LOCKED where another process
 * has the store, INVALID_ARGUMENT where there is no record.
 */
export async function openReadHistory(folder: string): Promise<ReadHistory> {
  try {
    return await openRecordedHistory(folder);
  } catch (error) {
    if (!(error instanceof AirglowError) || error.code !== 'STORE_LOCKED') throw error;
    const { findDaemon } = await import('../../daemon/running-daemon.ts');
    const daemon = await findDaemon(dataFolderOf(folder));
    if (daemon === null) throw error;
    const { ApiClient } = await import('../../api/client.ts');
    const { historyOfDaemon } = await import('./history-of-daemon.ts');
    return historyOfDaemon(new ApiClient({ url: daemon.url, token: daemon.token }));
  }
}

/** Somebody may name the `history` folder in it. */
function dataFolderOf(folder: string): string {
  const path = resolve(folder);
  return basename(path) === 'history' ? dirname(path) : path;
}

/**
 * Opens what was recorded into a data folder; the caller closes it. Takes its `history` folder too. Raises STORE_LOCKED
 * where somebody still records into it, INVALID_ARGUMENT where there is no record.
 */
export async function openRecordedHistory(folder: string): Promise<History> {
  const directory = await storeIn(folder);
  // Loaded only where it is used: it is native and takes memory.
  const { openDuckDbHistory } = await import('../../history/duckdb/duckdb-history.ts');
  try {
    return await openDuckDbHistory({ directory });
  } catch (error) {
    if (!(error instanceof AirglowError) || error.code !== 'STORE_LOCKED') throw error;
    const holder = await readEndpoint(dataFolderOf(folder));
    const who = holder === null ? 'another process' : `process ${holder.pid}`;
    throw new AirglowError(
      'STORE_LOCKED',
      `${who} records into ${folder}: stop it, or read a copy of the folder without its ${relative(folder, join(directory, 'airglow.lock'))}`,
      { cause: error },
    );
  }
}

/** A store is made where there is none, so it is looked for first. */
async function storeIn(folder: string): Promise<string> {
  for (const directory of [join(folder, 'history'), folder])
    if (await holdsStore(directory)) return directory;
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  throw new AirglowError(
    'INVALID_ARGUMENT',
    isThere
      ? `${folder} holds no history of Airglow; name the data folder that it recorded into`
      : `there is no folder ${folder}; name the data folder that Airglow recorded into`,
  );
}

async function holdsStore(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => []);
  return names.some((name) => name.endsWith('.duckdb'));
}
