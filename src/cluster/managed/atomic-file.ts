import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileRights {
  readonly mode: number;
  /** Null leaves the file to our own group. */
  readonly gid: number | null;
  /** Whether it has to outlive a power cut. */
  readonly durable: boolean;
}

/** Replaces a file as a whole: a reader, and whoever comes after a crash, sees the old text or the new one. */
export async function replaceFile(path: string, text: string | Buffer, rights: FileRights): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (rights.gid !== null) await file.chown(process.getuid?.() ?? 0, rights.gid);
    await file.chmod(rights.mode);
    if (rights.durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  if (rights.durable) await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
