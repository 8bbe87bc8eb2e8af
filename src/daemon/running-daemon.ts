import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AirglowError } from '../errors.ts';
import { readToken } from './data-folder.ts';
import { ENDPOINT_FILE, readEndpoint } from './endpoint-file.ts';
import type { Endpoint } from './endpoint-file.ts';

/** A process that serves the record of a folder, and what lets one in there. */
export interface RunningDaemon extends Endpoint {
  readonly folder: string;
  /** Null where the folder has none any more. */
  readonly token: string | null;
}

/** Null where none runs with the folder. Raises INSUFFICIENT_PRIVILEGE, INVALID_ARGUMENT. */
export async function findDaemon(folder: string): Promise<RunningDaemon | null> {
  const path = resolve(folder);
  const endpoint = await readEndpoint(path);
  if (endpoint === null) {
    await requireReadable(path);
    return null;
  }
  return { ...endpoint, folder: path, token: await readToken(path) };
}

async function requireReadable(folder: string): Promise<void> {
  try {
    await access(join(folder, ENDPOINT_FILE), constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return;
    const message = `only its owner may read the folder ${folder}: become that user, or root`;
    throw new AirglowError('INSUFFICIENT_PRIVILEGE', message, { cause: error });
  }
}
