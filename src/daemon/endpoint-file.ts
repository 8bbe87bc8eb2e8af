import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Where the process that records into a data folder answers; other commands find it by this file. */
const endpoint = z.object({ pid: z.number().int().positive(), url: z.url(), startedAtMs: z.number() });
export type Endpoint = z.output<typeof endpoint>;

export const ENDPOINT_FILE = 'endpoint.json';

export async function writeEndpoint(folder: string, value: Endpoint): Promise<void> {
  const path = join(folder, ENDPOINT_FILE);
  // Renaming, so that nobody reads half a file.
  await writeFile(`${path}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Null when no process runs there (any more). A process that was killed leaves its file behind. */
export async function readEndpoint(folder: string): Promise<Endpoint | null> {
  try {
    const value = endpoint.parse(JSON.parse(await readFile(join(folder, ENDPOINT_FILE), 'utf8')));
    return isRunning(value.pid) ? value : null;
  } catch {
    return null;
  }
}

export async function removeEndpoint(folder: string): Promise<void> {
  await rm(join(folder, ENDPOINT_FILE), { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is there, but may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
