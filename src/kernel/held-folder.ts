import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * A folder by its descriptor. Paths below `path` lead into that very folder, whatever somebody puts in its place meanwhile:
 * so root can read what others may change.
 */
export interface HeldFolder {
  readonly path: string;
  close(): Promise<void>;
}

/** Null where there is none, or something else, a link to a folder included. Raises what the system says else. */
export async function holdFolder(path: string): Promise<HeldFolder | null> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    const file = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return { path: `/proc/self/fd/${file.fd}`, close: () => file.close() };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
