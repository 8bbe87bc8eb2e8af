import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readEndpoint } from '../../daemon/endpoint-file.ts';
import { AirglowError } from '../../errors.ts';
import type { History } from '../../history/history.ts';

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
    const holder = await readEndpoint(folder);
    const who = holder === null ? 'another process' : `process ${holder.pid}`;
    throw new AirglowError(
      'STORE_LOCKED',
      `${who} records into ${folder}: stop it, or plan with a copy of the folder without its history/airglow.lock`,
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
