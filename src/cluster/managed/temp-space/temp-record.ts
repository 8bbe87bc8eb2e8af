import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from '../atomic-file.ts';

/** What is on disk and in the server because of local storage: written before it is made, removed after it is gone. */
export interface TempRecord {
  /** As the user named it. */
  readonly path: string;
  /** The same without links. */
  readonly realPath: string;
  /** What it was mounted at, where that is not the root: without it the folder would be on another disk. */
  readonly mountPoint: string | null;
  /** `PG_18_202506291`, the folder that PostgreSQL makes in a tablespace. Null before the server was asked. */
  readonly versionFolder: string | null;
  /** Whether the server has, or may have, the tablespace. */
  readonly hasTablespace: boolean;
  readonly limitBytes: number;
}

const schema = z.strictObject({
  path: z.string().startsWith('/'),
  realPath: z.string().startsWith('/'),
  mountPoint: z.string().startsWith('/').nullable(),
  versionFolder: z
    .string()
    .regex(/^PG_\d+_\d+$/)
    .nullable(),
  hasTablespace: z.boolean(),
  limitBytes: z.int().min(1),
});

/** Null where there is none, or none that can be used. */
export async function readRecord(file: string): Promise<TempRecord | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

export async function writeRecord(file: string, record: TempRecord): Promise<void> {
  await replaceFile(file, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, gid: null, durable: true });
}
